import rule from "../../../src/rules/dockerfile/relative-workdir.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    WORKDIR /app
    `,
    `
    FROM a:1
    WORKDIR /app
    WORKDIR sub
    `,
    `
    FROM scratch AS a
    WORKDIR /app
    FROM a AS b
    WORKDIR sub/
    `,
    `
    FROM a:1
    WORKDIR $DIR
    `,
    `
    FROM a:1
    ENV DIR=/x
    WORKDIR \${DIR}
    `,
    `
    FROM a:1
    WORKDIR "/app"
    `,
    `
    FROM a:1
    WORKDIR '/app'
    `,
    `
    FROM a:1
    WORKDIR C:\\\\app
    `,
    `
    FROM a:1
    WORKDIR c:/app
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
    WORKDIR \\app
    `,
    `
    FROM a:1
    WORKDIR {{dir}}
    `,
    `
    FROM a:1
    WORKDIR /app
    ONBUILD WORKDIR sub
    `,
    `
    FROM a:1
    ONBUILD WORKDIR sub
    WORKDIR /app
    `,
  ],
  found: [
    `
    FROM scratch
    WORKDIR app/
            ~~~~ "app/" counts from the working directory of the base image
    `,
    `
    FROM a:1
    WORKDIR app
            ~~~ "app" counts from the working directory of the base image
    WORKDIR other
    FROM b:1
    workdir other
            ~~~~~ "other" counts from the working directory of the base image
    `,
    `
    FROM a:1
    WORKDIR "app dir"
            ~~~~~~~~~ "app dir" counts from the working directory of the base image
    `,
    `
    FROM a:1
    WORKDIR ~/app
            ~~~~~ "~/app" counts from the working directory of the base image
    `,
    `
    FROM a:1
    ENV DIR=app
    WORKDIR \${DIR}
            ~~~~~~ "app" counts from the working directory of the base image
    `,
    `
    FROM a:1
    WORKDIR app/$X
            ~~~~~~ "app/$X" counts from the working directory of the base image
    `,
    `
    FROM a:1
    ONBUILD WORKDIR app
                    ~~~ "app" counts from the working directory of the base image
    `,
    `
    # ü
    FROM a:1
    WORKDIR \\
      # note
      app
      ~~~ "app" counts from the working directory of the base image
    `,
    `
    FROM a:1 AS x
    FROM x
    WORKDIR app
            ~~~ "app" counts from the working directory of the base image
    `,
    `
    # escape=\`
    FROM a:1
    WORKDIR \`
      app
      ~~~ "app" counts from the working directory of the base image
    `,
  ],
  fixed: [
    {
      before: `
      FROM scratch
      WORKDIR app/
      `,
      after: `
      FROM scratch
      WORKDIR /app
      `,
    },
    {
      before: `
      FROM a:1
      WORKDIR app
      `,
      after: `
      FROM a:1
      WORKDIR app
      `,
    },
  ],
});
