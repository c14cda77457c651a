import type { Dockerfile, EnvInstruction, Pair } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1045",
    name: "env-reference-in-same-instruction",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "ENV refers to a variable that the same ENV sets",
    why: "All values of one `ENV` are expanded before the first is set: the reference gives the value of before, mostly nothing. A path such as `$HOME_DIR/bin` becomes `/bin`.",
    howToFix: "Set the variable in an `ENV` of its own above.",
    bad: "FROM debian:12\nENV BASE=/opt/app BIN=$BASE/bin\n",
    good: "FROM debian:12\nENV BASE=/opt/app\nENV BIN=$BASE/bin\n",
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
    for (const node of instructionsOf(dockerfile, "env")) {
      const { pairs } = node;
      if (pairs.length < 2) continue;
      for (const pair of pairs)
        for (const { name, span, declaration } of pair.value.variables) {
          if (declaration !== undefined) continue;
          const setting = pairs.find((other) => other !== pair && nameOf(other) === name);
          if (setting === undefined) continue;
          const fix = split(dockerfile, node, setting, pair);
          report(span, `"${name}" is set by the same instruction, and not before it`, {
            related: [{ span: setting.key.span, message: "set here, for later instructions" }],
            ...(fix && { fix }),
          });
        }
    }
  },
});

const nameOf = ({ key }: Pair): string => key.value ?? key.text;

/** A second ENV that begins with the pair; only where the variable is set before it. */
function split(
  { text }: Dockerfile,
  { keywordText, pairs, isTrigger }: EnvInstruction,
  setting: Pair,
  pair: Pair,
): Fix | undefined {
  const before = pairs[pairs.indexOf(pair) - 1];
  if (isTrigger || before === undefined || setting.span.start > pair.span.start) return undefined;
  const span = { start: before.span.end, end: pair.span.start };
  // A comment between the lines must stay one.
  if (text.slice(span.start, span.end).includes("#")) return undefined;
  return {
    title: `begin another "${keywordText}"`,
    safe: false,
    edits: [{ span, text: `\n${keywordText} ` }],
  };
}

export default rule;
