import type { Fix } from "../finding.ts";
import type { Dockerfile, Flag, InstructionBase } from "./model.ts";

type Edit = Fix["edits"][number];

/** Take a flag (`--network=host`) out of an instruction, with the blanks before it. */
export function removeInstructionFlag({ text }: Dockerfile, { span }: Flag): Edit {
  let { start } = span;
  const isBlank = (at: number): boolean => /[ \t]/.test(text.charAt(at));
  while (start > 0 && isBlank(start - 1)) start--;
  // A flag on a line of its own goes with the line.
  const lineEnd = /[ \t]+[\\`]\r?\n$/.exec(text.slice(Math.max(0, start - 200), start));
  if (lineEnd !== null) start -= lineEnd[0].length;
  return { span: { start, end: span.end }, text: "" };
}

/** Put a flag behind the keyword. */
export function addInstructionFlag({ keywordSpan }: InstructionBase, flag: string): Edit {
  return { span: { start: keywordSpan.end, end: keywordSpan.end }, text: ` ${flag}` };
}
