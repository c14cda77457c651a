import rule from "../../../src/rules/dockerfile/latest-release-url.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG V=1
    RUN curl -O https://github.com/o/r/releases/download/v$V/latest.tgz
    RUN curl -O https://api.github.com/repos/o/r/releases/tags/v1
    RUN echo https://github.com/o/r/releases/latest
    RUN curl -O https://h/latest/x
    ADD https://h/x /x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -fsSLO https://github.com/o/r/releases/latest/download/r.tgz
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r/releases/latest/download/r.tgz" is another file with every release
    run V=$(wget -qO- https://api.github.com/repos/o/r/releases/latest | jq -r .tag_name) && echo $V
                      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://api.github.com/repos/o/r/releases/latest" is another file with every release
    ADD https://github.com/o/r/releases/latest/download/x /x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r/releases/latest/download/x" is another file with every release
    `,
    `
    # ü
    FROM a:1
    ARG REPO=o/r
    ONBUILD RUN curl \\
      # note
      "https://api.github.com/repos/$REPO/tags?per_page=1"
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://api.github.com/repos/o/r/tags" is another file with every release
    RUN <<EOF
    curl -O https://gitlab.example/api/v4/projects/1/releases/permalink/latest/downloads/x
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://gitlab.example/api/v4/projects/1/releases/permalink/latest/downloads/x" is another file with every release
    EOF
    RUN ["curl", "-O", "https://h/o/r/releases/latest"]
                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://h/o/r/releases/latest" is another file with every release
    `,
  ],
});
