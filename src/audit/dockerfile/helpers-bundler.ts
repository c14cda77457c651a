import type { SimpleCommand } from "../shell/model.ts";
import { argumentsOf, commandsOf, scriptOf } from "../shell/query.ts";
import { environmentValue } from "./helpers-environment.ts";
import type { Dockerfile, RunInstruction, Stage } from "./model.ts";
import { environmentOf, instructionsOf, stageChain, stageOf } from "./query.ts";

/** A `bundle install` and the RUN it stands in. */
export interface BundleInstall {
  readonly run: RunInstruction;
  readonly command: SimpleCommand;
}

const installs = new WeakMap<Dockerfile, readonly BundleInstall[]>();

/** Every `bundle`, `bundle install` in source order; worked out once a file. */
export function bundleInstalls(dockerfile: Dockerfile): readonly BundleInstall[] {
  let found = installs.get(dockerfile);
  if (found === undefined) {
    found = instructionsOf(dockerfile, "run").flatMap((run) =>
      commandsOf(scriptOf(dockerfile, run), "bundle").flatMap((command) =>
        isInstall(command) ? [{ run, command }] : [],
      ),
    );
    installs.set(dockerfile, found);
  }
  return found;
}

function isInstall(command: SimpleCommand): boolean {
  const { subcommand, flags } = argumentsOf(command);
  if (subcommand !== undefined) return subcommand.value === "install";
  return !flags.some(({ name }) => ["--version", "-v", "--help", "-h"].includes(name));
}

const production = new WeakMap<Stage, boolean>();

/** True when the stage's image runs Rails or Rack in production mode. */
export function isProduction(dockerfile: Dockerfile, run: RunInstruction): boolean {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return false;
  let result = production.get(stage);
  if (result === undefined) {
    const environment = environmentOf(dockerfile, stage);
    result = ["RAILS_ENV", "RACK_ENV"].some(
      (name) => environment.get(name)?.value === "production",
    );
    production.set(stage, result);
  }
  return result;
}

/**
 * A setting of Bundler as the command sees it: its flag, BUNDLE_NAME, or `bundle config` before it in the chain.
 * `undefined`: not set; an empty text: set to what cannot be told.
 */
export function bundleSetting(
  dockerfile: Dockerfile,
  { run, command }: BundleInstall,
  name: string,
): string | undefined {
  const flag = argumentsOf(command).flags.find((given) => given.name === `--${name}`);
  if (flag !== undefined) return flag.hasValue ? wordsFrom(command, flag.valueWord) : "true";
  const variable = `BUNDLE_${name.toUpperCase()}`;
  const given = environmentValue(dockerfile, run, scriptOf(dockerfile, run), command, variable);
  if (given.state !== "unset") return given.state === "set" ? given.value : "";
  return configured(dockerfile, run, command, name);
}

/** `--without development test`: words up to the next flag. */
function wordsFrom(
  { args }: SimpleCommand,
  first: SimpleCommand["args"][number] | undefined,
): string {
  const rest = first === undefined ? [] : args.slice(args.indexOf(first));
  const end = rest.findIndex(({ text }, i) => i > 0 && text.startsWith("-"));
  const words = end === -1 ? rest : rest.slice(0, end);
  return words.map(({ value, text }) => (value ?? text).replace(/^--[\w-]+=/, "")).join(" ");
}

/** A `bundle config NAME VALUE`, with its place. */
interface BundleConfig {
  readonly name: string;
  readonly value: string;
  readonly instruction: number;
  readonly command: number;
}

const configs = new WeakMap<Dockerfile, ReadonlyMap<number, readonly BundleConfig[]>>();
// More in one stage is no Dockerfile that anybody wrote: later ones are passed over.
const MAX_CONFIGS = 50;

/** Settings that the RUNs of each stage make, by stage. */
function configsOf(dockerfile: Dockerfile): ReadonlyMap<number, readonly BundleConfig[]> {
  let found = configs.get(dockerfile);
  if (found === undefined) {
    const index = new Map<number, BundleConfig[]>();
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.stageIndex === undefined || run.isTrigger) continue;
      const list = index.get(run.stageIndex) ?? [];
      index.set(run.stageIndex, list);
      if (list.length >= MAX_CONFIGS) continue;
      for (const command of commandsOf(scriptOf(dockerfile, run), "bundle")) {
        const config = readConfig(command);
        if (config !== undefined)
          list.push({ ...config, instruction: run.index, command: command.index });
      }
    }
    found = index;
    configs.set(dockerfile, found);
  }
  return found;
}

function readConfig(command: SimpleCommand): Pick<BundleConfig, "name" | "value"> | undefined {
  const { subcommand, operands } = argumentsOf(command);
  if (subcommand?.value !== "config") return undefined;
  const words = operands.map((word) => word.value ?? word.text);
  const [name, ...values] = words[0] === "set" ? words.slice(1) : words;
  if (name === undefined || values.length === 0) return undefined;
  return { name: name.replace(/^local\./, ""), value: values.join(" ") };
}

/** Value of the last `bundle config [set] [--local] NAME VALUE` before the command in the chain. */
function configured(
  dockerfile: Dockerfile,
  run: RunInstruction,
  command: SimpleCommand,
  name: string,
): string | undefined {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return undefined;
  for (const { index } of stageChain(dockerfile, stage)) {
    const found = configsOf(dockerfile)
      .get(index)
      ?.findLast(
        (config) =>
          config.name === name &&
          (config.instruction < run.index ||
            (config.instruction === run.index && config.command < command.index)),
      );
    if (found !== undefined) return found.value;
  }
  return undefined;
}
