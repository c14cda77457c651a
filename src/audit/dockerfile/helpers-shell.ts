import type { Span } from "../../base/text.ts";
import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import { scriptOf } from "../shell/query.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** A RUN whose script a shell reads, and that script. */
export interface ShellRun {
  readonly run: RunInstruction;
  readonly script: Script;
}

/** Scripts of RUN, for checks of the shell's own grammar; ONBUILD and forms without a shell are left out. */
export function shellRuns(dockerfile: Dockerfile): ShellRun[] {
  return instructionsOf(dockerfile, "run").flatMap((run) => {
    if (run.isTrigger || run.command.form === "exec") return [];
    const script = scriptOf(dockerfile, run);
    return script.state === "unknown" ? [] : [{ run, script }];
  });
}

/** Arguments of a command in order, each word as written once: field splitting and wrappers give it several times. */
export function writtenArguments({ args }: SimpleCommand): ShellWord[] {
  return args.filter(({ span }, i) => i === 0 || args[i - 1]?.span.start !== span.start);
}

/** True when the word stands in the file exactly as `raw` says: a place that can be edited. */
export function isInPlace({ text }: Dockerfile, { raw, span }: ShellWord): boolean {
  return text.slice(span.start, span.end) === raw;
}

/** Place in the file of `[start, end)` of the word's raw text; the whole word where it stands over several lines. */
export function partOf(dockerfile: Dockerfile, word: ShellWord, start: number, end: number): Span {
  if (!isInPlace(dockerfile, word)) return word.span;
  return { start: word.span.start + start, end: word.span.start + end };
}
