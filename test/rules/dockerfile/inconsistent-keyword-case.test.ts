import rule from "../../../src/rules/dockerfile/inconsistent-keyword-case.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN make
    `,
    `
    from debian:12
    run make
    `,
    `
    FROM debian:12
    RUN <<EOF
    run x
    Run y
    EOF
    `,
    `
    # from
    FROM debian:12
    ONBUILD RUN make
    `,
    `
    FROM debian:12
    Unknown x
    `,
  ],
  found: [
    `
    FROM debian:12
    Run make
    ~~~ "Run" is not in upper case as the rest of the file
    ENV a=1
    `,
    `
    FROM debian:12
    run make
    ~~~ "run" is not in upper case as the rest of the file
    `,
    `
    from debian:12
    run make
    EXPOSE 80
    ~~~~~~ "EXPOSE" is not in lower case as the rest of the file
    `,
    `
    ARG x
    FROM debian:12
    onbuild Run \\
    ~~~~~~~ "onbuild" is not in upper case as the rest of the file
            ~~~ "Run" is not in upper case as the rest of the file
      # é
      make
    `,
  ],
  fixed: [
    {
      before: `
      From debian:12
      Run make
      run x
      `,
      after: `
      from debian:12
      run make
      run x
      `,
    },
    {
      before: `
      from debian:12
      Run make \\
        && RUN
      cmd x
      `,
      after: `
      from debian:12
      run make \\
        && RUN
      cmd x
      `,
    },
  ],
});
