import rule from "../../../src/rules/dockerfile/git-dir-copied.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY .gitignore .github app.git /x/
    COPY .git/HEAD /x/
    RUN --mount=type=bind,source=.git,target=/s/.git x
    ADD https://github.com/a/b.git#v1 /x
    COPY . /x
    COPY $D/x /x
    `,
    `
    FROM a:1 AS build
    COPY .git /x/.git
    FROM b:1
    COPY --from=build /x/app /app
    `,
  ],
  found: [
    `
    FROM a:1
    COPY .git /x/.git
         ~~~~ ".git" brings the history
    add ./.git/ /y/
        ~~~~~~~ "./.git/" brings the history
    `,
    `
    # ü
    FROM a:1 AS base
    COPY package.json \\
      # note
      .git /x/
      ~~~~ ".git" brings the history
    FROM base
    COPY --from=other ["/src/.git", "/x/"]
                       ~~~~~~~~~~~ "/src/.git" brings the history
    ONBUILD COPY .git/** /x/
                 ~~~~~~~ ".git/**" brings the history
    ADD --keep-git-dir=true https://github.com/a/b.git#v1 /x
                            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "--keep-git-dir" brings the history
    `,
  ],
  withContext: [
    {
      context: { ".git/config": "", ".dockerignore": "**/.git" },
      clean: [
        `
        FROM a:1
        COPY . /app
        `,
      ],
    },
    {
      context: { a: "" },
      clean: [
        `
        FROM a:1
        COPY . /app
        `,
      ],
    },
    {
      context: { ".git/config": "", "src/a": "" },
      clean: [
        `
        FROM a:1 AS build
        COPY . /app
        FROM b:1
        COPY --from=build . /app
        COPY src /app
        `,
      ],
    },
    {
      context: { ".git/config": "" },
      clean: [
        `
        FROM a:1
        COPY . /app
        COPY missing /app
        `,
      ],
      found: [
        `
        FROM a:1
        COPY ["*", "/app/"]
              ~~~ "*" brings the history: nothing leaves ".git" out
        `,
      ],
    },
    {
      context: { ".git/config": "", ".dockerignore": "node_modules" },
      found: [
        `
        FROM a:1
        COPY . /app
             ~ "." brings the history: nothing leaves ".git" out
        ONBUILD ADD ./ /app/
                    ~~ "./" brings the history: nothing leaves ".git" out
        `,
      ],
    },
  ],
});
