import type { Dockerfile, Instruction } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1151",
    name: "inconsistent-keyword-case",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Instruction is written in another case than the rest of the file",
    why: "The builder does not mind, people and simple tools do: a `run` between `RUN`s is overlooked by whoever searches the file, in a review too.",
    howToFix: "Write all instructions in one case, by custom in upper case.",
    bad: "FROM debian:12\nRun make\n",
    good: "FROM debian:12\nRUN make\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "buildkit:ConsistentInstructionCasing",
      "dockerfile-utils:CASING_INSTRUCTION",
      "dockerfilelint:uppercase_commands",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/consistent-instruction-casing/"],
  },

  check(dockerfile, report) {
    const all = withTriggers(dockerfile);
    const upper = all.filter(({ keywordText: word }) => word === word.toUpperCase()).length;
    const lower = all.filter(({ keywordText: word }) => word === word.toLowerCase()).length;
    const isLower = lower > upper;
    for (const { keywordText, keywordSpan, keyword } of all) {
      const wanted = isLower ? keyword.toLowerCase() : keyword;
      if (keywordText === wanted) continue;
      report(
        keywordSpan,
        `"${keywordText}" is not in ${isLower ? "lower" : "upper"} case as the rest of the file`,
        {
          fix: {
            title: `write "${wanted}"`,
            safe: true,
            edits: [{ span: keywordSpan, text: wanted }],
          },
        },
      );
    }
  },
});

/** Every instruction, those behind ONBUILD beside theirs; unknown words are no instructions. */
function withTriggers({ instructions }: Dockerfile): readonly Instruction[] {
  return instructions
    .flatMap((node) =>
      node.kind === "onbuild" && node.trigger !== undefined ? [node, node.trigger] : [node],
    )
    .filter(({ kind }) => kind !== "unknown");
}

export default rule;
