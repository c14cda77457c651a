import { Command, Option } from "commander";

interface RunFlags {
  readonly bundle?: string;
  readonly detach?: true;
  readonly profile: string;
  readonly harden: boolean;
  readonly pidFile?: string;
  readonly consoleSocket?: string;
  readonly pivot: boolean;
  readonly newKeyring: boolean;
  readonly report?: true;
}

/** Signals that a foreground run passes on; the others either cannot be caught or belong to this process. */
const FORWARDED = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGCONT",
] as const;

/** `tguard run`: start a bundle hardened, wait for it, leave nothing behind. */
export function runCommand(): Command {
  return new Command("run")
    .description("run a bundle's container, hardened, and wait for it")
    .argument("[bundle-or-id]", "a bundle directory, or the container's id")
    .option("-b, --bundle <dir>", "bundle directory (default: the current one)")
    .option("-d, --detach", "leave the container running and return")
    .addOption(
      new Option("--profile <name>", "policy profile: compat, default, strict, or a file").default(
        "default",
      ),
    )
    .option("--no-harden", "run the bundle exactly as its config.json says")
    .option("--pid-file <file>", "write the container's process id there")
    .option("--console-socket <path>", "unix socket that takes the terminal's descriptor")
    .option("--no-pivot", "change root with chroot(2), for a host root on an initramfs")
    .option("--no-new-keyring", "keep the caller's session keyring")
    .option(
      "--report",
      "print to standard error what the kernel enforces, before the program starts",
    )
    .action(async (target: string | undefined, flags: RunFlags, command: Command) => {
      const { runContainer } = await import("../sandbox/container.ts");
      const { Store } = await import("../sandbox/store.ts");
      const { cacheDir, defaultStateRoot } = await import("../sandbox/places.ts");
      const { root } = command.optsWithGlobals<{ root?: string }>();
      const store = new Store(root ?? defaultStateRoot());
      const { bundle, id } = await bundleAndId(target, flags.bundle, store);
      const warn = (sentence: string): void => {
        process.stderr.write(`tguard: ${sentence}\n`);
      };
      const report = flags.report === true ? await import("../sandbox/enforced.ts") : undefined;
      const supervised = await runContainer(store, {
        id,
        bundle,
        profile: flags.harden ? flags.profile : undefined,
        mode: flags.detach === true ? "detach" : "foreground",
        ...(flags.pidFile === undefined ? {} : { pidFile: flags.pidFile }),
        ...(flags.consoleSocket === undefined ? {} : { consoleSocket: flags.consoleSocket }),
        noPivot: !flags.pivot,
        noNewKeyring: !flags.newKeyring,
        cacheDir: cacheDir(),
        warn,
        ...(report === undefined
          ? {}
          : {
              onCreated: (made, pid) =>
                process.stderr.write(report.formatEnforced(report.readEnforced(made, pid))),
            }),
      });
      if (flags.detach === true) return;
      process.exitCode = await watch(supervised, () => clear(store, id));
    });
}

type Supervised = import("../sandbox/supervise.ts").Supervised;
type Store = import("../sandbox/store.ts").Store;

async function clear(store: Store, id: string): Promise<void> {
  const { clearAway } = await import("../sandbox/container.ts");
  await clearAway(store, id);
}

/** A path names a bundle; anything else is an id for the bundle in --bundle or here, as with runc. */
async function bundleAndId(
  target: string | undefined,
  bundle: string | undefined,
  store: Store,
): Promise<{ bundle: string; id: string }> {
  const { statSync } = await import("node:fs");
  const { basename, resolve } = await import("node:path");
  const isBundle =
    target !== undefined &&
    bundle === undefined &&
    (target.includes("/") ||
      target === "." ||
      target === ".." ||
      (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true &&
        statSync("config.json", { throwIfNoEntry: false }) === undefined));
  if (target !== undefined && !isBundle) return { bundle: bundle ?? ".", id: target };
  const dir = target ?? bundle ?? ".";
  const name = basename(resolve(dir))
    .replace(/[^A-Za-z0-9_+.-]/g, "_")
    .replace(/^\.+/, "")
    .slice(0, 64);
  // The bundle's name while it is free: the plan of the last start can be used again.
  const isFree = name !== "" && !store.has(name);
  return { bundle: dir, id: isFree ? name : `${name}-${process.pid}` };
}

async function watch(supervised: Supervised, clearUp: () => Promise<void>): Promise<number> {
  const { constants } = await import("node:os");
  const forward = (signal: NodeJS.Signals): void => supervised.signal(constants.signals[signal]);
  const resized = (): void => supervised.windowChanged();
  for (const signal of FORWARDED) process.on(signal, forward);
  process.on("SIGWINCH", resized);
  try {
    return await supervised.exited;
  } catch (error) {
    // init itself was killed: end what it can no longer watch.
    await clearUp();
    if (process.stdin.isTTY) await restoreTerminal();
    throw error;
  } finally {
    for (const signal of FORWARDED) process.removeListener(signal, forward);
    process.removeListener("SIGWINCH", resized);
  }
}

/** A killed init cannot take its terminal out of raw mode. */
async function restoreTerminal(): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  const { findInit } = await import("../sandbox/places.ts");
  spawnSync(findInit(), ["restore-terminal"], { stdio: ["inherit", "ignore", "ignore"] });
}
