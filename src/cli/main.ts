import { version } from "../base/version.ts";
import { OCI_VERSION } from "../oci/version.ts";
import {
  type CommandSpec,
  GLOBAL_OPTIONS,
  type Globals,
  parseOptions,
  quickParse,
} from "./command-spec.ts";

type Command = import("commander").Command;

/** Commands that engines call: described as data, each module loaded when it is the one that runs. */
const HOT: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  run: async () => (await import("./run.ts")).runSpec,
  create: async () => (await import("./create.ts")).createSpec,
  start: async () => (await import("./lifecycle.ts")).startSpec,
  exec: async () => (await import("./exec.ts")).execSpec,
  ps: async () => (await import("./ps.ts")).psSpec,
  state: async () => (await import("./lifecycle.ts")).stateSpec,
  list: async () => (await import("./lifecycle.ts")).listSpec,
  kill: async () => (await import("./lifecycle.ts")).killSpec,
  delete: async () => (await import("./lifecycle.ts")).deleteSpec,
  pause: async () => (await import("./resources.ts")).pauseSpec,
  resume: async () => (await import("./resources.ts")).resumeSpec,
  update: async () => (await import("./resources.ts")).updateSpec,
  events: async () => (await import("./resources.ts")).eventsSpec,
  features: async () => (await import("./features.ts")).featuresSpec,
};

/** The others; commander reads their options. */
const COLD: Readonly<Record<string, () => Promise<Command>>> = {
  plan: async () => (await import("./plan.ts")).planCommand(),
  harden: async () => (await import("./harden.ts")).hardenCommand(),
  spec: async () => (await import("./spec.ts")).specCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  baseline: async () => (await import("./baseline.ts")).baselineCommand(),
  lsp: async () => (await import("./lsp.ts")).lspCommand(),
  merge: async () => (await import("./merge.ts")).mergeCommand(),
  rules: async () => (await import("./rules.ts")).rulesCommand(),
};

/** Lines as runc's, which engines take apart. */
const VERSION = `tguard version ${version}\nspec: ${OCI_VERSION}`;

/** Not for people: what tguard starts itself. */
const INNER: Readonly<Record<string, () => Promise<Command>>> = {
  "rules-worker": async () => (await import("./rules-worker.ts")).rulesWorkerCommand(),
};

/** Exit status of a wrong command line. */
const USAGE = 2;
/** Failures of these are told from the program's own statuses: as docker has it, and as runc has it. */
const OWN_FAILURE: Readonly<Record<string, number>> = { run: 125, exec: 255 };

async function program(): Promise<Command> {
  const { Command } = await import("commander");
  const top = new Command("tguard")
    .description(
      "Containers that are safe by default: runs bundles hardened, audits Dockerfiles, compose files, images and bundles.",
    )
    .version(VERSION, "-v, --version");
  for (const { flags, description, default: value } of GLOBAL_OPTIONS)
    top.option(flags, description, value);
  return top.enablePositionalOptions().showHelpAfterError("(tguard --help shows the commands)");
}

/** The command's name, what stands in front of it, and what behind. */
interface Words {
  readonly globals: Globals;
  readonly name: string | undefined;
  /** Absent when commander has to find out. */
  readonly rest: readonly string[] | undefined;
}

function splitWords(args: readonly string[]): Words {
  const parsed = parseOptions(GLOBAL_OPTIONS, args, true);
  // Something is wrong in front of the command; which one was meant decides the exit status.
  if (parsed === undefined)
    return { globals: {}, name: args.find((word) => !word.startsWith("-")), rest: undefined };
  const [name, ...rest] = parsed.args;
  return { globals: parsed.flags as Globals, name, rest };
}

function own<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

async function main(args: readonly string[]): Promise<void> {
  const { globals, name, rest } = splitWords(args);
  try {
    const spec = rest === undefined ? undefined : await own(HOT, name)?.();
    const quick = spec === undefined || rest === undefined ? undefined : quickParse(spec, rest);
    if (spec !== undefined && quick !== undefined) await spec.run(quick.args, quick.flags, globals);
    else await withCommander(args, name);
  } catch (error) {
    await fail(error, name, globals);
  }
}

/** Help, mistakes on the command line, and the commands that are not called a thousand times a minute. */
async function withCommander(args: readonly string[], name: string | undefined): Promise<void> {
  const top = await program();
  const { toCommand } = await import("./commander-command.ts");
  const hot = name === undefined ? undefined : own(HOT, name);
  const cold = name === undefined ? undefined : (own(COLD, name) ?? own(INNER, name));
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

async function fail(error: unknown, name: string | undefined, globals: Globals): Promise<void> {
  // commander has printed what there is to say already.
  if (error instanceof Error && "code" in error && String(error.code).startsWith("commander.")) {
    const { exitCode } = error as Error & { exitCode?: number };
    process.exitCode = exitCode === 0 ? 0 : (OWN_FAILURE[name ?? ""] ?? USAGE);
    if (exitCode !== 0) await logError(globals, error.message);
    return;
  }
  const { formatError, UserError } = await import("../base/error.ts");
  if (error instanceof UserError) {
    process.stderr.write(formatError(error));
    const { errorLine } = await import("./log.ts");
    await logError(globals, errorLine(error));
    process.exitCode = error.exitCode ?? defaultStatus(name);
    return;
  }
  // A bug: the stack is what its report needs.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `tguard: internal error; please report it with the lines below and what you ran\n${stack}\n`,
  );
  process.exitCode = defaultStatus(name);
  await logError(globals, `internal error: ${String(error)}`);
}

/** The log cannot be written: that was said on standard error, or the failure itself is about it. */
async function logError(globals: Globals, message: string): Promise<void> {
  const { log } = await import("./log.ts");
  const { UserError } = await import("../base/error.ts");
  try {
    log(globals, "error", message);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function defaultStatus(name: string | undefined): number {
  const isAudit = ["audit", "baseline", "merge", "rules"].includes(name ?? "");
  return OWN_FAILURE[name ?? ""] ?? (isAudit ? USAGE : 1);
}

await main(process.argv.slice(2));
