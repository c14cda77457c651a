import rule from "../../../src/rules/dockerfile/apt-without-yes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y curl
    `,
    `
    FROM a:1
    RUN apt-get -y install curl
    `,
    `
    FROM a:1
    RUN apt-get install curl --yes
    `,
    `
    FROM a:1
    RUN apt-get install -yqq curl
    `,
    `
    FROM a:1
    RUN apt-get install -qq curl
    `,
    `
    FROM a:1
    RUN apt-get -q -q install curl
    `,
    `
    FROM a:1
    RUN apt-get -q=2 install curl
    `,
    `
    FROM a:1
    RUN yes | apt-get install curl
    `,
    `
    FROM a:1
    RUN apt-get install $APT_OPTS curl
    `,
    `
    FROM a:1
    RUN apt-get install --download-only curl
    `,
    `
    FROM a:1
    RUN apt-get update
    `,
    `
    FROM a:1
    RUN apt-get -fmy install apt-utils
    `,
    `
    FROM a:1
    RUN apt-get install --quiet=2 curl && apt-get install -s curl && apt-get --assume-yes install b
    `,
    `
    FROM a:1
    RUN apt-get -o APT::Get::Assume-Yes=true install curl
    `,
    `
    FROM a:1
    RUN echo 'APT::Get::Assume-Yes "true";' > /etc/apt/apt.conf.d/90yes
    RUN apt-get install curl
    `,
    `
    FROM a:1
    COPY <<EOF /etc/apt/apt.conf.d/90yes
    APT::Get::Assume-Yes "1";
    EOF
    RUN apt-get install curl
    `,
    `
    FROM a:1 AS b
    RUN cat > /etc/apt/apt.conf <<EOF
    APT::Get::Assume-Yes "true";
    EOF
    FROM b
    RUN apt-get install curl
    `,
    `
    FROM a:1
    RUN yes | sudo apt-get install curl; echo y | bash -c 'apt-get install curl'
    `,
    `
    FROM a:1
    RUN apt-get install curl <<< y
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install curl
                                  ~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    RUN apt-get install -q curl
                ~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    RUN DEBIAN_FRONTEND=noninteractive apt-get \\
        install curl
        ~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    RUN apt install curl; apt-get upgrade
            ~~~~~~~ "apt install" asks before it goes on
                                  ~~~~~~~ "apt-get upgrade" asks before it goes on
    `,
    `
    FROM a:1
    RUN ["apt-get", "install", "curl"]
                    ~~~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    ENV DEBIAN_FRONTEND=noninteractive
    RUN apt-get install $PACKAGES
                ~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    RUN apt-get -o APT::Get::Assume-Yes=true update
    RUN sudo apt-get \\
      # é
      install -q \\
      ~~~~~~~ "apt-get install" asks before it goes on
      curl
    `,
    `
    FROM a:1
    RUN echo 'APT::Get::Assume-Yes "false";' > /etc/apt/apt.conf.d/9
    RUN cat list | xargs apt-get install
                                 ~~~~~~~ "apt-get install" asks before it goes on
    `,
    `
    FROM a:1
    RUN bash -c "apt-get install curl"
                         ~~~~~~~ "apt-get install" asks before it goes on
    ONBUILD RUN <<EOF
    apt-get install wget
            ~~~~~~~ "apt-get install" asks before it goes on
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN apt-get update && apt-get install curl && bash -c 'apt-get install x'
    `,
      after: `
    FROM a:1
    RUN apt-get update && apt-get install -y curl && bash -c 'apt-get install -y x'
    `,
    },
  ],
});
