import rule from "../../../src/rules/dockerfile/cmd-shadowed-by-entrypoint-shell-form.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENTRYPOINT ["app"]
    CMD ["-v"]
    `,
    `
    FROM a:1
    ENTRYPOINT app
    `,
    `
    FROM a:1
    CMD app
    `,
    `
    FROM a:1
    ENTRYPOINT exec app "$0" "$@"
    CMD ["-v"]
    `,
    `
    FROM a:1
    ENTRYPOINT []
    CMD app
    `,
    `
    FROM a:1 AS build
    CMD ["x"]
    FROM a:2
    ENTRYPOINT app
    `,
    `
    FROM a:1
    ENTRYPOINT app
    ENTRYPOINT ["app"]
    CMD ["-v"]
    `,
    `
    FROM a:1
    ENTRYPOINT app
    CMD []
    `,
  ],
  found: [
    `
    FROM a:1
    ENTRYPOINT app
    ---------- related: in shell form here
    CMD ["-v"]
    ~~~ "CMD" does nothing beside a shell-form "ENTRYPOINT"
    `,
    `
    # ü
    FROM a:1
    cmd -v
    ~~~ "cmd" does nothing beside a shell-form "ENTRYPOINT"
    entrypoint \\
    ---------- related: in shell form here
      # note
      app
    `,
    `
    FROM a:1 AS base
    ENTRYPOINT app
    ---------- related: in shell form here
    FROM base
    CMD ["-v"]
    ~~~ "CMD" does nothing beside a shell-form "ENTRYPOINT"
    `,
    `
    FROM a:1 AS base
    CMD ["-v"]
    ~~~ "CMD" does nothing beside a shell-form "ENTRYPOINT"
    FROM base AS one
    ENTRYPOINT app
    ---------- related: in shell form here
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    ENTRYPOINT app.exe
    ---------- related: in shell form here
    CMD ["/v"]
    ~~~ "CMD" does nothing beside a shell-form "ENTRYPOINT"
    `,
  ],
});
