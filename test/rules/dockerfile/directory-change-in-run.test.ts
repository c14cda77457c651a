import rule from "../../../src/rules/dockerfile/directory-change-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    // Of this cd-in-run speaks.
    `
    FROM a:1
    RUN cd /app && make && cd /b && make
    `,
    `
    FROM a:1
    RUN make -C /a && pushd /b && echo cd /c
    RUN ["cd", "/app"]
    CMD cd /a && b
    ONBUILD RUN make && cd /c && make
    `,
  ],
  found: [
    `
    FROM a:1
    RUN make && cd /b && make && cd - && make
                ~~~~~ the directory changes within the step
    `,
    `
    FROM a:1
    run (cd /é; make)
         ~~~~~ the directory changes within the step
    RUN cd $D && make
        ~~~~~ the directory changes within the step
    RUN <<EOF
    set -e
    cd ~
    ~~~~ the directory changes within the step
    EOF
    `,
  ],
});
