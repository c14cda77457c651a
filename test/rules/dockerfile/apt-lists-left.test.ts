import rule from "../../../src/rules/dockerfile/apt-lists-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*
    `,
    `
    FROM a:1
    RUN apt-get update && rm -r -f /var/lib/apt/lists
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get dist-clean
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update
    `,
    `
    FROM a:1
    RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update
    `,
    `
    FROM a:1 AS build
    RUN apt-get update
    FROM b:1
    COPY --from=build /a /a
    `,
    `
    FROM a:1
    RUN apt-get install -y x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x
                ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get clean
                ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    RUN rm -rf /var/lib/apt/lists/*
    `,
    `
    FROM a:1
    RUN rm -rf /var/lib/apt/lists/* && apt-get update
                                               ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1 AS base
    RUN apt update
            ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt update"
    FROM base
    RUN aptitude update
                 ~~~~~~ nothing removes "/var/lib/apt/lists" behind "aptitude update"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt apt-get update
                                                         ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
  ],
});
