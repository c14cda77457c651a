import type { Span } from "../../base/text.ts";
import { sourceSpan } from "../dockerfile/logical.ts";
import type { Dockerfile, Logical, RunInstruction } from "../dockerfile/model.ts";
import { effectiveShell } from "../dockerfile/query.ts";

/* As much of PowerShell as rules ask about: which words a script has outside of strings and comments. */

/** A PowerShell script of a RUN. */
export interface PowerShellScript {
  readonly text: string;
  /** `shell`: SHELL names PowerShell; `wrapper`: the command line of another shell, or an exec form, does. */
  readonly by: "shell" | "wrapper";
  /** Where the script begins. */
  readonly start: number;
  /** Place in the file of `[start, end)` of `text`. */
  readonly span: (start: number, end: number) => Span;
}

const PROGRAM = /^(?:powershell|pwsh)(?:\.exe)?$/i;
const isProgram = (word: string): boolean => PROGRAM.test(word.replace(/^.*[\\/]/, ""));

/** The script that a RUN gives to PowerShell; `undefined` when it gives none, or a file. */
export function powerShellScript(
  dockerfile: Dockerfile,
  run: RunInstruction,
): PowerShellScript | undefined {
  const { command } = run;
  if (command.form === "exec") {
    const [program, ...args] = command.argv;
    const last = args.at(-1);
    const flags = args.slice(0, -1).map(({ text }) => text.toLowerCase());
    if (program === undefined || last === undefined || !isProgram(program.text)) return undefined;
    if (flags.some((flag) => /^-(?:f|file)$/.test(flag)) || last.text.startsWith("-"))
      return undefined;
    return {
      text: last.text,
      by: "wrapper",
      start: last.span.start,
      // The strings of JSON have escapes of their own: the whole is the place.
      span: () => last.span,
    };
  }
  if (command.form === "heredoc" && command.interpreter !== undefined) return undefined;
  const { script } = command;
  const shell = effectiveShell(dockerfile, run)?.argv[0]?.text;
  if (shell !== undefined && isProgram(shell)) return scriptFrom(script, 0, "shell");
  const at = wrapped(script.text);
  return at === undefined ? undefined : scriptFrom(script, at, "wrapper");
}

function scriptFrom(script: Logical, at: number, by: PowerShellScript["by"]): PowerShellScript {
  const span = (start: number, end: number): Span => sourceSpan(script, at + start, at + end);
  return { text: script.text.slice(at), by, start: span(0, 1).start, span };
}

/** Where the script stands in `powershell -NoProfile -Command "…"`, behind the quote. */
function wrapped(text: string): number | undefined {
  const head = /^\s*([\w.\\/:@-]+)(?=\s)/.exec(text);
  if (head?.[1] === undefined || !isProgram(head[1])) return undefined;
  let at = head[0].length;
  for (;;) {
    const flag = /^\s+(-[a-z]+)(?=\s)/i.exec(text.slice(at, at + 200));
    if (flag?.[1] === undefined) break;
    at += flag[0].length;
    const name = flag[1].toLowerCase();
    if (/^-(?:f|file|enc|encodedcommand)$/.test(name)) return undefined;
    if (/^-(?:c|command)$/.test(name)) break;
    // `-ExecutionPolicy Bypass` and the like.
    if (/^-(?:ex|ep|exec|executionpolicy|version|outputformat|inputformat)$/.test(name))
      at += /^\s+\S+/.exec(text.slice(at, at + 200))?.[0].length ?? 0;
  }
  const quote = /^\s*["']?/.exec(text.slice(at, at + 200))?.[0].length ?? 0;
  return at + quote;
}

/** A word outside of strings and comments. */
export interface PowerShellWord {
  readonly text: string;
  readonly start: number;
}

// A string, a comment, or a word; nothing in it can be read in two ways.
const TOKEN = /'[^']*'?|"(?:[^"`]|`.)*"?|<#.*?(?:#>|$)|#[^\n]*|[^\s'"#;|&(){}=,]+/gs;

/** Words of a script in order. Of a script in double quotes the closing quote may be part of the last string. */
export function powerShellWords(text: string): readonly PowerShellWord[] {
  const words: PowerShellWord[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    if (!/^['"#]|^<#/.test(token)) words.push({ text: token, start: match.index });
  }
  return words;
}
