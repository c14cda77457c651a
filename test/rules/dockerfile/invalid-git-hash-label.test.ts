import rule from "../../../src/rules/dockerfile/invalid-git-hash-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.revision=93ea30f
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.revision=$GIT_SHA
    `,
    `
    FROM a:1
    LABEL revision=main
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.revision=a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.revision=main
                                            ~~~~ "org.opencontainers.image.revision" is no git hash: "main"
    `,
    `
    FROM a:1
    label org.opencontainers.image.revision "93EA30F"
                                            ~~~~~~~~~ "org.opencontainers.image.revision" is no git hash: "93EA30F"
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      org.opencontainers.image.revision=93ea30f0
                                        ~~~~~~~~ "org.opencontainers.image.revision" is no git hash: "93ea30f0"
    ONBUILD LABEL org.opencontainers.image.revision=""
                                                    ~~ "org.opencontainers.image.revision" is no git hash: ""
    `,
  ],
});
