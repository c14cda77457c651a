import rule from "../../../src/rules/dockerfile/official-name-of-other-publisher.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nginx:1
    FROM library/nginx
    FROM bitnami/nginx:1
    FROM someone/tool
    FROM ghcr.io/someone/nginx:1
    FROM $USER/nginx
    `,
  ],
  found: [
    `
    FROM someone/nginx:1
         ~~~~~~~~~~~~~~~ "someone/nginx" is not the official image "nginx"
    from docker.io/someone/python
         ~~~~~~~~~~~~~~~~~~~~~~~~ "someone/python" is not the official image "python"
    `,
    `
    ARG WHO=someone
    # ü
    FROM \${WHO}/python:3
         ~~~~~~~~~~~~~~~ "someone/python" is not the official image "python"
    COPY --from=other/composer \\
                ~~~~~~~~~~~~~~ "other/composer" is not the official image "composer"
      # note
      /x /y
    `,
  ],
  withOptions: [
    {
      options: { publishers: ["someone"] },
      clean: [
        `
        FROM someone/nginx
        `,
      ],
      found: [
        `
        FROM bitnami/nginx
             ~~~~~~~~~~~~~ "bitnami/nginx" is not the official image "nginx"
        `,
      ],
    },
  ],
});
