import rule from "../../../src/rules/dockerfile/frontend-unpinned.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    `,
    `
    # syntax=docker/dockerfile:1@sha256:00
    FROM a:1
    `,
    `
    # a comment
    # syntax=docker/dockerfile:1
    FROM a:1
    `,
    `
    FROM a:1
    ARG BUILDKIT_SYNTAX
    `,
  ],
  found: [
    `
    # syntax=docker/dockerfile:1.7
             ~~~~~~~~~~~~~~~~~~~~~ frontend "docker/dockerfile:1.7" has no digest
    FROM a:1
    `,
    `
    # syntax = docker/dockerfile:labs
               ~~~~~~~~~~~~~~~~~~~~~~ frontend "docker/dockerfile:labs" has no digest
    # escape=\`
    FROM a:1
    `,
    `
    #syntax=registry.example:5000/team/frontend
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ frontend "registry.example:5000/team/frontend" has no digest
    FROM a:1
    `,
    `
    # syntax=docker/dockerfile:1 --allow x
             ~~~~~~~~~~~~~~~~~~~ frontend "docker/dockerfile:1" has no digest
    FROM a:1
    `,
    `
    # check=skip=all
    ARG BUILDKIT_SYNTAX=docker/dockerfile
                        ~~~~~~~~~~~~~~~~~ frontend "docker/dockerfile" has no digest
    FROM a:1
    `,
  ],
});
