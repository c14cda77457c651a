import rule from "../../../src/rules/dockerfile/sudo-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y sudo
    `,
    `
    FROM a:1
    RUN echo sudo
    `,
    `
    FROM a:1
    RUN gosu app x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN sudo apt-get update
        ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN a && sudo -u b c; \\
             ~~~~ build step runs "sudo"
      sudo d
      ~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN ["sudo", "x"]
         ~~~~~~ build step runs "sudo"
    `,
    `
    FROM a:1
    RUN <<EOF
    sudo x
    ~~~~ build step runs "sudo"
    EOF
    `,
  ],
});
