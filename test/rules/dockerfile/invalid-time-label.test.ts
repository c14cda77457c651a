import rule from "../../../src/rules/dockerfile/invalid-time-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG D=
    LABEL org.opencontainers.image.created=$D
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.created=2026-01-31T12:00:00Z
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.created=2024-02-29t23:59:60.25+01:30
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.created=$D
    `,
    `
    FROM a:1
    LABEL created=x
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.created=2026-01-31
                                           ~~~~~~~~~~ "org.opencontainers.image.created" is no RFC 3339 time: "2026-01-31"
    `,
    `
    FROM a:1
    label org.opencontainers.image.created "2026-13-31T12:00:00Z"
                                           ~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.created" is no RFC 3339 time: "2026-13-31T12:00:00Z"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.created=2026-02-29T12:00:00Z
                                           ~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.created" is no RFC 3339 time: "2026-02-29T12:00:00Z"
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      org.opencontainers.image.created='2026-01-31 12:00:00Z'
                                       ~~~~~~~~~~~~~~~~~~~~~~ "org.opencontainers.image.created" is no RFC 3339 time: "2026-01-31 12:00:00Z"
    ONBUILD LABEL org.opencontainers.image.created=yesterday
                                                   ~~~~~~~~~ "org.opencontainers.image.created" is no RFC 3339 time: "yesterday"
    `,
  ],
});
