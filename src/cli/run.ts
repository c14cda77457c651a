import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type RunOptions, runContainer } from "../sandbox/container.ts";
import { clearAway } from "../sandbox/manage.ts";
import { defaultStateRoot } from "../sandbox/places.ts";
import { isInUse, Store } from "../sandbox/store.ts";
import type { Supervised } from "../sandbox/supervise.ts";
import { type CommandSpec, type Flags, type Globals, textOf } from "./command-spec.ts";
import { forwardSignals, restoreTerminal } from "./foreground.ts";
import { START_OPTIONS, startOptions } from "./start-options.ts";

/** `tguard run`: start a bundle hardened, wait for it, leave nothing behind. */
export const runSpec: CommandSpec = {
  name: "run",
  description: "run a bundle's container, hardened, and wait for it",
  arguments: [{ name: "[bundle-or-id]", description: "a bundle directory, or the container's id" }],
  options: [
    ...START_OPTIONS,
    { flags: "-d, --detach", description: "leave the container running and return" },
    {
      flags: "--profile <name>",
      description: "policy profile: compat, default (the default), strict, or a file",
    },
    { flags: "--no-harden", description: "run the bundle exactly as its config.json says" },
    { flags: "--keep", description: "keep the container's state when it has ended" },
    {
      flags: "--no-subreaper",
      description: "ignored: a detached container is its caller's, a foreground one tguard's",
    },
    {
      flags: "--report",
      description: "print to standard error what is enforced, before the program starts",
    },
  ],
  run,
};

async function run(args: readonly string[], flags: Flags, globals: Globals): Promise<void> {
  const store = new Store(globals.root ?? defaultStateRoot());
  const { bundle, id, isOwnName } = bundleAndId(args[0], textOf(flags["bundle"]), store);
  const detach = flags["detach"] === true;
  let stopForwarding = (): void => undefined;
  const options: RunOptions = {
    ...startOptions(flags, globals),
    id,
    bundle,
    profile:
      flags["harden"] === true
        ? (textOf(flags["profile"]) ?? globals.profile ?? usualProfile())
        : undefined,
    mode: detach ? "detach" : "foreground",
    ...(flags["keep"] === true ? { keep: true } : {}),
    ...(flags["report"] === true ? { onCreated: await reporter() } : {}),
    // Not later: a program that has just said that it is up may be sent a signal at once.
    ...(detach
      ? {}
      : {
          onStarting: (supervised) => {
            stopForwarding = forwardSignals(supervised);
          },
        }),
  };
  let used = id;
  try {
    const supervised = await runContainer(store, options).catch((error: unknown) => {
      // Two starts of one bundle at once: the name was free when both looked.
      if (!isOwnName || !isInUse(error)) throw error;
      used = `${id}-${process.pid}`;
      return runContainer(store, { ...options, id: used });
    });
    if (!detach) process.exitCode = await watch(supervised, () => clearAway(store, used));
  } finally {
    stopForwarding();
  }
}

async function reporter(): Promise<NonNullable<RunOptions["onCreated"]>> {
  const { formatEnforced, readEnforced } = await import("../sandbox/enforced.ts");
  return (prepared, pid) => process.stderr.write(formatEnforced(readEnforced(prepared, pid)));
}

/** Called `runc`, as BuildKit calls it from PATH, we are an engine's: its configuration is final, as with `create`. */
function usualProfile(): string | undefined {
  return basename(process.argv0) === "runc" ? undefined : "default";
}

/** A path names a bundle; anything else is an id for the bundle in --bundle or here, as with runc. */
function bundleAndId(
  target: string | undefined,
  bundle: string | undefined,
  store: Store,
): { readonly bundle: string; readonly id: string; readonly isOwnName: boolean } {
  const isBundle =
    target !== undefined &&
    bundle === undefined &&
    (target.includes("/") ||
      target === "." ||
      target === ".." ||
      (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true &&
        statSync("config.json", { throwIfNoEntry: false }) === undefined));
  if (target !== undefined && !isBundle)
    return { bundle: bundle ?? ".", id: target, isOwnName: false };
  const dir = target ?? bundle ?? ".";
  const name = basename(resolve(dir))
    .replace(/[^A-Za-z0-9_+.-]/g, "_")
    .replace(/^\.+/, "")
    .slice(0, 64);
  // The bundle's name while it is free: the plan of the last start can be used again.
  const isFree = name !== "" && !store.has(name);
  return { bundle: dir, id: isFree ? name : `${name}-${process.pid}`, isOwnName: isFree };
}

async function watch(supervised: Supervised, clearUp: () => Promise<void>): Promise<number> {
  try {
    return await supervised.exited;
  } catch (error) {
    // init itself was killed: end what it can no longer watch.
    await clearUp();
    if (process.stdin.isTTY) await restoreTerminal();
    throw error;
  }
}
