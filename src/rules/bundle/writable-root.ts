import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1007",
    name: "writable-root",
    target: "bundle",
    severity: "medium",
    confidence: "high",
    summary: "Root file system is writable",
    why: "Who takes over the process can replace its programs and configuration and leave tools behind; with a bundle that is started again, they stay.",
    howToFix:
      "Set `root.readonly` to `true` and mount a tmpfs or a volume where the program writes.",
    bad: '{"root": {"path": "rootfs", "readonly": false}}\n',
    good: '{"root": {"path": "rootfs", "readonly": true}}\n',
    since: "0.1.0",
    aliases: ["docker-bench:5.13", "semgrep:writable-filesystem-service"],
    cwe: ["CWE-732"],
    benchmarks: ["CIS-Docker-5.13", "NIST-800-190-4.4.3"],
    references: ["https://github.com/opencontainers/runtime-spec/blob/main/config.md#root"],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux || config.root === undefined || config.root.readonly === true) return;
    report(spanOf("/root/readonly"), "root file system is writable");
  },
});

export default rule;
