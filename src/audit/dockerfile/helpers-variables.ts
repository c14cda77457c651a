import { closest } from "../../base/suggest.ts";
import type { Span } from "../../base/text.ts";
import type { Dockerfile, Instruction, VariableUse, Word } from "./model.ts";
import { globalArgNames, stageChain, stageInstructions, stageOf, unwrapped } from "./query.ts";

/** A variable in an instruction that the builder expands, and that nothing in the file sets there. */
export interface UndefinedUse {
  readonly node: Instruction;
  readonly use: VariableUse;
  /** A name that is set there and much like it. */
  readonly near: string | undefined;
  /** Where the stage sets it, further down. */
  readonly setLater: Span | undefined;
}

// docs.docker.com/reference/dockerfile/#predefined-args; PATH the builder gives to every stage.
const KNOWN: ReadonlySet<string> = new Set([
  ...["PATH", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy"],
  ...["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "SOURCE_DATE_EPOCH"],
]);

/** Uses that are looked at: each asks for all names of its stage. */
const MAX_USES = 200;

const uses = new WeakMap<Dockerfile, readonly UndefinedUse[]>();

/** Every such use in source order; worked out once a file. */
export function undefinedUses(dockerfile: Dockerfile): readonly UndefinedUse[] {
  let found = uses.get(dockerfile);
  if (found === undefined) {
    const all: UndefinedUse[] = [];
    // A template is filled in before a builder reads it.
    const isTemplate = dockerfile.stages.some(({ from }) => from.rest.raw.includes("{{"));
    for (const node of isTemplate ? [] : unwrapped(dockerfile)) {
      if (all.length >= MAX_USES) break;
      all.push(...usesIn(dockerfile, node));
    }
    found = all;
    uses.set(dockerfile, found);
  }
  return found;
}

function usesIn(dockerfile: Dockerfile, node: Instruction): UndefinedUse[] {
  if (node.stageIndex === undefined) return [];
  const open = expandedWords(node).flatMap(({ variables }) =>
    variables.filter(
      ({ name, operator, declaration }) =>
        declaration === undefined &&
        !KNOWN.has(name) &&
        !/^[\d@*#?$!-]/.test(name) &&
        (operator === "" || /^[#%/]/.test(operator)),
    ),
  );
  if (open.length === 0) return [];
  const inherited = inheritedArgs(dockerfile, node);
  const before = namesBefore(dockerfile, node);
  const isGlobal = new Set(globalArgNames(dockerfile));
  return open
    .filter(({ name }) => !inherited.has(name))
    .map((use) => ({
      node,
      use,
      // What is declared before FROM was meant; one or two letters are near to everything.
      near: isGlobal.has(use.name) ? undefined : nearName(use.name, before),
      setLater: setBelow(dockerfile, node, use.name),
    }));
}

/** ARGs of the stages that the own one is built FROM: the builder hands their values on. */
function inheritedArgs(dockerfile: Dockerfile, node: Instruction): ReadonlySet<string> {
  const stage = stageOf(dockerfile, node);
  const ancestors = stage === undefined ? [] : stageChain(dockerfile, stage).slice(1);
  return new Set(
    ancestors
      .flatMap((each) => stageInstructions(each, "arg"))
      .flatMap((node) => node.arguments.map(({ name }) => name)),
  );
}

/** One or two letters are near to everything, and `GOPATH` is no slip for `PATH`. */
function nearName(name: string, before: readonly string[]): string | undefined {
  if (name.length < 3) return undefined;
  return closest(name, name.length > 4 ? before : [...before, "PATH"]);
}

/** Words in which the builder replaces variables. */
function expandedWords(node: Instruction): Word[] {
  switch (node.kind) {
    case "copy":
    case "add":
      return [
        ...node.sources.map(({ word }) => word),
        ...[node.destination, node.chown, node.chmod].flatMap((word) => word ?? []),
      ];
    case "env":
    case "label":
      return node.pairs.flatMap(({ key, value }) => [key, value]);
    case "expose":
      return [...new Set(node.ports.map(({ word }) => word))];
    case "volume":
      return [...node.paths];
    case "user":
      return [node.word];
    case "workdir":
      return [node.path];
    case "stopsignal":
      return [node.signal];
    default:
      return [];
  }
}

function namesBefore(dockerfile: Dockerfile, node: Instruction): string[] {
  const stage = stageOf(dockerfile, node);
  if (stage === undefined) return [];
  return stageChain(dockerfile, stage).flatMap((part) =>
    part.instructions.flatMap((other) => {
      if (other.index >= node.index) return [];
      if (other.kind === "env") return other.pairs.map(({ key }) => key.value ?? key.text);
      return other.kind === "arg" && part === stage ? other.arguments.map(({ name }) => name) : [];
    }),
  );
}

function setBelow(dockerfile: Dockerfile, node: Instruction, name: string): Span | undefined {
  if (node.isTrigger) return undefined;
  for (const other of stageOf(dockerfile, node)?.instructions ?? []) {
    if (other.index <= node.index) continue;
    if (other.kind === "arg") {
      const found = other.arguments.find((argument) => argument.name === name);
      if (found !== undefined) return found.nameSpan;
    }
    if (other.kind === "env") {
      const found = other.pairs.find(({ key }) => key.value === name);
      if (found !== undefined) return found.key.span;
    }
  }
  return undefined;
}
