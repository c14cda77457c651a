import { parse } from "unbash";
import { toSource } from "../dockerfile/logical.ts";
import type {
  CommandLine,
  Dockerfile,
  Heredoc,
  Instruction,
  Logical,
  Word,
} from "../dockerfile/model.ts";
import {
  effectiveShell,
  effectiveWorkdir,
  isWindows,
  stageOf,
  variableState,
} from "../dockerfile/query.ts";
import type { Script } from "./model.ts";
import { applySetArguments, baseName, NO_OPTIONS, SHELLS } from "./options.ts";
import { type ScriptInput, walkExec, walkScript } from "./walk.ts";

export type {
  Assignment as AssignmentNode,
  Command as CommandNode,
  CommandNode as AnyCommandNode,
  CompoundList as ListNode,
  ParsedScript as ScriptNode,
  PipelineNode,
  Redirection as RedirectionNode,
  Statement as StatementNode,
  TestExpression as TestNode,
  Word as WordNode,
  WordPart as PartNode,
} from "unbash";

// The only importer of unbash, which is young and changes: keep it so.

/**
 * Longest script that is parsed, in UTF-16 units. Nested `$(` cost unbash more than linear time, and a RUN of a person
 * is shorter than this by far.
 */
export const MAX_SCRIPT_LENGTH: number = 64 * 1024;

/** Instructions that run a command. */
export type CommandInstruction = Extract<
  Instruction,
  { readonly kind: "run" | "cmd" | "entrypoint" | "healthcheck" }
>;

const scripts = new WeakMap<Instruction, Script>();

/**
 * Script of a RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD. Parsed on the first call, the same object afterwards.
 * HEALTHCHECK NONE and the like give an empty script with the reason `empty`.
 */
export function scriptOf(dockerfile: Dockerfile, instruction: CommandInstruction): Script {
  let script = scripts.get(instruction);
  if (script === undefined) {
    script = readScript(dockerfile, instruction);
    scripts.set(instruction, script);
  }
  return script;
}

const bodies = new WeakMap<Heredoc, Script>();

/**
 * Script that a heredoc of COPY writes into the image, read as the shell of its `#!` line (sh without one) reads it.
 * Nothing is known of its variables.
 */
export function scriptOfHeredoc(heredoc: Heredoc): Script {
  let script = bodies.get(heredoc);
  if (script === undefined) {
    script = readBody(heredoc);
    bodies.set(heredoc, script);
  }
  return script;
}

function readBody({ body, bodySpan: span }: Heredoc): Script {
  const unread = (shell: string, reason: NonNullable<Script["reason"]>): Script =>
    unknownScript(shell, reason, { command: undefined, span });
  const shell = chooseInterpreter(
    /^#![ \t]*(\S[^\n]*)/
      .exec(body.text)?.[1]
      ?.trim()
      .split(/[ \t]+/) ?? ["sh"],
  );
  if (shell.reason !== undefined) return unread(shell.name, shell.reason);
  if (body.text.length > MAX_SCRIPT_LENGTH) return unread(shell.name, "too-large");
  if (body.text.trim() === "") return unread(shell.name, "empty");
  const input: ScriptInput = {
    shell: shell.name,
    options: applySetArguments(NO_OPTIONS, shell.flags),
    directory: undefined,
    variable: () => ({ state: "unknown" }),
    parse: parseText,
    span,
  };
  return walkScript(input, body);
}

function readScript(dockerfile: Dockerfile, instruction: CommandInstruction): Script {
  const { command } = instruction;
  if (command === undefined) return unknownScript("", "empty", instruction);
  const shell = shellOf(dockerfile, instruction, command);
  const input: ScriptInput = {
    shell: shell.name,
    options: applySetArguments(NO_OPTIONS, shell.flags),
    directory: effectiveWorkdir(dockerfile, instruction).path,
    variable: (name) => variableState(dockerfile, instruction, name),
    parse: parseText,
    span: command.span,
  };
  if (command.form === "exec") {
    const words = command.argv.filter((word) => word.raw.length <= MAX_SCRIPT_LENGTH);
    if (words.length < command.argv.length) return unknownScript("", "too-large", instruction);
    if (words.length === 0) return unknownScript("", "empty", instruction);
    return walkExec(
      input,
      words.map((word) => ({ ...word, logical: decodeJson(word) })),
    );
  }
  if (shell.reason !== undefined) return unknownScript(shell.name, shell.reason, instruction);
  if (command.script.text.length > MAX_SCRIPT_LENGTH)
    return unknownScript(shell.name, "too-large", instruction);
  if (command.script.text.trim() === "") return unknownScript(shell.name, "empty", instruction);
  return walkScript(input, command.script);
}

const parseText: ScriptInput["parse"] = (text) => parse(text);

function unknownScript(
  shell: string,
  reason: NonNullable<Script["reason"]>,
  {
    command,
    span,
  }: Pick<CommandInstruction, "span"> & { readonly command: CommandLine | undefined },
): Script {
  return {
    state: reason === "empty" ? "parsed" : "unknown",
    reason,
    shell,
    commands: [],
    pipelines: [],
    assignments: [],
    errors: [],
    bashSyntax: [],
    span: command?.span ?? span,
  };
}

interface ShellChoice {
  readonly name: string;
  readonly flags: readonly string[];
  readonly reason: "powershell" | "cmd" | "other-interpreter" | undefined;
}

/** Which program reads the text, and the flags it gets. */
function shellOf(
  dockerfile: Dockerfile,
  instruction: CommandInstruction,
  command: CommandLine,
): ShellChoice {
  if (command.form === "exec") return { name: "", flags: [], reason: undefined };
  const interpreter = command.form === "heredoc" ? command.interpreter : undefined;
  if (interpreter !== undefined) return chooseInterpreter(interpreter);
  const shell = effectiveShell(dockerfile, instruction);
  if (shell !== undefined && shell.argv.length > 0)
    return chooseShell(shell.argv.map((word) => word.value ?? word.text));
  const stage = stageOf(dockerfile, instruction);
  return stage !== undefined && isWindows(dockerfile, stage)
    ? { name: "cmd", flags: [], reason: "cmd" }
    : { name: "sh", flags: [], reason: undefined };
}

/** The shell of a `#!` line, behind `env` too. */
function chooseInterpreter(interpreter: readonly string[]): ShellChoice {
  const words = [...interpreter];
  if (baseName(words[0] ?? "") === "env") {
    words.shift();
    while (words[0]?.startsWith("-") === true || words[0]?.includes("=") === true) words.shift();
  }
  return chooseShell(words);
}

function chooseShell([program = "", ...flags]: readonly string[]): ShellChoice {
  const name = baseName(program);
  if (SHELLS.has(name)) return { name, flags, reason: undefined };
  if (name === "powershell" || name === "pwsh") return { name, flags, reason: "powershell" };
  return { name, flags, reason: name === "cmd" ? "cmd" : "other-interpreter" };
}

/** The string of a JSON word with the way back into the file; escapes move what stands behind them. */
function decodeJson({ raw, text, logical, at }: Word): Logical {
  const segments: number[] = [];
  let decoded = 0;
  for (let i = 1; i < raw.length - 1; ) {
    segments.push(decoded, toSource(logical, at + i));
    if (raw.charAt(i) === "\\") {
      i += raw.charAt(i + 1) === "u" ? 6 : 2;
      decoded++;
      continue;
    }
    // Up to the next escape or the next piece of the file everything advances together.
    let end = i + 1;
    while (
      end < raw.length - 1 &&
      raw.charAt(end) !== "\\" &&
      toSource(logical, at + end) === toSource(logical, at + end - 1) + 1
    )
      end++;
    decoded += end - i;
    i = end;
  }
  if (segments.length === 0) segments.push(0, toSource(logical, at));
  return { text, segments };
}
