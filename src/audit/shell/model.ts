import type { Span } from "../../base/text.ts";

/*
 * What a shell script in a Dockerfile does, as far as it can be told without running it: its simple commands in
 * order, each with exact spans in the Dockerfile. `scriptOf` in parse.ts makes it (once for each instruction);
 * query.ts asks it: `commandsNamed(script, "curl")`, `hasFlag(command, "-y", "--yes")`, `packages(command)`.
 */

/** The script of one instruction. */
export interface Script {
  /**
   * `parsed`: all is read (an exec form is its one command and what `sh -c` in it runs). `partial`: syntax errors,
   * commands up to them are given. `unknown`: not read at all, `commands` is empty; `reason` says why.
   */
  readonly state: "parsed" | "partial" | "unknown";
  readonly reason: "too-large" | "powershell" | "cmd" | "other-interpreter" | "empty" | undefined;
  /** Program that reads it, base name, lower case: `sh`, `bash`, `ash`, `powershell`, `cmd`, `python3`; `""` for an exec form without shell. */
  readonly shell: string;
  /** All simple commands in source order; a wrapper (`sudo`) stands before the command it runs. */
  readonly commands: readonly SimpleCommand[];
  readonly pipelines: readonly Pipeline[];
  /** Assignments that are no prefix of a command, those of `export`, `local`, `declare`, `readonly`, and what `for` sets. */
  readonly assignments: readonly Assignment[];
  readonly errors: readonly { readonly message: string; readonly span: Span }[];
  /** Syntax of bash that POSIX's shell has not, in the script itself (not in what `bash -c` of it runs); `what` names it. */
  readonly bashSyntax: readonly { readonly what: BashSyntax; readonly span: Span }[];
  /** Where the script stands in the Dockerfile. */
  readonly span: Span;
}

/** Syntax that bash has and POSIX has not; busybox's ash knows some of it. */
export type BashSyntax =
  | "[["
  | "(("
  | "function"
  | "array"
  | "${x//a/b}"
  | "${x:0:1}"
  | "${x^}"
  | "${!x}"
  | "<( )"
  | "$'…'"
  | "&>"
  | "<<<"
  | "{1..3}"
  | "source"
  | "builtin";

/** A word of a command. */
export interface ShellWord {
  /** As written. */
  readonly raw: string;
  readonly span: Span;
  /** Quotes and escapes removed; unknown expansions stay as written (`$X`, `$(pwd)`). */
  readonly text: string;
  /** What the command gets, ARG, ENV and plain assignments applied; `undefined` when an expansion is unknown. Globs are not expanded. */
  readonly value: string | undefined;
  /** Literal text before the first unknown expansion: `https://x/` of `https://x/$V`. Equal to `value` when known. */
  readonly prefix: string;
  /** Names of variables in it. */
  readonly variables: readonly string[];
  /** True when it holds `$( )` or backticks. */
  readonly hasSubstitution: boolean;
  /** True when it holds an unquoted `*`, `?` or `[`. */
  readonly hasGlob: boolean;
  /** True when a quote stands in it. */
  readonly isQuoted: boolean;
}

/** `NAME=value`. */
export interface Assignment {
  readonly name: string;
  /** `undefined` for arrays, for `export NAME` and for the variable of a loop. */
  readonly value: ShellWord | undefined;
  readonly span: Span;
}

/** `>file`, `2>&1`, `<<EOF`. */
export interface Redirect {
  /** `>`, `>>`, `<`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>`, `<<`, `<<-`, `<<<`. */
  readonly operator: string;
  /** Number left of the operator. */
  readonly fileDescriptor: number | undefined;
  readonly target: ShellWord | undefined;
  /** Body of a heredoc as written. */
  readonly body: string | undefined;
  readonly bodySpan: Span | undefined;
  readonly span: Span;
}

/** How a command stands in the script. */
export interface Context {
  /** Inside `( )`, `$( )`, a pipe of several, or a background job: `cd` and variables do not reach further. */
  readonly isSubshell: boolean;
  /** Name of the function whose body it is in. */
  readonly functionName: string | undefined;
  /** In the condition of if, while, until, left of && or ||, or after `!`: a failure does not end the script. */
  readonly isCondition: boolean;
  /** It may be skipped: in a branch, a loop, a case, a function body, or right of && or ||. */
  readonly isConditional: boolean;
  /** Right of `||` : runs only when what stands left fails. */
  readonly isFallback: boolean;
  readonly isLoop: boolean;
  /** Inside `$( )`, backticks or `<( )`. */
  readonly isSubstitution: boolean;
  readonly isBackground: boolean;
  /** How many `sh -c`, heredocs for a shell, `eval` strings it is nested in. */
  readonly nesting: number;
}

/** Shell options in force before a command, by `set` (also `set -o`), `sh -e`, or SHELL's flags. */
export interface ShellOptions {
  readonly errexit: boolean;
  readonly pipefail: boolean;
  readonly nounset: boolean;
  readonly xtrace: boolean;
}

/** Commands joined by `|`. */
export interface Pipeline {
  readonly index: number;
  /** In order; a part that is no simple command (`{ }`, `( )`, loops) is given by its own commands in `parts`. */
  readonly parts: readonly (readonly SimpleCommand[])[];
  /** `! a | b`. */
  readonly isNegated: boolean;
  readonly span: Span;
}

/** One command with its arguments. */
export interface SimpleCommand {
  /** Position in `Script.commands`. */
  readonly index: number;
  /** Base name of the first word: `apt-get` for `/usr/bin/apt-get`; `undefined` when unknown. */
  readonly name: string | undefined;
  /** All words, the command's own first. */
  readonly words: readonly ShellWord[];
  /** Words after the first. */
  readonly args: readonly ShellWord[];
  /** Leading `A=b`; of `env A=b cmd` those of the wrapper too. */
  readonly assignments: readonly Assignment[];
  readonly redirects: readonly Redirect[];
  /** First word (or assignment) to the last word or redirect. */
  readonly span: Span;
  /** Index into `Script.pipelines`. */
  readonly pipeline: number;
  /** Position in the pipeline, 0 first. */
  readonly place: number;
  /** Operator between this and the command before it in the same list; `undefined` for the first. */
  readonly operator: "&&" | "||" | ";" | "&" | "|" | undefined;
  readonly context: Context;
  readonly options: ShellOptions;
  /** Directory where it runs when known: `cd` steps are followed, starting at WORKDIR. */
  readonly directory: string | undefined;
  /** For `sudo`, `env`, `exec`, `time`, `nice`, `nohup`, `xargs`, `command`, `gosu`, …: index of the command it runs. */
  readonly runs: number | undefined;
  /** Index of the wrapper that runs this. */
  readonly runBy: number | undefined;
  /** Index of the command in whose `-c` string, heredoc or substitution this stands. */
  readonly nestedIn: number | undefined;
}
