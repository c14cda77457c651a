import rule from "../../../src/rules/bundle/allowed-new-privileges.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"process": null}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}, "process": {"noNewPrivileges": null}}',
  ],
  found: [
    {
      source: '{"process": {"noNewPrivileges": false}}',
      findings: [{ text: "false", message: "no_new_privs is off" }],
    },
    {
      source: '{"process": {"noNewPrivileges": null}}',
      findings: [{ text: '"process"', message: "no_new_privs is not set" }],
    },
  ],
});
