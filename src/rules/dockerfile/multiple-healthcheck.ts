import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1026",
    name: "multiple-healthcheck",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Stage has more than one HEALTHCHECK",
    why: "Only the last `HEALTHCHECK` of a stage has an effect. Who relies on one of the others watches nothing: a container that no longer works counts as healthy.",
    howToFix: "Delete all but the last. To test several things, call a script that tests them all.",
    bad: "FROM nginx:1.28\nHEALTHCHECK CMD curl -f http://localhost/\nHEALTHCHECK CMD /check.sh\n",
    good: "FROM nginx:1.28\nHEALTHCHECK CMD /check.sh\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3012",
      "trivy:DS023",
      "datadog-iac:1c2d47bd-eec6-6485-7ed7-3d0650e960a4",
      "droast:DF041",
      "buildkit:MultipleInstructionsDisallowed",
      "dockerfile-utils:MULTIPLE_INSTRUCTIONS",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
      "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const all = stageInstructions(stage, "healthcheck");
      const last = all.at(-1);
      if (last === undefined) continue;
      for (const node of all.slice(0, -1))
        report(node.keywordSpan, `"${node.keywordText}" is replaced by a later one of this stage`, {
          related: [{ span: last.keywordSpan, message: "the one that counts" }],
          fix: { title: "delete it", safe: true, edits: [deleteInstruction(dockerfile, node)] },
        });
    }
  },
});

export default rule;
