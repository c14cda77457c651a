import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1011",
    name: "multiple-cmd",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Stage has more than one CMD",
    why: "Only the last `CMD` of a stage has an effect. Who reads or changes one of the others believes in a program that never starts.",
    howToFix:
      "Delete all but the last. To start several programs, start a supervisor or use a container for each.",
    bad: 'FROM node:22\nCMD ["npm", "test"]\nCMD ["npm", "start"]\n',
    good: 'FROM node:22\nCMD ["npm", "start"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4003",
      "trivy:DS016",
      "kics:41c195f4-fc31-4a5c-8a1b-90605538d49f",
      "semgrep:multiple-cmd-instructions",
      "terrascan:AC_DOCKER_0053",
      "droast:DF038",
      "dockerfile-utils:MULTIPLE_INSTRUCTIONS",
      "buildkit:MultipleInstructionsDisallowed",
    ],
    cwe: ["CWE-1041"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#cmd",
      "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const all = stageInstructions(stage, "cmd");
      const last = all.at(-1);
      if (last === undefined) continue;
      for (const node of all.slice(0, -1))
        report(node.keywordSpan, `"${node.keywordText}" is replaced by a later one of this stage`, {
          related: [{ span: last.keywordSpan, message: "the one that counts" }],
          fix: {
            title: "delete it",
            safe: true,
            edits: [deleteInstruction(dockerfile, node)],
          },
        });
    }
  },
});

export default rule;
