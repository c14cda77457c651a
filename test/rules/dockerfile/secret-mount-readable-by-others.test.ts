import rule from "../../../src/rules/dockerfile/secret-mount-readable-by-others.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=secret,id=x,mode=0440 --mount=type=ssh,mode=600 x
    RUN --mount=type=secret,id=x --mount=type=cache,target=/x,mode=0777 x
    RUN --mount=type=secret,id=x,mode=$M x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=secret,id=x,mode=0444 x
                                      ~~~~ mode "0444" lets every user at the secret
    # é
    run --mount=type=ssh,mode=666 \\
                              ~~~ mode "666" lets every user at the SSH agent
      --mount=mode=0404,type=secret,id=y x
                   ~~~~ mode "0404" lets every user at the secret
    ARG M=0777
    ONBUILD RUN --mount=type=ssh,mode=$M x
                                      ~~ mode "0777" lets every user at the SSH agent
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN --mount=type=secret,id=x,mode=0444,uid=1 --mount=type=ssh,mode=0777 x
    `,
      after: `
    FROM a:1
    RUN --mount=type=secret,id=x,mode=0400,uid=1 --mount=type=ssh,mode=0600 x
    `,
    },
  ],
});
