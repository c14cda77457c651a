import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1150",
    name: "uppercase-directive",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Name of a parser directive is not in lower case",
    why: "Directives look like comments; written in another way than everywhere else they are taken for one, and moved below the first instruction, where they do nothing.",
    howToFix: "Write `# syntax=`, `# escape=`, `# check=` in lower case.",
    bad: "# SYNTAX=docker/dockerfile:1\nFROM debian:12\n",
    good: "# syntax=docker/dockerfile:1\nFROM debian:12\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["dockerfile-utils:CASING_DIRECTIVE"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#parser-directives"],
  },

  check({ text, directives }, report) {
    for (const { name, span } of directives) {
      const blanks = /^#\s*/.exec(text.slice(span.start, span.end))?.[0].length ?? 1;
      const place = { start: span.start + blanks, end: span.start + blanks + name.length };
      const written = text.slice(place.start, place.end);
      if (written === name || written.toLowerCase() !== name) continue;
      report(place, `directive "${written}" is not in lower case`, {
        fix: {
          title: "write it in lower case",
          safe: true,
          edits: [{ span: place, text: name }],
        },
      });
    }
  },
});

export default rule;
