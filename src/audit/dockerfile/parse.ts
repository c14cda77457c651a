import type { Span } from "../../base/text.ts";
import type { BuildContext } from "./build-context.ts";
import { refuse } from "./build-context.ts";
import type { DockerContext } from "./context.ts";
import type { Lookup } from "./expand.ts";
import { flagsOf, readInstruction } from "./instruction.ts";
import { type InstructionLine, readLines } from "./lines.ts";
import { sourceSpan } from "./logical.ts";
import type {
  BaseImage,
  BuildOptions,
  Declaration,
  Dockerfile,
  FromInstruction,
  Instruction,
  InstructionBase,
  Problem,
  Stage,
  Word,
} from "./model.ts";
import { parseReference } from "./reference.ts";
import { Scopes } from "./scope.ts";
import {
  type CommandParts,
  type JsonArguments,
  readJson,
  splitBlanks,
  splitCommand,
} from "./split.ts";
import { plainWord } from "./word.ts";

/** Keywords whose arguments may be a JSON array (the parser's dispatch table). */
const JSON_KEYWORDS: ReadonlySet<string> = new Set([
  ...["ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"],
]);

const NO_JSON: JsonArguments = { kind: "none" };
const NO_FLAGS: InstructionBase["flags"] = [];
const NO_HEREDOCS: InstructionBase["heredocs"] = [];

const scopesOf = new WeakMap<Dockerfile, Scopes>();

/** Variables of a parsed file, for query.ts. */
export function scopesFor(dockerfile: Dockerfile): Scopes {
  const scopes = scopesOf.get(dockerfile);
  if (scopes === undefined) throw new Error("not a model made by parseDockerfile");
  return scopes;
}

/**
 * Parse a Dockerfile as BuildKit does (frontend/dockerfile/parser and instructions). Never throws: what BuildKit
 * refuses is in `problems`, and reading goes on behind it. Linear in the length of the text.
 */
export function parseDockerfile(
  text: string,
  context?: DockerContext,
  build?: BuildOptions,
): Dockerfile {
  const { escape: escapeChar, directives, comments, lines, problems } = readLines(text);
  const parser = new Parser(text, escapeChar, problems, lines, build?.arguments);
  for (const line of lines) parser.read(line);
  if (lines.length === 0)
    problems.push({
      kind: "syntax",
      message: "file with no instructions",
      span: { start: 0, end: text.length },
    });
  problems.sort((a, b) => a.span.start - b.span.start);
  const target = build?.target === undefined ? undefined : targetOf(parser.stages, build.target);
  const dockerfile: Dockerfile = {
    text,
    escape: escapeChar,
    directives,
    comments,
    instructions: parser.instructions,
    preamble: parser.preamble,
    stages: parser.stages,
    problems,
    ...(context && { context }),
    ...(target !== undefined && { target }),
  };
  scopesOf.set(dockerfile, parser.scopes);
  return dockerfile;
}

/** As BuildKit finds it: the last stage of that name, in any letter case; else by number. */
function targetOf(stages: readonly Stage[], name: string): number | undefined {
  const wanted = name.toLowerCase();
  const named = stages.findLast(({ alias }) => alias?.name.toLowerCase() === wanted);
  if (named !== undefined) return named.index;
  return /^\d{1,6}$/.test(name) ? stages[Number(name)]?.index : undefined;
}

interface OpenStage extends Stage {
  readonly instructions: Instruction[];
}

class Parser {
  readonly #text: string;
  readonly #escape: string;
  readonly #problems: Problem[];
  /** Aliases of the whole file: COPY --from may name a later stage. */
  readonly #aliases: ReadonlyMap<string, readonly number[]>;
  readonly #stageCount: number;
  /** Values that win over those of ARG. */
  readonly #arguments: ReadonlyMap<string, string>;
  readonly scopes: Scopes = new Scopes();
  readonly instructions: Instruction[] = [];
  readonly preamble: Instruction[] = [];
  readonly stages: OpenStage[] = [];

  constructor(
    text: string,
    escapeChar: string,
    problems: Problem[],
    lines: readonly InstructionLine[],
    given: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#text = text;
    this.#arguments = given;
    this.#escape = escapeChar;
    this.#problems = problems;
    const { aliases, count } = collectAliases(lines);
    this.#aliases = aliases;
    this.#stageCount = count;
  }

  /** Read one instruction line and put its node where it belongs. */
  read(line: InstructionLine): void {
    const { text } = line.logical;
    const parts = splitCommand(text, 0, text.length);
    const isFrom = text.slice(parts.keyword.start, parts.keyword.end).toUpperCase() === "FROM";
    const index = this.instructions.length;
    const stageIndex = isFrom
      ? this.stages.length
      : this.stages.length > 0
        ? this.stages.length - 1
        : undefined;
    const node = this.#node(line, parts, index, stageIndex, false);
    this.instructions.push(node);
    if (node.kind === "from") this.#openStage(node);
    else if (stageIndex === undefined) {
      this.preamble.push(node);
      if (node.kind !== "arg" && node.kind !== "unknown")
        this.#problems.push({
          kind: "instruction",
          message: "no build stage in current context",
          span: node.headSpan,
        });
    } else this.stages[stageIndex]?.instructions.push(node);
    this.#declare(node, stageIndex);
  }

  #node(
    line: InstructionLine,
    parts: CommandParts,
    index: number,
    stageIndex: number | undefined,
    isTrigger: boolean,
  ): Instruction {
    const { logical } = line;
    const { keyword: at, rest } = parts;
    const keywordText = logical.text.slice(at.start, at.end);
    const keyword = keywordText.toUpperCase();
    const json = JSON_KEYWORDS.has(keyword)
      ? readJson(logical.text, rest.start, rest.end)
      : NO_JSON;
    const headSpan = sourceSpan(logical, at.start, contentEnd(parts));
    const base: InstructionBase = {
      index,
      stageIndex,
      keyword,
      keywordText,
      keywordSpan: sourceSpan(logical, at.start, at.end),
      span: { start: headSpan.start, end: Math.max(line.end, headSpan.end) },
      headSpan,
      logical,
      rest: plainWord(logical, rest.start, rest.end),
      flags: NO_FLAGS,
      heredocs:
        line.heredocs.length === 0 ? NO_HEREDOCS : line.heredocs.map(({ heredoc }) => heredoc),
      isJson: json.kind === "strings",
      isTrigger,
      commentsAbove: line.commentsAbove,
      emptyContinuations: line.emptyContinuations,
    };
    const context = this.#context(line, parts, json, base, keyword === "FROM");
    const flags = flagsOf(context, keyword);
    const full: BuildContext = { ...context, base: { ...base, flags } };
    if (json.kind === "mixed")
      this.#problems.push({
        kind: "syntax",
        message: "when using JSON array syntax, arrays must be comprised of strings only",
        span: sourceSpan(logical, rest.start, rest.end),
      });
    return keyword === "ONBUILD"
      ? this.#onbuild(line, full, rest, isTrigger)
      : readInstruction(full);
  }

  #onbuild(
    line: InstructionLine,
    context: BuildContext,
    rest: Span,
    isTrigger: boolean,
  ): Instruction {
    const { base, logical } = context;
    if (base.flags.length > 0) refuse(context, "ONBUILD takes no flags");
    if (rest.end <= rest.start) {
      refuse(context, "ONBUILD requires at least one argument");
      return { ...base, kind: "onbuild", trigger: undefined };
    }
    const parts = splitCommand(logical.text, rest.start, rest.end);
    const keyword = logical.text.slice(parts.keyword.start, parts.keyword.end).toUpperCase();
    if (keyword === "ONBUILD") {
      refuse(context, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      return { ...base, kind: "onbuild", trigger: undefined };
    }
    if (keyword === "MAINTAINER" || keyword === "FROM")
      refuse(context, `${keyword} isn't allowed as an ONBUILD trigger`);
    const trigger = this.#node(line, parts, base.index, base.stageIndex, !isTrigger);
    return { ...base, kind: "onbuild", trigger };
  }

  #context(
    line: InstructionLine,
    parts: CommandParts,
    json: JsonArguments,
    base: InstructionBase,
    isFrom: boolean,
  ): BuildContext {
    const { scopes } = this;
    const { index } = base;
    const stageIndex = isFrom ? undefined : base.stageIndex;
    const declaration = (name: string): Declaration | undefined =>
      stageIndex === undefined
        ? scopes.findGlobal(name, isFrom ? Number.POSITIVE_INFINITY : index)
        : scopes.find(stageIndex, name, index);
    const lookup: Lookup = (name) => scopes.state(stageIndex, name, declaration(name));
    return {
      logical: line.logical,
      escape: this.#escape,
      problems: this.#problems,
      declaration,
      lookup,
      base,
      flags: parts.flags,
      rest: parts.rest,
      json,
      heredocs: line.heredocs,
      heredocLines: line.heredocLines,
      text: this.#text,
      stageByName: (name) => this.#stageByName(name, base.stageIndex),
      stageCount: this.#stageCount,
    };
  }

  /** Earlier and own stages first, the latest of equal names; else the first later one. */
  #stageByName(name: string, from: number | undefined): number | undefined {
    const found = this.#aliases.get(name);
    return lastBelow(found, (from ?? -1) + 1) ?? found?.[0];
  }

  #openStage(from: FromInstruction): void {
    const index = this.stages.length;
    const word = from.image ?? from.rest;
    const base = this.#baseImage(word, index);
    const parent =
      base.kind === "stage"
        ? lastBelow(this.#aliases.get(base.reference.toLowerCase()), index)
        : undefined;
    this.stages.push({ index, from, alias: from.alias, base, parent, instructions: [] });
    this.scopes.addStage(parent, base.kind === "scratch");
  }

  #baseImage(word: Word, index: number): BaseImage {
    const parts = parseReference(word);
    const name = word.value;
    const isStage =
      name !== undefined && lastBelow(this.#aliases.get(name.toLowerCase()), index) !== undefined;
    return {
      ...parts,
      word,
      kind: isStage ? "stage" : name === "scratch" ? "scratch" : "image",
    };
  }

  #declare(node: Instruction, stageIndex: number | undefined): void {
    if (node.kind === "env") {
      for (const { key, value } of node.pairs)
        this.scopes.declare(stageIndex, {
          name: key.value ?? key.text,
          kind: "env",
          value: value.value,
          span: key.span,
          instruction: node.index,
          hasValue: true,
        });
    } else if (node.kind === "arg") {
      for (const argument of node.arguments) {
        const given = this.#arguments.get(argument.name);
        this.scopes.declare(stageIndex, {
          name: argument.name,
          kind: stageIndex === undefined ? "global-arg" : "arg",
          value: given ?? argument.default?.value,
          span: argument.nameSpan,
          instruction: node.index,
          hasValue: given !== undefined || argument.default !== undefined,
        });
      }
    }
  }
}

/** Largest number below `limit` in an ascending list. */
function lastBelow(list: readonly number[] | undefined, limit: number): number | undefined {
  if (list === undefined) return undefined;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

/** End of the last part that is there. */
function contentEnd({ keyword, flags, rest }: CommandParts): number {
  return rest.end > rest.start ? rest.end : (flags.at(-1)?.end ?? keyword.end);
}

/** Stage indexes by alias in lower case, and the number of stages. */
function collectAliases(lines: readonly InstructionLine[]): {
  aliases: ReadonlyMap<string, readonly number[]>;
  count: number;
} {
  const aliases = new Map<string, number[]>();
  let count = 0;
  for (const { logical } of lines) {
    const { text } = logical;
    if (!/^from(?:\s|$)/i.test(text)) continue;
    const { rest } = splitCommand(text, 0, text.length);
    const [, as, name] = splitBlanks(text, rest.start, rest.end);
    if (as !== undefined && name !== undefined && /^as$/i.test(text.slice(as.start, as.end))) {
      const key = text.slice(name.start, name.end).toLowerCase();
      const known = aliases.get(key);
      if (known === undefined) aliases.set(key, [count]);
      else known.push(count);
    }
    count++;
  }
  return { aliases, count };
}
