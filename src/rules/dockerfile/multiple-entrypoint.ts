import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1015",
    name: "multiple-entrypoint",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Stage has more than one ENTRYPOINT",
    why: "Only the last `ENTRYPOINT` of a stage has an effect. A wrapper that sets up the container, drops rights or checks its arguments does not run when a later line replaces it.",
    howToFix: "Delete all but the last, or let one script run what the others were to do.",
    bad: 'FROM node:22\nENTRYPOINT ["/init"]\nENTRYPOINT ["node", "server.js"]\n',
    good: 'FROM node:22\nENTRYPOINT ["/init", "node", "server.js"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4004",
      "trivy:DS007",
      "kics:6938958b-3f1a-451c-909b-baeee14bdc97",
      "semgrep:multiple-entrypoint-instructions",
      "droast:DF039",
      "buildkit:MultipleInstructionsDisallowed",
      "dockerfile-utils:MULTIPLE_INSTRUCTIONS",
    ],
    cwe: ["CWE-1041"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#entrypoint",
      "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const all = stageInstructions(stage, "entrypoint");
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
