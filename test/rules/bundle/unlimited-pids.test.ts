import rule from "../../../src/rules/bundle/unlimited-pids.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    // in the words of cgroup v2
    '{"linux": {"resources": {"pids": null, "unified": {"pids.max": "100"}}}}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}}',
  ],
  found: [
    {
      source: '{"linux": {"resources": {"pids": {"limit": 0}}}}',
      findings: [{ text: "0", message: "limit of processes is 0: none" }],
    },
    {
      source: '{"linux": {"resources": {"pids": {"limit": -1}}}}',
      findings: [{ text: "-1", message: "limit of processes is -1: none" }],
    },
    {
      source: '{"linux": {"resources": {"pids": null}}}',
      findings: [{ text: '"resources"', message: "no limit of processes is set" }],
    },
    {
      source: '{"linux": {"resources": {"pids": null, "unified": {"pids.max": "max"}}}}',
      findings: [{ text: '"resources"', message: "no limit of processes is set" }],
    },
    {
      source: '{"linux": {"resources": null}}',
      findings: [{ text: '"linux"', message: "no limit of processes is set" }],
    },
  ],
});
