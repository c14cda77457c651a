import rule from "../../../src/rules/dockerfile/add-git-mutable-ref.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ADD https://github.com/o/r.git#4b825dc642cb6eb9a060e54bf8d69288fbee4904 /src
    ADD https://github.com/o/r.git#4b825dc642cb6eb9a060e54bf8d69288fbee4904:sub /src
    ADD --checksum=4b825dc642cb6eb9a060e54bf8d69288fbee4904 https://github.com/o/r.git#v1 /src
    ADD https://github.com/o/r.git?ref=4b825dc642cb6eb9a060e54bf8d69288fbee4904 /src
    ADD https://github.com/o/r.git#$REF /src
    ADD https://github.com/o/r/archive/v1.tar.gz /src
    RUN git clone $REPO && git clone /src /dst && git clone "$BASE/r.git"
    RUN git clone https://h/r.git && cd r && git checkout 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    RUN git clone https://h/r.git && cd r && git reset --hard 4b825dc
    RUN git clone https://h/r.git && cd r && git checkout $COMMIT
    RUN git clone --revision=4b825dc642cb6eb9a060e54bf8d69288fbee4904 https://h/r.git
    RUN git clone -b v1 https://h/r.git && git -C r verify-tag v1
    RUN git clone --branch $TAG https://h/r.git
    RUN git init && git fetch https://h/r.git
    `,
  ],
  found: [
    `
    FROM a:1
    ADD https://github.com/o/r.git /src
        ~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://github.com/o/r.git" is taken from its default branch
    add git@github.com:o/r.git#main /src
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "main" of "git@github.com:o/r.git" can be moved
    ADD https://github.com/o/r.git#v1.2.3:sub /src
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "v1.2.3" of "https://github.com/o/r.git" can be moved
    RUN git clone https://h/r.git
                  ~~~~~~~~~~~~~~~ "https://h/r.git" is taken from its default branch
    RUN git clone --depth 1 -b v1.2 https://user:pw@h/r.git
                                    ~~~~~~~~~~~~~~~~~~~~~~~ "v1.2" of "https://h/r.git" can be moved
    `,
    `
    # ü
    ARG V=1.0
    FROM a:1
    ARG V
    ONBUILD RUN git clone \\
      # note
      git@h:o/r.git && cd r && git checkout release-$V
      ~~~~~~~~~~~~~ "release-1.0" of "git@h:o/r.git" can be moved
    RUN <<EOF
    git clone --branch=develop https://h/$NAME.git
                               ~~~~~~~~~~~~~~~~~~~ "develop" of "https://h/$NAME.git" can be moved
    EOF
    RUN ["git", "clone", "ssh://git@h/r.git"]
                         ~~~~~~~~~~~~~~~~~~~ "ssh://h/r.git" is taken from its default branch
    ADD https://github.com/o/r.git?branch=main&subdir=x /src
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "main" of "https://github.com/o/r.git" can be moved
    `,
  ],
});
