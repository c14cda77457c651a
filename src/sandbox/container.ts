import { renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import type { Hooks } from "../oci/runtime-config.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { readHostFacts } from "../sys/host.ts";
import { HOST_HOOKS, hookState, listOf } from "./hook-state.ts";
import { writeIdMaps } from "./id-maps.ts";
import { type Launch, makeLaunch } from "./launch.ts";
import { clearAway } from "./manage.ts";
import { makeNotifyDir, type Relay, startRelay } from "./notify.ts";
import { findInit } from "./places.ts";
import type { Prepared, StartOptions } from "./prepare.ts";
import { type ContainerRecord, processRef, type Store } from "./store.ts";
import { type Handlers, type Supervised, startInit } from "./supervise.ts";

/** What `run` and `create` take beyond a start. */
export interface RunOptions extends Omit<StartOptions, "stateDir"> {
  readonly pidFile?: string;
  /** Told once the container is set up and not yet running. */
  readonly onCreated?: (prepared: Prepared, pid: number) => void;
  /** Told just before the program may run: from now on signals to the caller are the container's. */
  readonly onStarting?: (supervised: Supervised) => void;
  readonly warn: (sentence: string) => void;
}

/**
 * Start a bundle's container. The state is on disk before the workload runs; whatever fails, nothing stays behind.
 * @throws UserError
 */
export async function runContainer(store: Store, options: RunOptions): Promise<Supervised> {
  const stateDir = store.dirOf(options.id);
  const init = startInit(findInit(), options.handover?.handOn);
  let launch: Launch;
  let supervised: Supervised;
  let relay: Relay | undefined;
  try {
    // The report and an ordinary user's maps are made from the plan as data.
    const isUser = process.geteuid?.() !== 0;
    launch = await makeLaunch({ ...options, stateDir }, isUser || options.onCreated !== undefined);
    for (const note of launch.notes) options.warn(`note: ${note}`);
    const record = newRecord(options, launch);
    const handlers = await handlersOf(store, options, launch, record);
    store.reserve(record, launch.config); // the last thing that can fail here: from now on init clears away
    const notifySocket = options.handover?.notifySocket;
    if (notifySocket !== undefined) prepareNotify(store, options.id);
    supervised = init.launch(launch.encoded, {
      ...handlers,
      async created(pid) {
        await handlers.created(pid);
        if (notifySocket !== undefined && options.mode !== "create")
          relay = await startRelay(findInit(), stateDir, notifySocket, pid);
        options.onStarting?.(supervised);
      },
    });
  } catch (error) {
    init.abandon();
    throw error;
  }
  const { hooks } = launch;
  try {
    await supervised.started;
    if (hooks !== undefined && options.mode !== "create") await poststart(store, options.id, hooks);
  } catch (error) {
    // init has undone what it made; what it could not do any more when it was killed itself is done here.
    await clearAway(store, options.id);
    if (hooks !== undefined) await poststop(options, launch);
    throw error;
  }
  launch.keep();
  // Detached, the manager's service begins when the container is ready; else that is told while it runs.
  if (options.mode === "detach") await relay?.done;
  else relay?.done.catch((error: Error) => options.warn(error.message));
  return hooks === undefined || options.mode !== "foreground"
    ? supervised
    : endingWith(supervised, () => poststop(options, launch));
}

/** The program executes; when one of these hooks fails the container ends (runtime.md#lifecycle, step 9). */
async function poststart(store: Store, id: string, hooks: Hooks): Promise<void> {
  if (listOf(hooks, "poststart").length === 0) return;
  const record = store.tryRead(id);
  if (record === undefined) return; // a short program: it has ended, and init has cleared it away
  const { runHooks } = await import("./run-hooks.ts");
  await runHooks(hooks, "poststart", hookState(record, "running", record.process?.pid));
}

async function poststop({ id, warn }: RunOptions, launch: Launch): Promise<void> {
  if (listOf(launch.hooks, "poststop").length === 0) return;
  const { bundleDir: bundle, annotations } = launch;
  const { tryHooks } = await import("./run-hooks.ts");
  const state = hookState({ id, bundle, annotations }, "stopped", undefined);
  await tryHooks(launch.hooks, "poststop", state, warn);
}

async function ended(supervised: Supervised, last: () => Promise<void>): Promise<number> {
  try {
    return await supervised.exited;
  } finally {
    await last();
  }
}

/** The same container, whose exit is told when `last` is done. */
function endingWith(supervised: Supervised, last: () => Promise<void>): Supervised {
  const exited = ended(supervised, last);
  exited.catch(() => undefined);
  return {
    started: supervised.started,
    exited,
    monitorPid: supervised.monitorPid,
    signal: (signal) => supervised.signal(signal),
    windowChanged: () => supervised.windowChanged(),
  };
}

function prepareNotify(store: Store, id: string): void {
  try {
    makeNotifyDir(store.dirOf(id));
  } catch (error) {
    store.remove(id);
    throw error;
  }
}

async function handlersOf(
  store: Store,
  options: RunOptions,
  launch: Launch,
  record: ContainerRecord,
): Promise<Handlers> {
  const { onCreated, warn } = options;
  const isUser = process.geteuid?.() !== 0;
  const prepared = isUser || onCreated !== undefined ? await launch.prepared() : undefined;
  return {
    writeMaps(pid) {
      if (prepared !== undefined) writeIdMaps(pid, prepared.config, prepared.host);
    },
    created(pid) {
      const process = processRef(pid);
      if (process === undefined)
        throw new UserError("the container's process is gone before it was started");
      const phase = options.mode === "create" ? "created" : "running";
      store.write({ ...record, phase, process });
      if (options.pidFile !== undefined) writePidFile(options.pidFile, pid);
      if (prepared !== undefined) onCreated?.(prepared, pid);
    },
    async runHooks(pid) {
      const { runHooks } = await import("./run-hooks.ts");
      const process = processRef(pid);
      // For `delete --force`, should this process be killed while a hook hangs.
      store.write({ ...record, ...(process === undefined ? {} : { process }) });
      const state = hookState(record, "creating", pid);
      for (const kind of HOST_HOOKS) await runHooks(launch.hooks, kind, state);
    },
    warn,
    explain: async (op, errno, output) => {
      const { explainFailure } = await import("./explain.ts");
      const { planned, sourceOf } = await launch.prepared();
      return explainFailure(planned.plan, op, errno, sourceOf, output);
    },
  };
}

function newRecord({ id, mode, noNewKeyring }: RunOptions, launch: Launch): ContainerRecord {
  const maker = processRef(process.pid);
  if (maker === undefined) throw new Error("/proc does not show this process");
  const { euid, userName } = readHostFacts();
  return {
    version: 1,
    ociVersion: OCI_VERSION,
    id,
    phase: "creating",
    bundle: launch.bundleDir,
    rootfs: launch.rootfs,
    created: new Date().toISOString(),
    owner: userName ?? String(euid),
    annotations: launch.annotations,
    cgroupPaths: launch.cgroupPaths,
    ...(launch.ownDirectories.length === 0 ? {} : { ownDirectories: launch.ownDirectories }),
    ...(launch.hooks === undefined
      ? {}
      : { hooks: launch.hooks, isForeground: mode === "foreground" }),
    ...(mode === "create" ? { afterCreated: launch.afterCreated } : {}),
    ...(noNewKeyring === true ? { noNewKeyring } : {}),
    maker,
  };
}

/** Write a process id whole or not at all, without a newline, as engines read it. @throws UserError */
export function writePidFile(path: string, pid: number): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, String(pid));
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new UserError(`cannot write the pid file ${path}`, { where: "--pid-file", cause });
  }
}
