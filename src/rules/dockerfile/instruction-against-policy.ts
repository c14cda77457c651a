import { matchesPattern } from "../../audit/dockerfile/helpers-pattern.ts";
import type { Instruction } from "../../audit/dockerfile/model.ts";
import { finalStage, unwrapped } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1351",
    name: "instruction-against-policy",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "An instruction is against the team's policy",
    why: "The team has decided what its Dockerfiles hold and what not; what goes against it is to be seen before it is built.",
    howToFix: "Change the instruction, or the option `rules`.",
    bad: "FROM alpine:3.22\nRUN true\n",
    good: "FROM alpine:3.22\nHEALTHCHECK CMD true\n",
    since: "0.1.0",
    profile: "all",
    options: {
      rules: {
        default: ["HEALTHCHECK not_exists"],
        description:
          "What is reported, each `INSTRUCTION CHECK [VALUE]` with the checks `=`, `!=`, `exists`, `not_exists`, `like`, `not_like` (with `*` and `?`), `in`, `not_in` (values parted by commas): `USER = root`, `FROM not_like registry.example.com/*`.",
      },
    },
    aliases: ["anchore:dockerfile.instruction"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },

  check(dockerfile, report, options) {
    const instructions = unwrapped(dockerfile);
    for (const text of options.strings("rules")) {
      const policy = readPolicy(text);
      const concerned = instructions.filter(({ keyword }) => keyword === policy.keyword);
      if (policy.check === "not_exists") {
        const at = finalStage(dockerfile)?.from.keywordSpan;
        if (concerned.length === 0 && at !== undefined)
          report(at, `there is no "${policy.keyword}"`);
        continue;
      }
      for (const node of concerned)
        if (applies(policy, node))
          report(
            node.rest.raw === "" ? node.keywordSpan : node.rest.span,
            `"${node.keyword}" is against the policy "${text}"`,
          );
    }
  },
});

interface Policy {
  readonly keyword: string;
  readonly check: string;
  readonly value: string;
}

/** @throws Error when the option is not written as it should be: a policy that is not understood is no pass. */
function readPolicy(text: string): Policy {
  const [, keyword, check, value = ""] =
    /^\s?([A-Za-z]+) (=|!=|exists|not_exists|like|not_like|in|not_in)(?: (.*))?$/s.exec(text) ?? [];
  if (keyword === undefined || check === undefined)
    throw new Error(`option "rules": "${text}" is not INSTRUCTION CHECK [VALUE]`);
  return { keyword: keyword.toUpperCase(), check, value: value.trim() };
}

function applies({ check, value }: Policy, node: Instruction): boolean {
  // Of FROM the image, without `AS name`.
  const rest = node.kind === "from" ? (node.image ?? node.rest) : node.rest;
  const given = (rest.value ?? rest.text).trim();
  const isListed = value.split(",").some((item) => item.trim() === given);
  switch (check) {
    case "=":
      return given === value;
    case "!=":
      return given !== value;
    case "like":
      return matchesPattern(given, value);
    case "not_like":
      return !matchesPattern(given, value);
    case "in":
      return isListed;
    case "not_in":
      return !isListed;
    default:
      return true;
  }
}

export default rule;
