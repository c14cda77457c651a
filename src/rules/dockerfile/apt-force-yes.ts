import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  commandsNamed,
  findFlag,
  type GivenFlag,
  hasFlag,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1121",
    name: "apt-force-yes",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`apt-get` goes on whatever may break, signatures included",
    why: "`--force-yes` answers yes to questions that are asked when something is wrong: packages without a valid signature, older versions than those installed, the removal of what the system needs.",
    howToFix:
      "Write `-y`. Where a downgrade or a removal is wanted, name that alone: `--allow-downgrades`.",
    bad: "FROM debian:12\nRUN apt-get install -y --force-yes tool\n",
    good: "FROM debian:12\nRUN apt-get install -y tool\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_11"],
    cwe: ["CWE-347"],
    references: ["https://manpages.debian.org/bookworm/apt/apt-get.8.en.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), [
        "apt-get",
        "apt",
        "aptitude",
      ])) {
        const flag = findFlag(command, "--force-yes");
        if (flag !== undefined) {
          const fix = withYes(command, flag);
          report(flag.word.span, '"--force-yes" goes on whatever is wrong', fix && { fix });
          continue;
        }
        // What the old flag stood for: apt-get(8).
        const parts = PARTS.map((name) => findFlag(command, name));
        const [first] = parts;
        if (first !== undefined && parts.every((part) => part !== undefined))
          report(first.word.span, 'the flags together are "--force-yes"');
      }
  },
});

const PARTS = ["--allow-downgrades", "--allow-remove-essential", "--allow-change-held-packages"];

/** `-y` in its place; nothing where that is given already. */
function withYes(command: SimpleCommand, { word }: GivenFlag): Fix | undefined {
  // In an exec form the word has quotes of its own.
  if (word.raw !== "--force-yes" || word.span.end - word.span.start !== word.raw.length)
    return undefined;
  const before = command.words[command.words.indexOf(word) - 1];
  const isGiven = hasFlag(command, "-y", "--yes", "--assume-yes", "-qq");
  if (isGiven && before === undefined) return undefined;
  // With the flag goes the blank before it, unless a new line lies there.
  const start =
    isGiven && before?.span.end === word.span.start - 1 ? before.span.end : word.span.start;
  const text = !isGiven || start === word.span.start ? "-y" : "";
  return {
    title: 'write "-y"',
    safe: false,
    edits: [{ span: { start, end: word.span.end }, text }],
  };
}

export default rule;
