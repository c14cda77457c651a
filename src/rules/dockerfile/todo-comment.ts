import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1154",
    name: "todo-comment",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Comment says that something is left to do",
    why: "What was put off stays as it is once the image works: a check switched off for a day, a version to be raised.",
    howToFix: "Do it, or write it where the work is planned and name the place.",
    bad: "# TODO: pin this\nFROM debian:12\n",
    good: "# Pinned by the release job\nFROM debian:12\n",
    since: "0.1.0",
    profile: "all",
    aliases: [],
    cwe: ["CWE-546"],
    references: ["https://cwe.mitre.org/data/definitions/546.html"],
  },

  check({ text, comments }, report) {
    for (const { span, isDirective } of comments) {
      if (isDirective) continue;
      const found = /\b(?:TODO|FIXME)\b/i.exec(text.slice(span.start, span.end));
      if (found === null) continue;
      const start = span.start + found.index;
      report({ start, end: start + found[0].length }, `"${found[0]}" was left here`);
    }
  },
});

export default rule;
