import type { VariableState } from "./expand.ts";
import type { Declaration } from "./model.ts";

/** ARGs that the builder knows without a default: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
const PLATFORM_ARGS: ReadonlySet<string> = new Set([
  "TARGETPLATFORM",
  "TARGETOS",
  "TARGETOSVERSION",
  "TARGETARCH",
  "TARGETVARIANT",
  "TARGETSTAGE",
  "BUILDPLATFORM",
  "BUILDOS",
  "BUILDOSVERSION",
  "BUILDARCH",
  "BUILDVARIANT",
]);

/** How many ancestors a look-up follows; what lies behind counts as unknown. */
const MAX_CHAIN = 256;

interface StageScope {
  readonly parent: number | undefined;
  readonly isScratch: boolean;
  readonly env: Map<string, Declaration[]>;
  readonly args: Map<string, Declaration[]>;
}

/** Variables of one file: filled while instructions are read in order, asked for the state at any instruction. */
export class Scopes {
  readonly #globals = new Map<string, Declaration[]>();
  readonly #stages: StageScope[] = [];

  addStage(parent: number | undefined, isScratch: boolean): void {
    this.#stages.push({ parent, isScratch, env: new Map(), args: new Map() });
  }

  /** Note a declaration; `stage` is undefined before the first FROM. */
  declare(stage: number | undefined, declaration: Declaration): void {
    const scope = stage === undefined ? undefined : this.#stages[stage];
    const table =
      scope === undefined ? this.#globals : declaration.kind === "env" ? scope.env : scope.args;
    const list = table.get(declaration.name);
    if (list === undefined) table.set(declaration.name, [declaration]);
    else list.push(declaration);
  }

  /** What declares `name` for FROM: only ARGs before the first FROM count. */
  findGlobal(name: string, before: number): Declaration | undefined {
    return latest(this.#globals.get(name), before) ?? platformArgument(name);
  }

  /** What declares `name` at instruction `before` of a stage: ENV of it and its ancestors, then its ARGs. */
  find(stage: number, name: string, before: number): Declaration | undefined {
    let scope = this.#stages[stage];
    const own = scope;
    for (let steps = 0; scope !== undefined && steps < MAX_CHAIN; steps++) {
      // All of an ancestor comes before: a parent stands earlier in the file.
      const found = latest(scope.env.get(name), before);
      if (found !== undefined) return found;
      scope = scope.parent === undefined ? undefined : this.#stages[scope.parent];
    }
    const argument = latest(own?.args.get(name), before);
    if (argument === undefined || argument.hasValue) return argument;
    // An ARG without default takes the global one's.
    const global = latest(this.#globals.get(name), Number.POSITIVE_INFINITY);
    if (global !== undefined)
      return { ...argument, kind: "global-arg", value: global.value, hasValue: global.hasValue };
    return platformArgument(name) ?? argument;
  }

  /** True when the chain of the stage ends at scratch, so that nothing outside the file sets variables. */
  isClosed(stage: number): boolean {
    let scope = this.#stages[stage];
    for (let steps = 0; scope?.parent !== undefined && steps < MAX_CHAIN; steps++)
      scope = this.#stages[scope.parent];
    return scope?.isScratch === true;
  }

  /** State of a variable for the expansion of a word. */
  state(
    stage: number | undefined,
    name: string,
    declaration: Declaration | undefined,
  ): VariableState {
    if (declaration?.value !== undefined) return { state: "set", value: declaration.value };
    if (declaration === undefined) {
      // The base image's environment is not in the file.
      if (stage === undefined || (this.isClosed(stage) && name !== "PATH"))
        return { state: "maybe" };
      return { state: "unknown" };
    }
    return {
      state: declaration.hasValue || declaration.kind === "predefined" ? "unknown" : "maybe",
    };
  }

  /** Names of the ARGs before the first FROM, in order. */
  globalNames(): string[] {
    return [...this.#globals.keys()];
  }
}

function platformArgument(name: string): Declaration | undefined {
  if (!PLATFORM_ARGS.has(name)) return undefined;
  return {
    name,
    kind: "predefined",
    value: undefined,
    span: undefined,
    instruction: undefined,
    hasValue: true,
  };
}

/** Last declaration of an instruction before `before`. */
function latest(list: readonly Declaration[] | undefined, before: number): Declaration | undefined {
  if (list === undefined) return undefined;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.instruction ?? 0) < before) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
