import type { SimpleCommand } from "../shell/model.ts";
import { argumentsOf, commandsOf, scriptOf } from "../shell/query.ts";
import { environmentValue } from "./helpers-environment.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
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

/** True when the stage's image runs Rails or Rack in production mode. */
export function isProduction(dockerfile: Dockerfile, run: RunInstruction): boolean {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return false;
  const environment = environmentOf(dockerfile, stage);
  return ["RAILS_ENV", "RACK_ENV"].some((name) => environment.get(name)?.value === "production");
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

/** Value of `bundle config [set] [--local] NAME VALUE` before the command. */
function configured(
  dockerfile: Dockerfile,
  run: RunInstruction,
  command: SimpleCommand,
  name: string,
): string | undefined {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return undefined;
  let value: string | undefined;
  for (const { instructions } of stageChain(dockerfile, stage).reverse())
    for (const node of instructions) {
      if (node.kind !== "run" || node.index > run.index) continue;
      for (const other of commandsOf(scriptOf(dockerfile, node), "bundle")) {
        if (node.index === run.index && other.index >= command.index) break;
        const { subcommand, operands } = argumentsOf(other);
        if (subcommand?.value !== "config") continue;
        const words = operands.map((word) => word.value ?? word.text);
        const [key, ...values] = words[0] === "set" ? words.slice(1) : words;
        const isKey = key === name || key === `local.${name}`;
        // `--global without x`: the scope may stand as a flag that takes no word.
        if (isKey && values.length > 0) value = values.join(" ");
      }
    }
  return value;
}
