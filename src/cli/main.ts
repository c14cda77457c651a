import { Command, CommanderError } from "commander";
import { version } from "../base/version.ts";

/** Where each command lives; its module is loaded when it is the one that runs, or when help shows them all. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).runCommand(),
  plan: async () => (await import("./plan.ts")).planCommand(),
  harden: async () => (await import("./harden.ts")).hardenCommand(),
  spec: async () => (await import("./spec.ts")).specCommand(),
  state: async () => (await import("./lifecycle.ts")).stateCommand(),
  list: async () => (await import("./lifecycle.ts")).listCommand(),
  kill: async () => (await import("./lifecycle.ts")).killCommand(),
  delete: async () => (await import("./lifecycle.ts")).deleteCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  rules: async () => (await import("./rules.ts")).rulesCommand(),
};

/** Exit status of a wrong command line, and of a start that failed before the program ran. */
const USAGE = 2;
const START_FAILED = 125;

function program(): Command {
  return new Command("tguard")
    .description(
      "Containers that are safe by default: runs bundles hardened, audits Dockerfiles, images and bundles.",
    )
    .version(`tguard ${version}\nspec: 1.3.0`, "-v, --version")
    .option("--root <dir>", "directory that the state of containers is kept in")
    .enablePositionalOptions()
    .showHelpAfterError("(tguard --help shows the commands)");
}

/** The first word that is no option and no option's value. */
function commandName(args: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--root") i++;
    else if (!word.startsWith("-")) return word;
  }
  return undefined;
}

async function main(args: readonly string[]): Promise<void> {
  const top = program();
  const name = commandName(args);
  const one = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
  const makers = one === undefined ? Object.values(COMMANDS) : [one];
  for (const make of makers) top.addCommand(await make());
  exitByThrowing(top);
  try {
    await top.parseAsync(args, { from: "user" });
  } catch (error) {
    await fail(error, name);
  }
}

/** Commander would call process.exit(); output that is still on its way would be cut off. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) exitByThrowing(sub);
}

async function fail(error: unknown, name: string | undefined): Promise<void> {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : name === "run" ? START_FAILED : USAGE;
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
