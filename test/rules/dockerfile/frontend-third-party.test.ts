import rule from "../../../src/rules/dockerfile/frontend-third-party.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    `,
    `
    # syntax=docker/dockerfile:1
    FROM a:1
    `,
    `
    # syntax=docker.io/docker/dockerfile-upstream:master-labs
    FROM a:1
    `,
    `
    ARG BUILDKIT_SYNTAX=docker/dockerfile:1@sha256:00
    FROM a:1
    `,
  ],
  found: [
    `
    # syntax=ghcr.io/someone/frontend:v1
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~ frontend "ghcr.io/someone/frontend" is not Docker's
    FROM a:1
    `,
    `
    # syntax=dockerr/dockerfile:1
             ~~~~~~~~~~~~~~~~~~~~ frontend "dockerr/dockerfile" is not Docker's
    # escape=\`
    FROM a:1
    `,
    `
    ARG BUILDKIT_SYNTAX="someone/frontend"
                        ~~~~~~~~~~~~~~~~~~ frontend "someone/frontend" is not Docker's
    FROM a:1
    arg buildkit=1
    `,
  ],
  withOptions: [
    {
      options: { allowed: ["ghcr.io/someone/frontend"] },
      clean: [
        `
        # syntax=ghcr.io/someone/frontend:v2@sha256:00
        FROM a:1
        `,
      ],
      found: [
        `
        # syntax=ghcr.io/someone/other:v2
                 ~~~~~~~~~~~~~~~~~~~~~~~~ frontend "ghcr.io/someone/other" is not Docker's
        FROM a:1
        `,
      ],
    },
  ],
});
