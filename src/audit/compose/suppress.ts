import { lineStarts, positionAt, type Span } from "../../base/text.ts";
import type { Finding } from "../finding.ts";
import type { RuleIndex } from "../rule-index.ts";
import { type Suppressed, suppressBy } from "../suppress.ts";
import type { ComposeComment, ComposeFile } from "./model.ts";

/**
 * Mark findings that comments of a compose file take back. A comment counts for the entry or item that begins on its
 * own line, or, when it stands alone, on the next line with content, and all that is in it: above a service for the
 * service. `# tguard global ignore=` counts for the file, `# tguard stage ignore=` for the service it stands in or above.
 */
export function suppressInCompose(
  file: ComposeFile,
  findings: readonly Finding[],
  index: RuleIndex,
  today?: string,
): Suppressed {
  return suppressBy(
    file.text,
    findings,
    index,
    (read, add, warn) => {
      const findBlock = blockFinder(file);
      const findService = serviceFinder(file);
      for (const comment of file.comments) {
        const pragma = read(comment.text, comment.span);
        if (pragma === undefined) continue;
        const block = findBlock(comment);
        if (pragma.scope === "file") add(pragma, { start: 0, end: file.text.length }, "start");
        else if (pragma.scope === "stage")
          add(pragma, findService(block ?? comment.span) ?? comment.span, "start");
        else if (block !== undefined) add(pragma, block, "start");
        else if (pragma.tool === "tguard")
          warn({
            message: "the comment stands above no setting and ignores nothing",
            hint: "put it on the line of a setting or above it, or write # tguard global ignore=RULE",
            span: comment.span,
          });
      }
    },
    today,
  );
}

/**
 * Says what a comment is about: all lines from its own, or the next with content, to the end of the longest entry or
 * item that begins there. A line in a text or list on several lines, where none begins, stands for itself.
 */
function blockFinder({ text, blocks }: ComposeFile): (comment: ComposeComment) => Span | undefined {
  const starts = lineStarts(text);
  const lineOf = (offset: number): number => positionAt(starts, offset).line - 1;
  const endOfLine = (line: number): number => (starts[line + 1] ?? text.length + 1) - 1;
  const ends = starts.map((_, line) => endOfLine(line));
  for (const { start, end } of blocks) {
    const line = lineOf(start);
    // The value of a mapping ends behind its last line break.
    ends[line] = Math.max(ends[line] ?? 0, end - 1);
  }
  const content: number[] = [];
  for (let line = starts.length - 1; line >= 0; line--) {
    const written = text.slice(starts[line], endOfLine(line)).trim();
    content[line] = written === "" || written.startsWith("#") ? (content[line + 1] ?? -1) : line;
  }
  return ({ span, isTrailing }) => {
    const own = lineOf(span.start);
    const line = isTrailing ? own : (content[own] ?? -1);
    const start = starts[line];
    return start === undefined ? undefined : { start, end: ends[line] ?? start };
  };
}

/** Says what service a place stands in, or on the line of. */
function serviceFinder({ text, services, blocks }: ComposeFile): (place: Span) => Span | undefined {
  const ends = new Map(blocks.map(({ start, end }) => [start, end]));
  const spans = services.map(({ nameSpan }) => ({
    start: text.lastIndexOf("\n", nameSpan.start) + 1,
    end: (ends.get(nameSpan.start) ?? nameSpan.end) - 1,
  }));
  return ({ start }) => spans.find((span) => span.start <= start && start <= span.end);
}
