import { expandText, type VariableState } from "./expand.ts";
import type {
  BaseImage,
  Declaration,
  Dockerfile,
  HealthcheckInstruction,
  Instruction,
  InstructionKind,
  InstructionOf,
  RunInstruction,
  ShellInstruction,
  Stage,
  UserInstruction,
  Word,
  WorkdirInstruction,
} from "./model.ts";
import { scopesFor } from "./parse.ts";

export { wordSpan } from "./word.ts";

/*
 * Questions that rules ask about more than one instruction. "At an instruction" means before it runs; "at a stage"
 * means after its last instruction. What a stage of this file was built FROM counts; what an external base image
 * sets is not in the file and never guessed. Answers are indexed once a file, so asking for every RUN is cheap.
 */

/** Every instruction in source order; an ONBUILD is replaced by its trigger (`isTrigger` is true there). */
export function unwrapped(dockerfile: Dockerfile): readonly Instruction[] {
  return indexOf(dockerfile).unwrapped;
}

/** All instructions of the given kinds in source order, those inside ONBUILD too. The list is shared by all who ask. */
export function instructionsOf<K extends InstructionKind>(
  dockerfile: Dockerfile,
  ...kinds: readonly K[]
): readonly InstructionOf<K>[] {
  const { unwrapped: all, selected } = indexOf(dockerfile);
  const key = kinds.length === 1 ? (kinds[0] ?? "") : kinds.join(" ");
  let nodes = selected.get(key);
  if (nodes === undefined) {
    nodes = all.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
    selected.set(key, nodes);
  }
  return nodes as readonly InstructionOf<K>[];
}

/** Instructions of one stage of the given kinds, in order; ONBUILD triggers are left out. */
export function stageInstructions<K extends InstructionKind>(
  stage: Stage,
  ...kinds: readonly K[]
): InstructionOf<K>[] {
  const isWanted = (node: Instruction): node is InstructionOf<K> =>
    (kinds as readonly string[]).includes(node.kind);
  return stage.instructions.filter(isWanted);
}

/** Stage of an instruction; `undefined` before the first FROM. */
export function stageOf(dockerfile: Dockerfile, { stageIndex }: Instruction): Stage | undefined {
  return stageIndex === undefined ? undefined : dockerfile.stages[stageIndex];
}

/** The stage and the stages of this file it is built FROM, itself first. */
export function stageChain(dockerfile: Dockerfile, stage: Stage): Stage[] {
  const chain: Stage[] = [];
  for (
    let next: Stage | undefined = stage;
    next !== undefined;
    next = next.parent === undefined ? undefined : dockerfile.stages[next.parent]
  )
    chain.push(next);
  return chain;
}

/** The stage that a build without `--target` makes: the last one. */
export function finalStage(dockerfile: Dockerfile): Stage | undefined {
  return dockerfile.stages.at(-1);
}

/** Chain of the final stage, itself first; empty without stages. */
export function finalChain(dockerfile: Dockerfile): Stage[] {
  const stage = finalStage(dockerfile);
  return stage === undefined ? [] : stageChain(dockerfile, stage);
}

/** True when the instruction's stage is the final one or an ancestor of it. */
export function isInFinalChain(dockerfile: Dockerfile, node: Instruction): boolean {
  return node.stageIndex !== undefined && indexOf(dockerfile).finalChain.has(node.stageIndex);
}

/** The image that the chain of the stage begins with (an image or scratch). */
export function externalBase(dockerfile: Dockerfile, stage: Stage): BaseImage {
  return indexOf(dockerfile).bases[stage.index] ?? stage.base;
}

const firsts = new WeakMap<Dockerfile, WeakMap<object, readonly number[]>>();

/**
 * True when something behind which `question` stands happened before `at`, in its stage or one that it is FROM. Each
 * instruction is asked once a file, so that a rule may ask at every RUN; ONBUILD is not asked.
 * @param question identifies `happens`: the same object means the same question
 */
export function happenedBefore(
  dockerfile: Dockerfile,
  at: Instruction,
  question: object,
  happens: (node: Instruction) => boolean,
): boolean {
  let answers = firsts.get(dockerfile);
  if (answers === undefined) {
    answers = new WeakMap();
    firsts.set(dockerfile, answers);
  }
  let first = answers.get(question);
  if (first === undefined) {
    first = firstOfStages(dockerfile, happens);
    answers.set(question, first);
  }
  return at.stageIndex !== undefined && (first[at.stageIndex] ?? at.index) < at.index;
}

/** By stage, the index of the first instruction of its chain with which something happens; Infinity without. */
function firstOfStages(
  { stages }: Dockerfile,
  happens: (node: Instruction) => boolean,
): readonly number[] {
  const first: number[] = [];
  for (const { parent, instructions } of stages) {
    const inherited = parent === undefined ? undefined : first[parent];
    first.push(
      inherited !== undefined && inherited !== Number.POSITIVE_INFINITY
        ? inherited
        : (instructions.find((node) => node.kind !== "onbuild" && happens(node))?.index ??
            Number.POSITIVE_INFINITY),
    );
  }
  return first;
}

/** Stages that this one needs: its parent, those its COPY and RUN --mount name; in order, each once. */
export function stageDependencies(stage: Stage): number[] {
  const needed = new Set<number>();
  if (stage.parent !== undefined) needed.add(stage.parent);
  for (const node of stage.instructions) {
    const inner = node.kind === "onbuild" ? node.trigger : node;
    if (inner?.kind === "copy" && inner.from?.stageIndex !== undefined)
      needed.add(inner.from.stageIndex);
    if (inner?.kind === "run")
      for (const { from } of inner.mounts)
        if (from?.stageIndex !== undefined) needed.add(from.stageIndex);
  }
  return [...needed];
}

/** Indexes of the stages that `from` (the final stage when absent) reaches, itself included. */
export function reachableStages(
  dockerfile: Dockerfile,
  from: Stage | undefined = finalStage(dockerfile),
): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = from === undefined ? [] : [from.index];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const stage = dockerfile.stages[index];
    if (stage === undefined || reached.has(index)) continue;
    reached.add(index);
    open.push(...stageDependencies(stage));
  }
  return reached;
}

/** An instruction (state before it) or a stage (state at its end). */
export type Point = Instruction | Stage;

const isStage = (point: Point): point is Stage => "instructions" in point;

/** Last instruction of a kind that is in force at a point, along the chain. ONBUILD triggers do not count. */
export function effective<K extends InstructionKind>(
  dockerfile: Dockerfile,
  at: Point,
  kind: K,
): InstructionOf<K> | undefined {
  const { byKind } = indexOf(dockerfile);
  let stage = isStage(at) ? at : stageOf(dockerfile, at);
  let before = isStage(at) ? Number.POSITIVE_INFINITY : at.index;
  while (stage !== undefined) {
    const found = lastBefore(byKind[stage.index]?.get(kind), before);
    if (found !== undefined) return found as InstructionOf<K>;
    before = Number.POSITIVE_INFINITY;
    // Jump over ancestors that hold nothing of interest one by one; chains are short.
    stage = stage.parent === undefined ? undefined : dockerfile.stages[stage.parent];
  }
  return undefined;
}

/** USER in force; `undefined`: the base image's. */
export function effectiveUser(dockerfile: Dockerfile, at: Point): UserInstruction | undefined {
  return effective(dockerfile, at, "user");
}

/** HEALTHCHECK in force. */
export function effectiveHealthcheck(
  dockerfile: Dockerfile,
  at: Point,
): HealthcheckInstruction | undefined {
  return effective(dockerfile, at, "healthcheck");
}

/** SHELL in force; `undefined`: the default (`/bin/sh -c`, or cmd on Windows). */
export function effectiveShell(dockerfile: Dockerfile, at: Point): ShellInstruction | undefined {
  return effective(dockerfile, at, "shell");
}

/** WORKDIR in force with the absolute path it and those before it give; path `undefined` when it cannot be told. */
export interface EffectiveWorkdir {
  readonly instruction: WorkdirInstruction | undefined;
  readonly path: string | undefined;
}

/** Working directory at a point; without WORKDIR that of the base image: `/` for scratch, else unknown. */
export function effectiveWorkdir(dockerfile: Dockerfile, at: Point): EffectiveWorkdir {
  const instruction = effective(dockerfile, at, "workdir");
  if (instruction !== undefined)
    return { instruction, path: indexOf(dockerfile).workdirs.get(instruction) };
  const stage = isStage(at) ? at : stageOf(dockerfile, at);
  const isScratch = stage !== undefined && externalBase(dockerfile, stage).kind === "scratch";
  return { instruction, path: isScratch ? "/" : undefined };
}

/** What declares a variable at an instruction: ENV of the chain, ARG of the stage, global ARG for FROM. */
export function lookupVariable(
  dockerfile: Dockerfile,
  at: Instruction,
  name: string,
): Declaration | undefined {
  const scopes = scopesFor(dockerfile);
  if (at.kind === "from") return scopes.findGlobal(name, Number.POSITIVE_INFINITY);
  if (at.stageIndex === undefined) return scopes.findGlobal(name, at.index);
  return scopes.find(at.stageIndex, name, at.index);
}

/** State of a variable at an instruction, for expanding text there. */
export function variableState(
  dockerfile: Dockerfile,
  at: Instruction,
  name: string,
): VariableState {
  const declaration = lookupVariable(dockerfile, at, name);
  return scopesFor(dockerfile).state(at.stageIndex, name, declaration);
}

/** Names of the ARGs before the first FROM, in order. */
export function globalArgNames(dockerfile: Dockerfile): readonly string[] {
  return scopesFor(dockerfile).globalNames();
}

/** Environment that the stage's image has from this file: ENV of the chain, the last of each name. */
export function environmentOf(dockerfile: Dockerfile, stage: Stage): Map<string, Word> {
  const environment = new Map<string, Word>();
  for (const { instructions } of stageChain(dockerfile, stage).reverse())
    for (const node of instructions)
      if (node.kind === "env")
        for (const { key, value } of node.pairs) environment.set(key.value ?? key.text, value);
  return environment;
}

/** What FROM names when no build argument is given: ARGs without default are empty, as for the builder. */
export function expandFrom(dockerfile: Dockerfile, word: Word): string | undefined {
  const scopes = scopesFor(dockerfile);
  const { value } = expandText(word.raw, dockerfile.escape, (name) => {
    const declaration = scopes.findGlobal(name, Number.POSITIVE_INFINITY);
    if (declaration?.value !== undefined) return { state: "set", value: declaration.value };
    return { state: declaration?.hasValue === true ? "unknown" : "unset" };
  });
  return value;
}

/** True when the stage is for Windows: by platform, by a known Windows base image, or by `# escape=\``. */
export function isWindows(dockerfile: Dockerfile, stage: Stage): boolean {
  return indexOf(dockerfile).windows[stage.index] === true;
}

/**
 * True when the RUN has a cache or tmpfs mount on `directory` or on a directory that contains it: the files are not
 * in the layer. A relative target counts from WORKDIR; `.cache/pip` and the like match as the end of a target.
 */
export function isCacheMounted(
  dockerfile: Dockerfile,
  run: RunInstruction,
  directory: string,
): boolean {
  const wanted = trimSlashes(directory);
  return run.mounts.some(({ type, target }) => {
    if (type !== "cache" && type !== "tmpfs") return false;
    if (target?.value === undefined) return target !== undefined;
    const path = trimSlashes(joinPath(effectiveWorkdir(dockerfile, run).path ?? "", target.value));
    if (!wanted.startsWith("/")) return path === wanted || path.endsWith(`/${wanted}`);
    return path === wanted || path === "/" || wanted.startsWith(`${path}/`);
  });
}

interface Index {
  readonly unwrapped: readonly Instruction[];
  /** Answers of `instructionsOf` so far, by the kinds. */
  readonly selected: Map<string, readonly Instruction[]>;
  /** What the chain of each stage begins with. */
  readonly bases: readonly BaseImage[];
  readonly byKind: readonly ReadonlyMap<InstructionKind, readonly Instruction[]>[];
  readonly workdirs: ReadonlyMap<Instruction, string | undefined>;
  readonly windows: readonly boolean[];
  readonly finalChain: ReadonlySet<number>;
}

const indexes = new WeakMap<Dockerfile, Index>();

function indexOf(dockerfile: Dockerfile): Index {
  let index = indexes.get(dockerfile);
  if (index === undefined) {
    index = buildIndex(dockerfile);
    indexes.set(dockerfile, index);
  }
  return index;
}

function buildIndex(dockerfile: Dockerfile): Index {
  const byKind: Map<InstructionKind, Instruction[]>[] = [];
  const workdirs = new Map<Instruction, string | undefined>();
  const windows: boolean[] = [];
  const bases: BaseImage[] = [];
  /** Working directory at the end of each stage. */
  const ends: (string | undefined)[] = [];
  for (const stage of dockerfile.stages) {
    const table = new Map<InstructionKind, Instruction[]>();
    let path =
      stage.parent === undefined
        ? stage.base.kind === "scratch"
          ? "/"
          : undefined
        : ends[stage.parent];
    for (const node of stage.instructions) {
      const list = table.get(node.kind);
      if (list === undefined) table.set(node.kind, [node]);
      else list.push(node);
      if (node.kind !== "workdir") continue;
      path = changeDirectory(path, node.path.value);
      workdirs.set(node, path);
    }
    byKind.push(table);
    ends.push(path);
    bases.push((stage.parent === undefined ? undefined : bases[stage.parent]) ?? stage.base);
    windows.push(
      stage.parent === undefined
        ? isWindowsStage(stage, dockerfile.escape)
        : windows[stage.parent] === true,
    );
  }
  return {
    unwrapped: dockerfile.instructions.map((node) =>
      node.kind === "onbuild" ? (node.trigger ?? node) : node,
    ),
    selected: new Map(),
    bases,
    byKind,
    workdirs,
    windows,
    finalChain: new Set(finalChain(dockerfile).map((stage) => stage.index)),
  };
}

/** By --platform; else by the escape that only Windows needs, mcr.microsoft.com/windows/…, or Windows variants' tags. */
function isWindowsStage({ base, from }: Stage, escapeChar: string): boolean {
  const platform = from.platform?.value?.toLowerCase();
  if (platform !== undefined) return platform.startsWith("windows");
  const reference = base.reference.toLowerCase();
  return (
    escapeChar === "`" ||
    /(?:^|\/)windows(?:\/|-cssc\/)/.test(base.name.toLowerCase()) ||
    /(?:nanoserver|windowsservercore|servercore|(?:^|[:/-])ltsc20\d\d)/.test(reference)
  );
}

function lastBefore(
  list: readonly Instruction[] | undefined,
  before: number,
): Instruction | undefined {
  if (list === undefined) return undefined;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.index ?? 0) < before) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

const trimSlashes = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, "") : path);

/** `path` seen from `directory`, with `.` and `..` taken away; POSIX paths. */
export function joinPath(directory: string, path: string): string {
  const whole = path.startsWith("/") ? path : `${directory}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `${whole.startsWith("/") ? "/" : ""}${parts.join("/")}`;
}

function changeDirectory(from: string | undefined, to: string | undefined): string | undefined {
  if (to === undefined) return undefined;
  if (/^[A-Za-z]:/.test(to)) return to;
  if (to.startsWith("/")) return joinPath("/", to);
  return from === undefined ? undefined : joinPath(from, to);
}
