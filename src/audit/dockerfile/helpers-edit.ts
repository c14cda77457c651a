import type { Fix } from "../finding.ts";
import type { Script, SimpleCommand } from "../shell/model.ts";
import type { Dockerfile, InstructionBase, RunInstruction } from "./model.ts";

type Edit = Fix["edits"][number];

/** Take an instruction out of the file with the lines it stands on; what stands above stays. */
export function deleteInstruction({ text }: Dockerfile, { span }: InstructionBase): Edit {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const lineEnd = text.indexOf("\n", span.end);
  return { span: { start, end: lineEnd === -1 ? text.length : lineEnd + 1 }, text: "" };
}

/**
 * Run one more command at the end of a RUN, for the tool that `cleans` belongs to: `&& command` behind a shell form, a
 * line of its own in a heredoc. `undefined` where the place cannot be told, or the tool has rights that the end lacks.
 */
export function appendCommand(
  { text }: Dockerfile,
  run: RunInstruction,
  script: Script,
  cleans: SimpleCommand,
  command: string,
): Edit | undefined {
  if (cleans.runBy !== undefined || script.state !== "parsed") return undefined;
  if (run.command.form === "heredoc") {
    const { bodySpan, isTerminated } = run.command.heredoc;
    if (!isTerminated) return undefined;
    return { span: { start: bodySpan.end, end: bodySpan.end }, text: `${command}\n` };
  }
  if (run.command.form !== "shell" || run.heredocs.length > 0) return undefined;
  // `&& command` must land neither in a comment nor behind a lone operator.
  if (/[;&|]$/.test(run.rest.raw) || /(?:^|\s)#/.test(run.rest.raw)) return undefined;
  const end = run.span.start + text.slice(run.span.start, run.span.end).trimEnd().length;
  return { span: { start: end, end }, text: ` && ${command}` };
}

/** Put a word behind another one of a command; `undefined` in an exec form, whose words are JSON strings. */
export function insertAfter(
  { form }: RunInstruction["command"],
  { nestedIn, words }: SimpleCommand,
  { span }: SimpleCommand["words"][number],
  word: string,
): Edit | undefined {
  // A word whose place is that of a whole string stands in nested quoting; nothing fits behind it.
  const isOwnPlace = words.every((other) => other.span.start !== span.start || other.span === span);
  if ((form === "exec" && nestedIn === undefined) || !isOwnPlace) return undefined;
  return { span: { start: span.end, end: span.end }, text: ` ${word}` };
}

/** Replace the only place in `span` where the file, as written, has what `pattern` finds; `undefined` for none or several. */
export function replaceWithin(
  { text }: Dockerfile,
  span: Edit["span"],
  pattern: RegExp,
  replacement: string,
): Edit | undefined {
  const written = text.slice(span.start, span.end);
  const [match, ...more] = written.matchAll(
    new RegExp(pattern, `${pattern.flags.replace("g", "")}g`),
  );
  if (match === undefined || more.length > 0) return undefined;
  const start = span.start + match.index;
  return { span: { start, end: start + match[0].length }, text: replacement };
}
