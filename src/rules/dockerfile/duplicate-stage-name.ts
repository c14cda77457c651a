import type { StageAlias } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1010",
    name: "duplicate-stage-name",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Two stages have the same name",
    why: "`FROM name`, `COPY --from=name` and `--target name` take one of the two, and builders differ in which: the wrong files may be shipped without an error. Names are compared without case.",
    howToFix: "Give each stage a name of its own.",
    bad: "FROM golang:1.24 AS build\nFROM node:22 AS build\n",
    good: "FROM golang:1.24 AS build\nFROM node:22 AS assets\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3024",
      "buildkit:DuplicateStageName",
      "trivy:DS012",
      "kics:f2daed12-c802-49cd-afed-fe41d0b82fed",
      "checkov:CKV_DOCKER_11",
      "semgrep:alias-must-be-unique",
      "dockerfile-utils:DUPLICATE_BUILD_STAGE_NAME",
      "droast:DF042",
    ],
    cwe: ["CWE-694"],
    references: [
      "https://docs.docker.com/reference/build-checks/duplicate-stage-name/",
      "https://docs.docker.com/build/building/multi-stage/#name-your-build-stages",
    ],
  },

  check({ stages }, report) {
    const taken = new Map<string, StageAlias>();
    for (const { alias } of stages) {
      if (alias === undefined) continue;
      const first = taken.get(alias.name);
      if (first === undefined) taken.set(alias.name, alias);
      else
        report(alias.span, `stage name "${alias.text}" is taken already`, {
          related: [{ span: first.span, message: "first stage of this name" }],
        });
    }
  },
});

export default rule;
