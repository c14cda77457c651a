import rule from "../../../src/rules/dockerfile/missing-dockerignore.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY . .
    `,
  ],
  found: [],
  withContext: [
    {
      context: { ".dockerignore": ".git" },
      clean: ["FROM a:1\nCOPY . .\n"],
    },
    {
      context: { "Dockerfile.dockerignore": "" },
      clean: ["FROM a:1\nCOPY . .\n"],
    },
    {
      context: { "package.json": "{}", "src/a": "" },
      clean: [
        "FROM a:1\nCOPY src/a package.json /x/\nCOPY --from=b . /y\n",
        // It is built from another folder.
        "FROM a:1\nCOPY docker/entrypoint.sh /\nCOPY . .\n",
      ],
      found: [
        `
    FROM a:1
    COPY package.json ./
    # é
    copy \\
      ./ /app
      ~~ no ".dockerignore" limits what "COPY" takes with "./"
    COPY . .
    `,
      ],
    },
  ],
});
