import rule from "../../../src/rules/image/missing-health-check.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    "{}",
    '{"config": {"ExposedPorts": {}}}',
    '{"config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["CMD", "x"]}}}',
    // an explicit no
    '{"config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {"Test": ["NONE"]}}}',
    // OCI configs have no such field
    '{"mediaType": "application/vnd.oci.image.config.v1+json", "config": {"ExposedPorts": {"8080/tcp": {}}}}',
  ],
  found: [
    {
      source: '{"config": {"ExposedPorts": {"8080/tcp": {}}}}',
      findings: [{ text: '"config"', message: "image exposes a port and has no health check" }],
    },
    {
      source: '{"config": {"ExposedPorts": {"8080/tcp": {}}, "Healthcheck": {}}}',
      findings: [
        { text: '"Healthcheck"', message: "image exposes a port and has no health check" },
      ],
    },
  ],
});
