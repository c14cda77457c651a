import rule from "../../../src/rules/dockerfile/run-insecure-entitlement-needed.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN x
    RUN --network=none x
    RUN --network=$N x
    RUN --security=sandbox x
    RUN --mount=type=cache,target=/x x
    RUN x --security=insecure
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --security=insecure x
        ~~~~~~~~~~~~~~~~~~~ this step needs the entitlement "security.insecure"
    run --network=host x
        ~~~~~~~~~~~~~~ this step needs the entitlement "network.host"
    RUN --device=vendor.com/gpu=all x
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~ this step needs the entitlement "device"
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN --mount=type=cache,target=/x \\
      # note
      --network=host <<EOF
      ~~~~~~~~~~~~~~ this step needs the entitlement "network.host"
    x
    EOF
    RUN --security=insecure --network=host ["x"]
        ~~~~~~~~~~~~~~~~~~~ this step needs the entitlement "security.insecure"
                            ~~~~~~~~~~~~~~ this step needs the entitlement "network.host"
    `,
  ],
  withOptions: [
    {
      options: { granted: ["network.host"] },
      clean: [
        `
        FROM a:1
        RUN --network=host x
        `,
      ],
      found: [
        `
        FROM a:1
        RUN --security=insecure x
            ~~~~~~~~~~~~~~~~~~~ this step needs the entitlement "security.insecure"
        `,
      ],
    },
  ],
});
