import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/shell-form-command.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["a"]
    `,
    `
    FROM a:1
    CMD exec a --b
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    CMD a
    `,
    `
    FROM a:1 AS x
    CMD a
    FROM b:1
    CMD ["b"]
    `,
    `
    FROM a:1
    ENTRYPOINT [ \\
     "a" ]
    `,
    `
    FROM a:1
    CMD []
    `,
    `
    FROM a:1 AS base
    SHELL ["/x"]
    FROM base
    ENTRYPOINT a
    HEALTHCHECK CMD b
    `,
    `
    FROM a:1
    ENTRYPOINT A=1 exec a
    `,
    `
    FROM a:1
    HEALTHCHECK NONE
    HEALTHCHECK CMD ["a"]
    `,
  ],
  found: [
    `
    FROM a:1
    CMD nginx -g 'daemon off;'
        ~~~~~~~~~~~~~~~~~~~~~~ "CMD" is run by a shell
    `,
    `
    FROM a:1
    entrypoint /start.sh \\
               ~~~~~~~~~~~>+1:12 "entrypoint" is run by a shell
      --port 80
    CMD a
        ~ "CMD" is run by a shell
    `,
    `
    FROM a:1 AS base
    CMD a && b
        ~~~~~~ "CMD" is run by a shell
    FROM base
    USER app
    `,
    `
    FROM a:1
    CMD ['a']
        ~~~~~ "CMD" is run by a shell
    `,
    `
    FROM a:1
    HEALTHCHECK --interval=5m \\
      # é
      CMD curl -f localhost || exit 1
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "HEALTHCHECK" is run by a shell
    `,
    `
    FROM a:1
    ONBUILD CMD a
                ~ "CMD" is run by a shell
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    CMD C:\\a.exe
        ~~~~~~~~ "CMD" is run by a shell
    `,
    `
    FROM a:1
    CMD [python, /app.py]
        ~~~~~~~~~~~~~~~~~ "CMD" is run by a shell
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    CMD nginx -g 'daemon off;'
    `,
      after: `
    FROM a:1
    CMD ["nginx", "-g", "daemon off;"]
    `,
    },
    {
      before: `
    FROM a:1
    ENTRYPOINT app --port $PORT
    `,
      after: `
    FROM a:1
    ENTRYPOINT exec app --port $PORT
    `,
    },
    {
      before: `
    FROM a:1
    CMD a && b
    ENTRYPOINT cd /x
    HEALTHCHECK CMD a $B
    `,
      after: `
    FROM a:1
    CMD a && b
    ENTRYPOINT cd /x
    HEALTHCHECK CMD a $B
    `,
    },
  ],
});

test("a health check is not as bad", () => {
  const source = "FROM a:1\nCMD a\nHEALTHCHECK CMD b\n";
  expect(findingsOf(rule, parseDockerfile(source)).map(({ severity }) => severity)).toEqual([
    "medium",
    "info",
  ]);
});
