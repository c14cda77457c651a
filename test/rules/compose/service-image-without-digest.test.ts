import rule from "../../../src/rules/compose/service-image-without-digest.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      a: {image: "nginx@sha256:abc"}
      b: {image: "\${IMAGE}"}
      d: {image: app, build: .}
    `,
  ],
  found: [
    `
    services:
      web:
        image: app:1
               ~~~~~ image "app:1" has no digest
    `,
  ],
});
