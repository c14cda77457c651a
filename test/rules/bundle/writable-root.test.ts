import rule from "../../../src/rules/bundle/writable-root.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"root": null}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}, "root": {"readonly": null}}',
  ],
  found: [
    {
      source: '{"root": {"readonly": false}}',
      findings: [{ text: "false", message: "root file system is writable" }],
    },
    {
      source: '{"root": {"readonly": null}}',
      findings: [{ text: '"root"', message: "root file system is writable" }],
    },
  ],
});
