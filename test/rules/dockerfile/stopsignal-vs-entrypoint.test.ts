import rule from "../../../src/rules/dockerfile/stopsignal-vs-entrypoint.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    STOPSIGNAL SIGQUIT
    ENTRYPOINT ["app"]
    `,
    `
    FROM a:1
    STOPSIGNAL SIGTERM
    CMD app
    `,
    `
    FROM a:1
    STOPSIGNAL $S
    CMD app
    `,
    `
    FROM a:1
    STOPSIGNAL 9
    CMD app
    `,
    `
    FROM a:1
    STOPSIGNAL SIGINT
    CMD exec app
    `,
    `
    FROM a:1
    STOPSIGNAL SIGINT
    CMD ["sh", "-c", "exec app"]
    `,
    `
    FROM a:1
    STOPSIGNAL SIGINT
    CMD trap 'kill $p' INT; app & p=$!; wait
    `,
    `
    FROM a:1
    STOPSIGNAL SIGINT
    `,
    `
    FROM a:1
    STOPSIGNAL SIGINT
    ENTRYPOINT ["/entry.sh"]
    CMD app
    `,
    `
    FROM quay.io/centos/centos:9
    STOPSIGNAL SIGINT
    CMD app
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    STOPSIGNAL SIGINT
    CMD app
    `,
  ],
  found: [
    `
    FROM a:1
    CMD app
    --- related: the shell is started here
    stopsignal SIGINT
               ~~~~~~ "SIGINT" reaches a shell only
    `,
    `
    # ü
    FROM a:1 AS base
    STOPSIGNAL \\
      # note
      3
      ~ "3" reaches a shell only
    FROM base
    ENTRYPOINT ["/bin/bash", "-c", "prepare && app"]
    ---------- related: the shell is started here
    CMD ["x"]
    `,
    `
    FROM a:1
    ENTRYPOINT []
    STOPSIGNAL SIGUSR1
               ~~~~~~~ "SIGUSR1" reaches a shell only
    CMD app
    --- related: the shell is started here
    `,
  ],
});
