import rule from "../../../src/rules/dockerfile/branch-archive-url.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -O https://raw.githubusercontent.com/o/r/4b825dc642cb6eb9a060e54bf8d69288fbee4904/x
    RUN curl -O https://raw.githubusercontent.com/o/r/v1.2/x
    RUN curl -O https://raw.githubusercontent.com/o/r/$REF/x
    RUN curl -O https://github.com/o/r/archive/refs/tags/v1.tar.gz
    RUN curl -O https://github.com/o/main/archive/v1.zip
    RUN echo https://raw.githubusercontent.com/o/r/main/x
    RUN curl -O https://h/master/x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -O https://raw.githubusercontent.com/o/r/master/x.sh
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://raw.githubusercontent.com/o/r/master/x.sh" changes with branch "master"
    ADD https://github.com/o/r/archive/main.tar.gz /x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r/archive/main.tar.gz" changes with branch "main"
    run wget https://github.com/o/r/archive/refs/heads/feature-x.zip
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r/archive/refs/heads/feature-x.zip" changes with branch "feature-x"
    `,
    `
    # ü
    ARG B=develop
    FROM a:1
    ARG B
    ONBUILD RUN pip install \\
      # note
      https://github.com/o/r/archive/$B.zip
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r/archive/develop.zip" changes with branch "develop"
    RUN <<EOF
    curl -O https://gitlab.example/g/p/-/raw/main/x
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://gitlab.example/g/p/-/raw/main/x" changes with branch "main"
    curl -O https://codeberg.org/o/r/raw/branch/main/x
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://codeberg.org/o/r/raw/branch/main/x" changes with branch "main"
    EOF
    RUN ["curl", "https://codeload.github.com/o/r/tar.gz/refs/heads/master"]
                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://codeload.github.com/o/r/tar.gz/refs/heads/master" changes with branch "master"
    RUN bash -c "$(curl -fsSL https://raw.githubusercontent.com/o/r/HEAD/install.sh)"
                              ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://raw.githubusercontent.com/o/r/HEAD/install.sh" changes with branch "HEAD"
    `,
  ],
});
