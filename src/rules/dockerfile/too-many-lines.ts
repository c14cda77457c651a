import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { lineStarts, positionAt } from "../../base/text.ts";

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
    const lines = countedLines(
      dockerfile,
      options.boolean("skipBlank"),
      options.boolean("skipComments"),
    );
    const first = lines[max];
    if (first === undefined) return;
    report(first, `the file has ${lines.length} lines, more than ${max}`);
  },
});

/** Places of the lines that count, without their ends. */
function countedLines(
  { text, comments }: Dockerfile,
  skipBlank: boolean,
  skipComments: boolean,
): readonly { readonly start: number; readonly end: number }[] {
  const starts = lineStarts(text);
  const commented = new Set(
    skipComments ? comments.map(({ span }) => positionAt(starts, span.start).line) : [],
  );
  return starts.flatMap((start, i) => {
    const next = starts[i + 1];
    // Behind the last line end there is no line.
    if (next === undefined && start === text.length) return [];
    const line = text.slice(start, next ?? text.length).replace(/\r?\n$/, "");
    const isSkipped = (skipBlank && line.trim() === "") || commented.has(i + 1);
    return isSkipped ? [] : [{ start, end: start + line.length }];
  });
}

export default rule;
