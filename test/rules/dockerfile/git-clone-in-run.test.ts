import rule from "../../../src/rules/dockerfile/git-clone-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM golang:1.24
    RUN git clone --recurse-submodules https://github.com/x/y.git
    `,
    `
    FROM golang:1.24
    RUN git clone https://$TOKEN@github.com/x/y.git && git clone https://user:pass@github.com/x/y.git
    `,
    `
    FROM golang:1.24
    RUN --mount=type=ssh git clone git@github.com:x/y.git
    `,
    `
    FROM golang:1.24
    RUN git clone $REPO && git clone http://example.com/x.git && git clone /local && git fetch https://github.com/x/y.git
    `,
    `
    FROM golang:1.24
    RUN echo git clone https://github.com/x/y.git && git clone --mirror https://github.com/x/y.git
    `,
  ],
  found: [
    `
    FROM golang:1.24
    RUN git clone https://github.com/x/y.git
            ~~~~~ "git clone" of "https://github.com/x/y.git" could be an ADD
    `,
    `
    FROM golang:1.24
    run git clone -b v1 --depth 1 https://github.com/x/y /src && cd /src && make
            ~~~~~ "git clone" of "https://github.com/x/y" could be an ADD
    `,
    `
    FROM golang:1.24
    RUN git clone ssh://git@github.com/x/y.git \\
            ~~~~~ "git clone" of "ssh://github.com/x/y.git" could be an ADD
      # é
      /src
    ONBUILD RUN git clone git@github.com:x/y.git
                    ~~~~~ "git clone" of "git@github.com:x/y.git" could be an ADD
    `,
    `
    FROM golang:1.24
    RUN --mount=type=cache,target=/c git clone https://github.com/x/$NAME.git
                                         ~~~~~ "git clone" of "https://github.com/x/" could be an ADD
    RUN <<EOF
    git clone https://github.com/x/y.git
        ~~~~~ "git clone" of "https://github.com/x/y.git" could be an ADD
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM golang:1.24
      RUN git clone https://github.com/x/y.git
      `,
      after: `
      FROM golang:1.24
      ADD --keep-git-dir=true https://github.com/x/y.git y
      `,
    },
    {
      before: `
      FROM golang:1.24
      # the source
      RUN git clone --branch v1.0 --depth=1 https://github.com/x/y.git /src
      `,
      after: `
      FROM golang:1.24
      # the source
      ADD --keep-git-dir=true https://github.com/x/y.git#v1.0 /src
      `,
    },
    {
      before: `
      FROM golang:1.24
      RUN git clone https://github.com/x/y.git /src && cd /src && git checkout 0123abc
      `,
      after: `
      FROM golang:1.24
      ADD --keep-git-dir=true https://github.com/x/y.git#0123abc /src
      `,
    },
    {
      before: `
      FROM golang:1.24
      RUN git clone https://github.com/x/y.git && git -C y checkout v2
      `,
      after: `
      FROM golang:1.24
      ADD --keep-git-dir=true https://github.com/x/y.git#v2 y
      `,
    },
  ],
});
