import { effective, isWindows, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1907",
    name: "nested-relative-workdir",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "WORKDIR is relative to the one above",
    why: "Where a step works can only be told by adding up all `WORKDIR` above it, and a line put between them moves everything below.",
    howToFix: "Write the whole path: `WORKDIR /srv/app`.",
    bad: "FROM debian:12\nWORKDIR /srv\nWORKDIR app\n",
    good: "FROM debian:12\nWORKDIR /srv\nWORKDIR /srv/app\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "hadolint:DL3000",
      "trivy:DS009",
      "kics:6b376af8-cfe8-49ab-a08d-f32de23661a4",
      "checkov:CKV_DOCKER_10",
      "semgrep:use-absolute-workdir",
      "terrascan:AC_DOCKER_0013",
    ],
    cwe: ["CWE-665"],
    references: ["https://docs.docker.com/reference/dockerfile/#workdir"],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const isAbsolute = isWindows(dockerfile, stage)
        ? /^(?:[/\\$]|[A-Za-z]:|\{\{|$)/
        : /^(?:[/$]|[A-Za-z]:|\{\{|$)/;
      for (const node of stageInstructions(stage, "workdir")) {
        const { path } = node;
        const text = path.value ?? path.text;
        // The first of a chain counts from the base image: see relative-workdir.
        if (isAbsolute.test(text) || effective(dockerfile, node, "workdir") === undefined) continue;
        report(path.span, `"${text}" counts from the "WORKDIR" above`);
      }
    }
  },
});

export default rule;
