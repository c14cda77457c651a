import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1102",
    name: "tag-beside-digest",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Image reference carries both a tag and a digest",
    why: "The builder takes the digest and does not look at the tag. When one is changed without the other, people read a version that is not the one built.",
    howToFix:
      "Leave out the tag and name the version in a comment, or switch this rule off where a bot keeps both in step.",
    bad: "FROM debian:12@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\n",
    good: "FROM debian@sha256:b1a741487078b369e78119849663d7f1a5341ef2768798f7b7406c4240f86aef\n",
    since: "0.1.0",
    profile: "all",
    aliases: [],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#from"],
  },

  check({ text, stages }, report) {
    for (const { base } of stages) {
      const { kind, tag, tagSpan, digest } = base;
      if (kind !== "image" || tag === undefined || tagSpan === undefined || digest === undefined)
        continue;
      // Elsewhere the tag comes out of a variable.
      const isWritten = text.slice(tagSpan.start, tagSpan.end) === tag;
      report(
        tagSpan,
        `tag "${tag}" stands beside a digest`,
        isWritten
          ? {
              fix: {
                title: "leave out the tag",
                safe: true,
                edits: [{ span: { start: tagSpan.start - 1, end: tagSpan.end }, text: "" }],
              },
            }
          : undefined,
      );
    }
  },
});

export default rule;
