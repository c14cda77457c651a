import rule from "../../../src/rules/dockerfile/copy-of-ignored-file.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY a.log /
    `,
  ],
  found: [],
  withContext: [
    {
      context: { ".dockerignore": "\n# x\nDockerfile\n/build/\n**/*.tmp\n" },
      clean: [
        "FROM a:1\nCOPY . .\nCOPY --from=b Dockerfile /\nCOPY src $X Dockerfile2 /\n",
        "FROM a:1\nCOPY <<Dockerfile /x\nDockerfile\n",
        "FROM a:1\nADD https://x/Dockerfile /\n",
      ],
      found: [
        `
    FROM a:1
    COPY Dockerfile .
         ~~~~~~~~~~ "Dockerfile" is left out by ".dockerignore"
    ADD ./x/../Dockerfile /w
        ~~~~~~~~~~~~~~~~~ "./x/../Dockerfile" is left out by ".dockerignore"
    # é
    copy a \\
      /build/deep/x /y/
      ~~~~~~~~~~~~~ "/build/deep/x" is left out by ".dockerignore"
    ONBUILD COPY ["a/b.tmp", "/x"]
                  ~~~~~~~~~ "a/b.tmp" is left out by ".dockerignore"
    `,
      ],
    },
    {
      context: { ".dockerignore": "**\n!Dockerfile\n" },
      clean: ["FROM a:1\nCOPY . .\nCOPY ./Dockerfile x /\n"],
    },
    {
      context: { ".dockerignore": "*\n" },
      found: [
        `
    FROM a:1
    COPY . .
         ~ "." is left out by ".dockerignore"
    `,
      ],
    },
    {
      context: { ".dockerignore": "a", "Dockerfile.dockerignore": "b" },
      clean: ["FROM a:1\nCOPY a /\n"],
      found: ['FROM a:1\nCOPY b /\n     ~ "b" is left out by "Dockerfile.dockerignore"\n'],
    },
  ],
});
