import rule from "../../../src/rules/bundle/missing-seccomp-filter.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": null}}}',
    '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_KILL_PROCESS"}}}',
    // a list of what is forbidden
    '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}}}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}}',
  ],
  found: [
    {
      source: '{"linux": {"seccomp": null}}',
      findings: [{ text: '"linux"', message: "no seccomp filter is set" }],
    },
    {
      source: '{"linux": null}',
      findings: [{ text: "{", message: "no seccomp filter is set" }],
    },
    {
      source: '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": null}}}',
      findings: [
        {
          text: '"SCMP_ACT_ALLOW"',
          message: 'seccomp filter forbids nothing: its default is "SCMP_ACT_ALLOW"',
        },
      ],
    },
    {
      source:
        '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ALLOW"}]}}}',
      findings: [
        {
          text: '"SCMP_ACT_LOG"',
          message: 'seccomp filter forbids nothing: its default is "SCMP_ACT_LOG"',
        },
      ],
    },
  ],
});
