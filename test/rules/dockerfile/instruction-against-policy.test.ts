import rule from "../../../src/rules/dockerfile/instruction-against-policy.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK NONE
    `,
  ],
  found: [
    `
    FROM a:1
    ~~~~ there is no "HEALTHCHECK"
    RUN x
    `,
  ],
  withOptions: [
    {
      options: {
        rules: [
          "USER = root",
          "FROM not_like registry.example.com/*",
          "EXPOSE in 22, 23",
          "STOPSIGNAL exists",
          "WORKDIR != /app",
        ],
      },
      clean: [
        `
    FROM registry.example.com/a:1
    USER app
    EXPOSE 80
    WORKDIR /app
    `,
      ],
      found: [
        `
    FROM debian:12
         ~~~~~~~~~ "FROM" is against the policy "FROM not_like registry.example.com/*"
    user root
         ~~~~ "USER" is against the policy "USER = root"
    # é
    EXPOSE 22
           ~~ "EXPOSE" is against the policy "EXPOSE in 22, 23"
    ONBUILD STOPSIGNAL 9
                       ~ "STOPSIGNAL" is against the policy "STOPSIGNAL exists"
    WORKDIR \\
      /srv
      ~~~~ "WORKDIR" is against the policy "WORKDIR != /app"
    `,
      ],
    },
    {
      options: { rules: [] },
      clean: [
        `
    FROM a:1
    RUN x
    `,
      ],
      found: [],
    },
  ],
});
