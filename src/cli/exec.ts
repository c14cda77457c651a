import { type ExecOptions, execInContainer } from "../sandbox/exec.ts";
import { cacheDir, defaultStateRoot } from "../sandbox/places.ts";
import { Store } from "../sandbox/store.ts";
import { type CommandSpec, type Flags, type Globals, listOf, textOf } from "./command-spec.ts";
import { forwardSignals, restoreTerminal } from "./foreground.ts";
import { warnTo } from "./log.ts";
import { HANDOVER_OPTIONS, handoverOf } from "./start-options.ts";

/** `tguard exec`: start another process in a container. */
export const execSpec: CommandSpec = {
  name: "exec",
  description: "start another process in a container; its exit status is the command's",
  arguments: [
    { name: "<id>", description: "the container's id" },
    { name: "[command...]", description: "program and arguments, unless --process has them" },
  ],
  takesCommand: true,
  options: [
    { flags: "-p, --process <file>", description: "file with the process, as in config.json" },
    { flags: "-d, --detach", description: "return once the process runs" },
    { flags: "-t, --tty", description: "give the process a terminal" },
    { flags: "--cwd <dir>", description: "working directory in the container" },
    { flags: "-e, --env <var>", description: "set an environment variable", repeats: true },
    { flags: "-u, --user <uid>", description: "uid, or uid:gid; numbers" },
    {
      flags: "-g, --additional-gids <gid>",
      description: "another group of the process",
      repeats: true,
    },
    { flags: "-c, --cap <name>", description: "another capability", repeats: true },
    { flags: "--no-new-privs", description: "never gain privileges by executing programs" },
    { flags: "--apparmor <profile>", description: "AppArmor profile of the process" },
    { flags: "--process-label <label>", description: "SELinux label of the process" },
    {
      flags: "--cgroup <path>",
      description: "control group below the container's: path, or controller,...:path",
      repeats: true,
    },
    { flags: "--ignore-paused", description: "also into a paused container" },
    ...HANDOVER_OPTIONS,
  ],
  run,
};

async function run(
  [id = "", ...args]: readonly string[],
  flags: Flags,
  globals: Globals,
): Promise<void> {
  const detach = flags["detach"] === true;
  let stopForwarding = (): void => undefined;
  try {
    const supervised = await execInContainer(new Store(globals.root ?? defaultStateRoot()), {
      ...processOptions(args, flags),
      id,
      detach,
      handover: handoverOf(flags),
      ...given("pidFile", flags["pidFile"]),
      ignorePaused: flags["ignorePaused"] === true,
      cgroup: listOf(flags["cgroup"]),
      words: process.argv.slice(process.argv.indexOf("exec") + 1),
      cacheDir: cacheDir(),
      warn: warnTo(globals),
      onStarting: (started) => {
        if (!detach) stopForwarding = forwardSignals(started);
      },
    });
    if (!detach) process.exitCode = await supervised.exited;
  } catch (error) {
    if (!detach && process.stdin.isTTY) await restoreTerminal();
    throw error;
  } finally {
    stopForwarding();
  }
}

function processOptions(args: readonly string[], flags: Flags): ProcessOptions {
  return {
    args,
    tty: flags["tty"] === true,
    env: listOf(flags["env"]),
    additionalGids: commaLists(listOf(flags["additionalGids"])),
    caps: commaLists(listOf(flags["cap"])),
    ...given("process", flags["process"]),
    ...given("cwd", flags["cwd"]),
    ...given("user", flags["user"]),
    ...given("apparmor", flags["apparmor"]),
    ...given("processLabel", flags["processLabel"]),
    // The table reads every `--no-` as "off".
    ...(flags["newPrivs"] === false ? { noNewPrivs: true } : {}),
  };
}

type ProcessOptions = Omit<
  ExecOptions,
  | "id"
  | "detach"
  | "handover"
  | "pidFile"
  | "ignorePaused"
  | "cgroup"
  | "words"
  | "cacheDir"
  | "warn"
>;

/** urfave/cli's lists: repeated, or separated by commas. */
function commaLists(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(","));
}

function given<K extends string>(key: K, value: Flags[string]): { readonly [P in K]?: string } {
  const text = textOf(value);
  return (text === undefined || text === "" ? {} : { [key]: text }) as {
    readonly [P in K]?: string;
  };
}
