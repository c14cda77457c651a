import type { Pair } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1144",
    name: "invalid-label-key",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Key of a label breaks the rules for label names",
    why: "Filters, policies and registries take keys of the documented form: others are dropped or not found, and a key in Docker's own namespace may be read as one of Docker's.",
    howToFix:
      "Write lower-case letters, digits and single `.`, `-`, `_` or `/` between them, beginning with the reversed name of a domain you own: `com.example.team`.",
    bad: 'FROM debian:12\nLABEL Com.Example.Team="web"\n',
    good: 'FROM debian:12\nLABEL com.example.team="web"\n',
    since: "0.1.0",
    aliases: ["hadolint:DL3048", "tally:labels/valid-key"],
    cwe: [],
    references: [
      "https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations",
    ],
  },

  check(dockerfile, report) {
    for (const { pairs } of instructionsOf(dockerfile, "label"))
      for (const { key } of pairs) {
        const reason = problemOf(key.value);
        if (reason === undefined) continue;
        const fix = inLowerCase(key);
        report(key.span, `label key "${key.value}" ${reason}`, fix && { fix });
      }
  },
});

const RESERVED = ["com.docker.", "io.docker.", "org.dockerproject."];

/** What is wrong with a key; nothing about one of unknown value, or an empty one (which no builder takes). */
function problemOf(key: string | undefined): string | undefined {
  if (key === undefined || key === "") return undefined;
  // A shell's or a template's text that BuildKit leaves as it is.
  if (/[${}]/.test(key)) return undefined;
  const bad = /[^0-9a-z._/-]/.exec(key)?.[0];
  if (bad !== undefined)
    return /[A-Z]/.test(bad) ? "has upper-case letters" : `has the character "${bad}"`;
  if (!/^[a-z]/.test(key)) return "does not begin with a letter";
  if (!/[a-z0-9]$/.test(key)) return "does not end with a letter or digit";
  if (/\.\.|--/.test(key)) return "has two separators in a row";
  const reserved = RESERVED.find((prefix) => key.startsWith(prefix));
  return reserved === undefined ? undefined : `is in the namespace "${reserved}*" of Docker`;
}

function inLowerCase({ raw, value, span }: Pair["key"]): Fix | undefined {
  const text = raw.toLowerCase();
  if (raw !== value || text === raw || problemOf(text) !== undefined) return undefined;
  return { title: "write the key in lower case", safe: false, edits: [{ span, text }] };
}

export default rule;
