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
  ],
});
