import rule from "../../../src/rules/dockerfile/entrypoint-without-cmd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    ENTRYPOINT ["app"]
    `,
    `
    FROM debian:12
    CMD ["x"]
    ENTRYPOINT ["app", "-v"]
    `,
    `
    FROM debian:12
    ENTRYPOINT app -v
    `,
    `
    FROM debian:12
    ENTRYPOINT ["app", "-v"]
    FROM debian:12
    `,
    `
    FROM debian:12 AS a
    ENTRYPOINT ["app", "-v"]
    FROM a
    CMD ["x"]
    `,
  ],
  found: [
    `
    FROM debian:12
    ENTRYPOINT ["app", "-v"]
    ~~~~~~~~~~ "ENTRYPOINT" has fixed arguments, and there is no CMD
    `,
    `
    FROM debian:12 AS a
    CMD ["x"]
    FROM a
    entrypoint [ "app", \\
    ~~~~~~~~~~ "entrypoint" has fixed arguments, and there is no CMD
      "é" ]
    `,
    `
    FROM debian:12 AS a
    ENTRYPOINT ["app", "-v"]
    ~~~~~~~~~~ "ENTRYPOINT" has fixed arguments, and there is no CMD
    FROM a
    `,
  ],
});
