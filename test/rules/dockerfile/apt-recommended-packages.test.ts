import rule from "../../../src/rules/dockerfile/apt-recommended-packages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y --no-install-recommends curl
    `,
    `
    FROM a:1
    RUN apt-get --no-install-recommends install curl
    `,
    `
    FROM a:1
    RUN apt-get install curl --no-install-recommends -y
    `,
    `
    FROM a:1
    RUN apt-get install -o APT::Install-Recommends=false curl && apt-get install --option=APT::Install-Recommends=0 curl
    `,
    `
    FROM a:1
    RUN apt-get build-dep -y curl && apt-get source curl
    `,
    `
    FROM a:1
    RUN apt-get install -y ./a.deb /tmp/b.deb
    `,
    `
    FROM a:1
    RUN apt-get install -f -y
    `,
    `
    FROM a:1
    RUN echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/99x
    RUN apt-get install curl
    `,
    `
    FROM a:1
    RUN echo 'APT::Install-Recommends "false";' | tee /etc/apt/apt.conf.d/99x && apt-get install curl
    `,
    `
    FROM a:1
    COPY <<EOF /etc/apt/apt.conf.d/99x
    APT::Install-Recommends "0";
    EOF
    RUN apt-get install curl
    `,
    `
    FROM a:1 AS base
    COPY apt.conf /etc/apt/apt.conf.d/
    FROM base
    RUN apt-get install curl
    `,
    `
    FROM a:1
    ARG APT_OPTS
    RUN apt-get install $APT_OPTS curl
    `,
    `
    FROM a:1
    ENV O="-y --no-install-recommends"
    RUN apt-get install $O curl
    `,
    `
    FROM a:1
    RUN echo apt-get install curl
    `,
    `
    FROM a:1
    RUN cat >/etc/apt/apt.conf.d/x <<EOF && apt-get install curl
    APT::Install-Recommends "0";
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y curl
                                  ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    run apt install curl; apt-get -qq install -y $PACKAGES
            ~~~~~~~ "apt install" installs recommended packages as well
                                      ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN ["apt-get", "install", "curl"]
                    ~~~~~~~~~ "apt-get install" installs recommended packages as well
    ONBUILD RUN apt-get install curl
                        ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN <<EOF
    sudo apt-get install -y curl
                 ~~~~~~~ "apt-get install" installs recommended packages as well
    EOF
    `,
    `
    # ü
    FROM a:1
    RUN --mount=type=cache,target=/x echo ü \\
      # note
      && apt-get install \\
                 ~~~~~~~ "apt-get install" installs recommended packages as well
        curl ./a.deb
    `,
    `
    FROM a:1
    RUN apt-get install curl
                ~~~~~~~ "apt-get install" installs recommended packages as well
    RUN echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/99x
    FROM a:1
    RUN apt-get install -o APT::Install-Recommends=true curl
                ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN xargs apt-get install -y < list
                      ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN bash -c "apt-get install curl"
                         ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN apt-get \`
      install curl
      ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN apt-get install -y curl
      `,
      after: `
      FROM a:1
      RUN apt-get install --no-install-recommends -y curl
      `,
    },
    {
      before: `
      FROM a:1
      RUN ["apt-get", "install", "curl"]
      `,
      after: `
      FROM a:1
      RUN ["apt-get", "install", "curl"]
      `,
    },
  ],
});
