import { version } from "../base/version.ts";
import { type CommandSpec, type Globals, quickParse, ROOT_OPTION } from "./command-spec.ts";

type Command = import("commander").Command;

/** Commands that engines call: described as data, each module loaded when it is the one that runs. */
const HOT: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  run: async () => (await import("./run.ts")).runSpec,
  state: async () => (await import("./lifecycle.ts")).stateSpec,
  list: async () => (await import("./lifecycle.ts")).listSpec,
  kill: async () => (await import("./lifecycle.ts")).killSpec,
  delete: async () => (await import("./lifecycle.ts")).deleteSpec,
  pause: async () => (await import("./resources.ts")).pauseSpec,
  resume: async () => (await import("./resources.ts")).resumeSpec,
  update: async () => (await import("./resources.ts")).updateSpec,
  events: async () => (await import("./resources.ts")).eventsSpec,
};

/** The others; commander reads their options. */
const COLD: Readonly<Record<string, () => Promise<Command>>> = {
  plan: async () => (await import("./plan.ts")).planCommand(),
  harden: async () => (await import("./harden.ts")).hardenCommand(),
  spec: async () => (await import("./spec.ts")).specCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  rules: async () => (await import("./rules.ts")).rulesCommand(),
};

/** Exit status of a wrong command line, and of a start that failed before the program ran. */
const USAGE = 2;
const START_FAILED = 125;

async function program(): Promise<Command> {
  const { Command } = await import("commander");
  return new Command("tguard")
    .description(
      "Containers that are safe by default: runs bundles hardened, audits Dockerfiles, images and bundles.",
    )
    .version(`tguard ${version}\nspec: 1.3.0`, "-v, --version")
    .option(ROOT_OPTION.flags, ROOT_OPTION.description)
    .enablePositionalOptions()
    .showHelpAfterError("(tguard --help shows the commands)");
}

/** The command's name, what stands in front of it, and what behind. */
interface Words {
  readonly globals: Globals;
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

function splitWords(args: readonly string[]): Words {
  let globals: Globals = {};
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    const value = args[i + 1];
    if (word === "--root" && value !== undefined) {
      globals = { root: value };
      i++;
    } else if (word.startsWith("--root=")) globals = { root: word.slice("--root=".length) };
    else if (!word.startsWith("-")) return { globals, name: word, rest: args.slice(i + 1) };
  }
  return { globals, name: undefined, rest: [] };
}

function own<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

async function main(args: readonly string[]): Promise<void> {
  const { globals, name, rest } = splitWords(args);
  try {
    const spec = await own(HOT, name)?.();
    const quick = spec === undefined ? undefined : quickParse(spec, rest);
    if (spec !== undefined && quick !== undefined) await spec.run(quick.args, quick.flags, globals);
    else await withCommander(args, name);
  } catch (error) {
    await fail(error, name);
  }
}

/** Help, mistakes on the command line, and the commands that are not called a thousand times a minute. */
async function withCommander(args: readonly string[], name: string | undefined): Promise<void> {
  const top = await program();
  const { toCommand } = await import("./commander-command.ts");
  const hot = name === undefined ? undefined : own(HOT, name);
  const cold = name === undefined ? undefined : own(COLD, name);
  const all = hot === undefined && cold === undefined;
  for (const spec of all ? Object.values(HOT) : hot === undefined ? [] : [hot])
    top.addCommand(toCommand(await spec()));
  for (const make of all ? Object.values(COLD) : cold === undefined ? [] : [cold])
    top.addCommand(await make());
  exitByThrowing(top);
  await top.parseAsync(args, { from: "user" });
}

/** Commander would call process.exit(); output that is still on its way would be cut off. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) exitByThrowing(sub);
}

async function fail(error: unknown, name: string | undefined): Promise<void> {
  // commander has printed what there is to say already.
  if (error instanceof Error && "code" in error && String(error.code).startsWith("commander.")) {
    const { exitCode } = error as Error & { exitCode?: number };
    process.exitCode = exitCode === 0 ? 0 : name === "run" ? START_FAILED : USAGE;
    return;
  }
  const { formatError, UserError } = await import("../base/error.ts");
  if (error instanceof UserError) {
    process.stderr.write(formatError(error));
    process.exitCode = error.exitCode ?? defaultStatus(name);
    return;
  }
  // A bug: the stack is what its report needs.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `tguard: internal error; please report it with the lines below and what you ran\n${stack}\n`,
  );
  process.exitCode = defaultStatus(name);
}

function defaultStatus(name: string | undefined): number {
  if (name === "run") return START_FAILED;
  return name === "audit" || name === "rules" ? USAGE : 1;
}

await main(process.argv.slice(2));
