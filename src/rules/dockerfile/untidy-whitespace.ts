import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1156",
    name: "untidy-whitespace",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "White space is left at ends of lines, doubled or missing",
    why: "Blanks that nobody sees make changes look larger than they are, and a blank behind `\\` is an error in other tools.",
    howToFix: "Let an editor take away blanks at line ends and end the file with one line end.",
    bad: "FROM debian:12  \nRUN   make\n",
    good: "FROM debian:12\nRUN make\n",
    since: "0.1.0",
    profile: "all",
    aliases: [
      "tally:no-trailing-spaces",
      "tally:no-multi-spaces",
      "tally:no-multiple-empty-lines",
      "tally:eol-last",
      "tally:newline-between-instructions",
      "tally:consistent-indentation",
      "tally:prefer-formatted-heredocs",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#format"],
  },

  check(dockerfile, report) {
    const tell = (span: Span, message: string, text: string): void =>
      report(span, message, {
        fix: { title: "tidy the white space", safe: true, edits: [{ span, text }] },
      });
    checkLines(dockerfile, tell);
    checkKeywords(dockerfile, tell);
  },
});

type Tell = (...found: [span: Span, message: string, text: string]) => void;

/** Blanks at line ends, several empty lines, the end of the file. What heredocs hold is theirs. */
function checkLines({ text, instructions }: Dockerfile, tell: Tell): void {
  const bodies = instructions
    .flatMap((node) => (node.kind === "onbuild" ? (node.trigger ?? node) : node).heredocs)
    .map(({ bodySpan }) => bodySpan);
  let body = 0;
  /** Ends of the first and the last of the empty lines before this one. */
  let empty: Span | undefined;
  const endOfEmpty = (): void => {
    if (empty !== undefined && empty.end > empty.start)
      tell(empty, "several empty lines follow one another", "");
    empty = undefined;
  };
  for (let start = 0, next = 0; start < text.length; start = next) {
    const feed = text.indexOf("\n", start);
    next = feed === -1 ? text.length : feed + 1;
    while ((bodies[body]?.end ?? Number.POSITIVE_INFINITY) <= start) body++;
    const isInHeredoc = (bodies[body]?.start ?? Number.POSITIVE_INFINITY) <= start;
    const line = text.slice(start, feed === -1 ? next : feed).replace(/\r$/, "");
    const length = line.trimEnd().length;
    if (length === 0 && !isInHeredoc) {
      empty = { start: empty?.start ?? next, end: next };
      continue;
    }
    endOfEmpty();
    if (isInHeredoc) continue;
    const end = start + line.length;
    if (length < line.length)
      tell({ start: start + length, end }, "blanks stand at the end of the line", "");
    if (feed === -1) tell({ start: end, end }, "the file does not end with a line end", "\n");
  }
  endOfEmpty();
}

/** Blanks before and several behind a keyword. */
function checkKeywords({ text, instructions }: Dockerfile, tell: Tell): void {
  for (const { keywordSpan, keyword, kind } of instructions) {
    if (kind === "unknown") continue;
    const before = text.lastIndexOf("\n", keywordSpan.start - 1) + 1;
    const lead = text.slice(before, keywordSpan.start);
    if (/^[ \t]+$/.test(lead))
      tell({ start: before, end: keywordSpan.start }, `"${keyword}" is indented`, "");
    const blanks = /^[ \t]*/.exec(text.slice(keywordSpan.end, keywordSpan.end + 200))?.[0] ?? "";
    const isFollowed = /\S/.test(text[keywordSpan.end + blanks.length] ?? "");
    if (isFollowed && blanks !== " " && blanks.length > 0)
      tell(
        { start: keywordSpan.end, end: keywordSpan.end + blanks.length },
        `more than one blank follows "${keyword}"`,
        " ",
      );
  }
}

export default rule;
