import rule from "../../../src/rules/dockerfile/dnf-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN dnf install -y x && dnf clean all
    `,
    `
    FROM a:1
    RUN microdnf install -y x && microdnf clean all
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/dnf dnf install -y x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN dnf install -y x
            ~~~~~~~ no "dnf clean all" follows "dnf install"
    `,
    `
    FROM a:1
    RUN microdnf install x
                 ~~~~~~~ no "microdnf clean all" follows "microdnf install"
    `,
  ],
});
