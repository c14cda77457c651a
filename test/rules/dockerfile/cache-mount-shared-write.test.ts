import rule from "../../../src/rules/dockerfile/cache-mount-shared-write.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt,sharing=locked x
    RUN --mount=type=cache,target=/var/lib/apt,sharing=private x
    RUN --mount=type=cache,target=/var/lib/apt,sharing=$S x
    RUN --mount=type=cache,target=/root/.cache/pip x
    RUN --mount=type=cache,target=/root/.npm,sharing=shared x
    RUN --mount=type=cache,target=$D x
    RUN --mount=type=bind,target=/var/cache/apt x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,dst=/var/lib/apt/,sharing=shared x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ parallel builds write to "/var/cache/apt" at once
                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ parallel builds write to "/var/lib/apt" at once
    run --mount=type=cache,target=/var/cache/dnf,uid=0 <<EOF
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ parallel builds write to "/var/cache/dnf" at once
    dnf install x
    EOF
    `,
    `
    # ü
    ARG D=apt
    FROM a:1
    ARG D
    WORKDIR /var/cache
    ONBUILD RUN --mount=type=cache,target=$D \\
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ parallel builds write to "/var/cache/apt" at once
      # note
      x
    RUN --mount="type=cache,target=/var/cache/apk" ["x"]
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN --mount=type=cache,target=/var/cache/apt \\
          --mount=type=cache,sharing=shared,target=/var/lib/apt x
      `,
      after: `
      FROM a:1
      RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
          --mount=type=cache,sharing=locked,target=/var/lib/apt x
      `,
    },
  ],
});
