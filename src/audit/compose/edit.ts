import type { Span } from "../../base/text.ts";
import type { Fix } from "../finding.ts";
import type { ComposeFile, ComposeNode, ComposeService } from "./model.ts";
import { entryAt } from "./query.ts";

/** A fix as the details of a report hold it; none when the edit is not mechanical. All change what the container may do. */
type Offered = { readonly fix?: Fix };

/** Take out a setting that stands on lines of its own. */
export function removeSetting(
  { text }: ComposeFile,
  service: ComposeService,
  key: string,
): Offered {
  const entry = entryAt(service, key);
  const span =
    entry && wholeLines(text, { start: entry.keySpan.start, end: contentEnd(text, entry.value) });
  if (span === undefined) return {};
  return { fix: { title: `remove ${key}`, safe: false, edits: [{ span, text: "" }] } };
}

/** Take out one item of a list, and the list with its last. */
export function removeItem(
  file: ComposeFile,
  service: ComposeService,
  key: string,
  item: ComposeNode,
): Offered {
  const list = entryAt(service, key)?.value;
  if (list?.kind !== "list") return {};
  if (list.items.length === 1) return removeSetting(file, service, key);
  const { text } = file;
  const dash = /-[ \t]+$/.exec(text.slice(lineStart(text, item.span.start), item.span.start));
  const start = item.span.start - (dash?.[0].length ?? 0);
  const span = dash === null ? undefined : wholeLines(text, { start, end: item.span.end });
  if (span === undefined) return {};
  const name = text.slice(item.span.start, item.span.end);
  return { fix: { title: `remove ${name} from ${key}`, safe: false, edits: [{ span, text: "" }] } };
}

/** Put lines before the first setting of a service, indented as that is. */
export function addSetting(
  { text }: ComposeFile,
  { nameSpan, settings }: ComposeService,
  lines: readonly string[],
): Offered {
  const { start } = settings.span;
  const from = lineStart(text, start);
  const indent = text.slice(from, start);
  // Not the flow style, nor settings that stand elsewhere under an anchor.
  if (start < nameSpan.end || from < nameSpan.end || !/^ +$/.test(indent) || text[start] === "{")
    return {};
  const inserted = lines.map((line) => `${indent}${line}\n`).join("");
  return {
    fix: {
      title: `add ${lines[0]?.replace(/:$/, "") ?? ""}`,
      safe: false,
      edits: [{ span: { start: from, end: from }, text: inserted }],
    },
  };
}

/** Where the last thing of a value ends: collections reach to the next line that is not theirs. */
function contentEnd(text: string, { span }: ComposeNode): number {
  return span.start + text.slice(span.start, span.end).trimEnd().length;
}

/** The span with its line break, when nothing but a comment shares its lines. */
function wholeLines(text: string, { start, end }: Span): Span | undefined {
  const from = lineStart(text, start);
  const newline = text.indexOf("\n", end);
  const to = newline === -1 ? text.length : newline + 1;
  const isAlone =
    text.slice(from, start).trim() === "" && /^(?:\s*|\s+#.*\s*)$/.test(text.slice(end, to));
  return isAlone ? { start: from, end: to } : undefined;
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;
