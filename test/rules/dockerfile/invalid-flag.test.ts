import rule from "../../../src/rules/dockerfile/invalid-flag.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM --platform=linux/amd64 a:1
    COPY --from=b --link --chown=1 --exclude=x --exclude=y a /b
    ADD --link=false --keep-git-dir=true --checksum=sha256:x a /b
    RUN --mount=type=cache,target=/a --mount=type=tmpfs,target=/b --network=none x
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --chwon=1 --link=maybe a /b
         ~~~~~~~~~ unknown flag: --chwon
                   ~~~~~~~~~~~~ expecting boolean value for flag link, not: maybe
    # é
    add --from=x \\
        ~~~~~~~~ unknown flag: --from
      --chmod a /b
      ~~~~~~~ missing a value on flag: chmod
    RUN --network=none --network=host x
                       ~~~~~~~~~~~~~~ duplicate flag specified: network
    ONBUILD COPY --links a /b
                 ~~~~~~~ unknown flag: --links
    USER --x y
         ~~~ unknown flag: --x
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    COPY --chwon=1 a /b
    `,
      after: `
    FROM a:1
    COPY --chown=1 a /b
    `,
    },
  ],
});
