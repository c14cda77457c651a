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
 * Run one more command at the end of a RUN: `&& command` behind a shell form, a line of its own in a heredoc.
 * `undefined` where that would not be the same shell as that of `after`, or not run each time.
 */
export function appendCommand(
  { text }: Dockerfile,
  run: RunInstruction,
  script: Script,
  after: SimpleCommand,
  command: string,
): Edit | undefined {
  const { isConditional, isCondition, isSubshell, isBackground, nesting } = after.context;
  const isPlain = !isCondition && !isBackground && !isSubshell && nesting === 0;
  if (!isPlain || after.runBy !== undefined || script.state !== "parsed") return undefined;
  if (run.command.form === "heredoc") {
    const { bodySpan, isTerminated } = run.command.heredoc;
    if (isConditional || !isTerminated) return undefined;
    const end = { start: bodySpan.end, end: bodySpan.end };
    return { span: end, text: `${command}\n` };
  }
  if (run.command.form !== "shell" || run.heredocs.length > 0) return undefined;
  // `&& clean` must not land in a comment, behind a lone operator, or in the right half of `a || b`.
  const { logical, rest, span } = run;
  const last = script.commands.at(-1);
  if (last === undefined || script.commands.some(({ context }) => context.isFallback))
    return undefined;
  if (/[;&|]$/.test(rest.raw) || /(?:^|\s)#/.test(logical.text)) return undefined;
  // Builders drop blanks at the end of the last line.
  const written = text.slice(span.start, span.end).trimEnd().length;
  const end = span.start + written;
  return { span: { start: end, end }, text: ` && ${command}` };
}
