import rule from "../../../src/rules/dockerfile/apt-recommended-packages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y --no-install-recommends x
    `,
    `
    FROM a:1
    RUN apt-get install -y -o APT::Install-Recommends=false x
    `,
    `
    FROM a:1
    RUN apt-get install $APT_OPTS x
    `,
    `
    FROM a:1
    RUN echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/99x && apt-get install -y x
    `,
    `
    FROM a:1
    RUN apt-get install -y -f
    `,
    `
    FROM a:1
    RUN apt-get install -y ./x.deb
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get install -y x
                ~~~~~~~ "apt-get install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN apt-get update && \\
      # why
      apt-get -y install x && apt install y
                 ~~~~~~~ "apt-get install" installs recommended packages as well
                                  ~~~~~~~ "apt install" installs recommended packages as well
    `,
    `
    FROM a:1
    RUN ["apt-get", "install", "x"]
                    ~~~~~~~~~ "apt-get install" installs recommended packages as well
    `,
  ],
});
