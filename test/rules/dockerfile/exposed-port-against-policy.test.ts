import rule from "../../../src/rules/dockerfile/exposed-port-against-policy.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80
    `,
    `
    FROM a:1
    EXPOSE $P
    `,
    `
    FROM a:1
    EXPOSE 24-79/tcp
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 22
           ~~ "22" is not to be exposed
    `,
    `
    FROM a:1
    expose 80 21-80/udp
              ~~~~~~~~~ "21-80/udp" is not to be exposed
    `,
    `
    FROM a:1
    ARG P=3389
    EXPOSE 80 \\
      # é
      $P
      ~~ "3389" is not to be exposed
    ONBUILD EXPOSE 5900/tcp
                   ~~~~~~~~ "5900/tcp" is not to be exposed
    `,
  ],
  withOptions: [
    {
      options: { allow: ["80", "8000-8004", "8005-8010"], deny: [] },
      clean: [
        `
    FROM a:1
    EXPOSE 80 8000-8010
    `,
      ],
      found: [
        `
    FROM a:1
    EXPOSE 8000-8011 22
           ~~~~~~~~~ "8000-8011" is not to be exposed
                     ~~ "22" is not to be exposed
    `,
      ],
    },
  ],
});
