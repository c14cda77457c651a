import rule from "../../../src/rules/dockerfile/host-network-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --network=none x
    `,
    `
    FROM a:1
    RUN --network=default x
    `,
    `
    FROM a:1
    RUN docker build --network=host .
    `,
    `
    FROM a:1
    RUN x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --network=host x
        ~~~~~~~~~~~~~~ this RUN is in the network of the builder
    `,
    `
    FROM a:1
    onbuild run --mount=type=cache,target=/c \\
      --network=host \\
      ~~~~~~~~~~~~~~ this RUN is in the network of the builder
      x
    `,
    `
    FROM a:1
    RUN --network=host ["x"]
        ~~~~~~~~~~~~~~ this RUN is in the network of the builder
    RUN --network=host <<EOF
        ~~~~~~~~~~~~~~ this RUN is in the network of the builder
    x
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN --network=host --mount=type=cache,target=/c x
    `,
      after: `
    FROM a:1
    RUN --mount=type=cache,target=/c x
    `,
    },
  ],
});
