import rule from "../../../src/rules/dockerfile/invalid-image-reference.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM alpine
    FROM localhost:5000/a/b_c/d-e.f:V1.0_x-y
    FROM Registry.example/app
    FROM a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    FROM [::1]:5000/a:1
    FROM scratch
    `,
    `
    FROM Build:$V
    FROM $X
    `,
    `
    FROM {{ image }}
    `,
    `
    FROM a:1 AS Build
    FROM b:1
    COPY --from=Build /a /a
    COPY --from=0 /a /a
    COPY --from=other /a /a
    `,
  ],
  found: [
    `
    FROM Alpine:3
         ~~~~~~~~ "Alpine:3" has capital letters in its name
    `,
    `
    FROM alpine:
         ~~~~~~~ "alpine:" has an empty tag
    `,
    `
    FROM a/b//c:1
         ~~~~~~~~ "a/b//c:1" has an empty part in its name
    FROM a@sha256:abc
         ~~~~~~~~~~~~ "a@sha256:abc" has a wrong digest
    FROM a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c" has a sha256 digest of another length than 64
    `,
    `
    FROM a:1
    # é
    COPY --from=x/Y:1 /a /a
                ~~~~~ "x/Y:1" has capital letters in its name
    RUN --mount=type=bind,from=a:1:2,target=/x true
                               ~~~~~ "a:1:2" has a wrong tag "1:2"
    onbuild copy --from="a_-b" \\
                        ~~~~~~ "a_-b" has a wrong part "a_-b" in its name
      /a /a
    `,
    `
    FROM "-a:1"
         ~~~~~~ "-a:1" has a wrong part "-a" in its name
    FROM a:.x
         ~~~~ "a:.x" has a wrong tag ".x"
    FROM a@
         ~~ "a@" has an empty digest
    `,
  ],
});
