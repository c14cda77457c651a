import rule from "../../../src/rules/compose/service-image-unpinned.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web: {image: "nginx:1.29"}
      a: {image: "nginx@sha256:abc"}
      b: {image: "\${IMAGE}"}
      c: {image: "app:\${TAG}"}
      d: {image: app, build: .}
      e: {image: "\${REGISTRY}app:1"}
    `,
  ],
  found: [
    `
    services:
      web:
        image: registry.example:5000/app
               ~~~~~~~~~~~~~~~~~~~~~~~~~ image "registry.example:5000/app" has no tag or digest
      b:
        image: app:\${TAG:-latest}
               ~~~~~~~~~~~~~~~~~~ image "app:latest" has the tag latest
    `,
  ],
});
