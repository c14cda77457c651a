import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1045",
    name: "env-reference-in-same-instruction",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "ENV refers to a variable that the same instruction sets",
    why: "All values of one `ENV` are expanded with what was set before it: the reference gives the old value, or nothing.",
    howToFix: "Set the variable in an `ENV` of its own, in front.",
    bad: "FROM debian:12\nENV APP=/app BIN=$APP/bin\n",
    good: "FROM debian:12\nENV APP=/app\nENV BIN=$APP/bin\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3044",
      "datadog-iac:be8aab51-94cb-cc12-c40e-f6928d9b544a",
      "droast:DF062",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
  },

  check(dockerfile, report) {
    for (const { pairs } of instructionsOf(dockerfile, "env"))
      for (const [i, { value }] of pairs.entries())
        for (const use of value.variables) {
          const setBy = pairs.findIndex(({ key }, j) => j !== i && key.text === use.name);
          // Set before as well: the author may want the old value.
          if (setBy === -1 || use.declaration !== undefined) continue;
          const other = pairs[setBy];
          report(use.span, `"${use.name}" is set by the same instruction, and not before it`, {
            ...(other === undefined
              ? {}
              : {
                  related: [{ span: other.key.span, message: "set here, for later instructions" }],
                }),
          });
        }
  },
});

export default rule;
