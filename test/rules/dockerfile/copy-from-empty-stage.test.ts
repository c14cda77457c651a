import rule from "../../../src/rules/dockerfile/copy-from-empty-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch AS a
    COPY x /x
    FROM a AS b
    FROM c:1
    COPY --from=b /x /x
    `,
    `
    FROM scratch AS a
    ADD x /x
    FROM c:1
    COPY --from=a /x /x
    `,
    `
    FROM scratch AS a
    WORKDIR /app/x
    FROM c:1
    COPY --from=a /app /app
    `,
    `
    FROM c:1 AS a
    FROM c:1
    COPY --from=a /x /x
    `,
    `
    FROM scratch AS a
    FROM c:1
    COPY --from=$A /x /x
    `,
  ],
  found: [
    `
    FROM scratch AS a
    ENV A=b
    USER 1
    FROM a AS b
    FROM c:1
    # é
    copy --from=b \\
                ~ nothing is put into stage "b"
      /x /x
    COPY --from=0 /x /x
                ~ nothing is put into stage "0"
    `,
    `
    FROM scratch AS a
    WORKDIR /app
    FROM c:1
    COPY --from=a /bin/x /x
                ~ nothing is put into stage "a"
    `,
  ],
});
