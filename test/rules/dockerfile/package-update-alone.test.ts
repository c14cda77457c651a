import rule from "../../../src/rules/dockerfile/package-update-alone.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x
    `,
    `
    FROM a:1
    RUN apk add --no-cache x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update
                ~~~~~~ "apt-get update" is followed by no installation in this "RUN"
    RUN apt-get install -y x
        -------------------- related: installs by that index
    `,
  ],
});
