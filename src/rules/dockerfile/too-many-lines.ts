import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { lineStarts, positionAt, type Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1155",
    name: "too-many-lines",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "File has more lines than allowed",
    why: "A long file hides what matters in it, in reviews above all.",
    howToFix:
      "Move scripts into files of their own that are copied, and what several images share into a base image.",
    bad: "FROM debian:12\nRUN make\n",
    good: "FROM debian:12\n",
    since: "0.1.0",
    profile: "all",
    options: {
      max: { default: 100, description: "How many lines a file may have." },
      skipBlank: { default: true, description: "Whether blank lines are left out of the count." },
      skipComments: {
        default: true,
        description: "Whether lines that are comments are left out of the count.",
      },
    },
    exampleOptions: { max: 1 },
    aliases: ["tally:max-lines"],
    cwe: [],
    references: ["https://docs.docker.com/build/building/best-practices/"],
  },

  check(dockerfile, report, options) {
    const max = options.number("max");
    const isCounted = counter(
      dockerfile,
      options.boolean("skipBlank"),
      options.boolean("skipComments"),
    );
    const { text } = dockerfile;
    let count = 0;
    let first: Span | undefined;
    for (let start = 0, line = 1; start < text.length; line++) {
      const feed = text.indexOf("\n", start);
      const end = feed === -1 ? text.length : feed;
      if (isCounted(line, start, end)) count++;
      if (count > max) first ??= { start, end: text[end - 1] === "\r" ? end - 1 : end };
      start = end + 1;
    }
    if (first !== undefined) report(first, `the file has ${count} lines, more than ${max}`);
  },
});

/** Tells by number and place whether a line counts. */
function counter(
  { text, comments }: Dockerfile,
  skipBlank: boolean,
  skipComments: boolean,
): (line: number, start: number, end: number) => boolean {
  const starts = lineStarts(text);
  const commented = new Set(
    skipComments ? comments.map(({ span }) => positionAt(starts, span.start).line) : [],
  );
  return (line, start, end) =>
    !commented.has(line) && !(skipBlank && text.slice(start, end).trim() === "");
}

export default rule;
