import type { Span } from "../../base/text.ts";
import { toSource } from "../dockerfile/logical.ts";
import type { Dockerfile, Logical, RunInstruction } from "../dockerfile/model.ts";
import { instructionsOf, lookupVariable } from "../dockerfile/query.ts";
import { MAX_SCRIPT_LENGTH, scriptOf } from "../shell/query.ts";

/** Script of one RUN as ShellCheck gets it: one line that declares what the file sets, then the script itself. */
export interface CheckableScript {
  readonly run: RunInstruction;
  /** Dialect for `--shell`. */
  readonly shell: Dialect;
  readonly text: string;
  /** The script without the line in front. */
  readonly logical: Logical;
}

/** What ShellCheck can read; ash is a kin of dash, and sh means what POSIX says. */
export type Dialect = "sh" | "bash" | "dash" | "ksh";

const DIALECTS: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ["sh", "sh"],
  ["bash", "bash"],
  ["rbash", "bash"],
  ["dash", "dash"],
  ["ash", "dash"],
  ["ksh", "ksh"],
]);

/** Scripts of a file that are handed on; a file of a person has far fewer steps. */
export const maxScripts = 1000;

/** Scripts of the file's RUNs that a shell reads which ShellCheck knows, at most one more than are checked. */
export function checkableScripts(dockerfile: Dockerfile): readonly CheckableScript[] {
  const scripts: CheckableScript[] = [];
  for (const run of instructionsOf(dockerfile, "run")) {
    const script = checkable(dockerfile, run);
    if (script !== undefined) scripts.push(script);
    if (scripts.length > maxScripts) break;
  }
  return scripts;
}

function checkable(dockerfile: Dockerfile, run: RunInstruction): CheckableScript | undefined {
  const { command } = run;
  if (command.form === "exec") return undefined;
  const { text } = command.script;
  if (text.length > MAX_SCRIPT_LENGTH || text.trim() === "") return undefined;
  // PowerShell, cmd and Python have other names.
  const shell = DIALECTS.get(scriptOf(dockerfile, run).shell);
  if (shell === undefined) return undefined;
  const preamble = declarations(dockerfile, run, text);
  return { run, shell, logical: command.script, text: `${preamble}\n${text}\n` };
}

/** Set by the builder, whatever the file says. */
const ALWAYS_SET = /^(?:https?|ftp|no|all)_proxy$/i;

/** Without it every variable of ENV and ARG would be one that nothing assigns (SC2154). */
function declarations(dockerfile: Dockerfile, run: RunInstruction, text: string): string {
  const names = new Set(
    [...text.matchAll(/\$\{?[#!]?([A-Za-z_]\w{0,100})/g)].map(([, name = ""]) => name),
  );
  const isSet = (name: string): boolean =>
    ALWAYS_SET.test(name) || lookupVariable(dockerfile, run, name) !== undefined;
  const known = [...names].filter(isSet);
  // The value must stay unknown: of a plain word ShellCheck knows that it need not be quoted.
  return known.length === 0 ? ":" : `export ${known.map((name) => `${name}="$${name}"`).join(" ")}`;
}

/** Turns lines and columns (both from 1, columns in code points) of `text` into places of the file. */
export function placer({
  text,
  logical,
}: CheckableScript): (from: Place, to: Place) => Span | undefined {
  const preamble = text.indexOf("\n") + 1;
  const starts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  const offsetOf = ({ line, column }: Place): number | undefined => {
    const start = starts[line - 1];
    if (start === undefined || line < 2) return undefined;
    const end = starts[line] ?? text.length;
    let at = start;
    for (let i = 1; i < column && at < end; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return Math.min(at - preamble, logical.text.length);
  };
  return (from, to) => {
    const start = offsetOf(from);
    if (start === undefined) return undefined;
    const end = offsetOf(to) ?? start;
    const first = toSource(logical, start);
    return { start: first, end: end > start ? toSource(logical, end - 1) + 1 : first };
  };
}

export interface Place {
  readonly line: number;
  readonly column: number;
}
