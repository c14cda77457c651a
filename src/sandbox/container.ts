import { renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { afterCreatedOf } from "./after-created.ts";
import { HOST_HOOKS, hookState, listOf } from "./hook-state.ts";
import { writeIdMaps } from "./id-maps.ts";
import { type Launch, makeLaunch } from "./launch.ts";
import { clearAway } from "./manage.ts";
import { makeNotifyDir, type Relay, startRelay } from "./notify.ts";
import { findInit } from "./places.ts";
import type { Prepared, StartOptions } from "./prepare.ts";
import { type ContainerRecord, processRef, type Store } from "./store.ts";
import { type Handlers, type Supervised, startInit } from "./supervise.ts";
import type { Scope } from "./systemd/scope.ts";

/** What `run` and `create` take beyond a start. */
export interface RunOptions extends Omit<StartOptions, "stateDir" | "findScope"> {
  readonly pidFile?: string;
  /** Have systemd make the control groups. */
  readonly systemdCgroup?: boolean;
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
  let record: ContainerRecord;
  let supervised: Supervised;
  let relay: Relay | undefined;
  let scope: Scope | undefined;
  let pid: number | undefined;
  try {
    const findScope = scopeFinder(options, (found) => {
      scope = found;
    });
    launch = await makeLaunch({ ...options, stateDir, ...findScope });
    for (const note of launch.prepared.notes) options.warn(`note: ${note}`);
    record = newRecord(options, launch, scope);
    const handlers = handlersOf(store, options, launch, record, scope);
    store.reserve(record, JSON.stringify(launch.prepared.config)); // the last thing that can fail here: from now on init clears away
    try {
      await scope?.start(launch.prepared.config);
    } catch (error) {
      store.remove(options.id);
      throw error;
    }
    const notifySocket = options.handover?.notifySocket;
    if (notifySocket !== undefined) prepareNotify(store, options.id);
    supervised = init.launch(launch.encoded, {
      ...handlers,
      async created(containerPid) {
        pid = containerPid;
        await handlers.created(containerPid);
        if (notifySocket !== undefined && options.mode !== "create")
          relay = await startRelay(findInit(), stateDir, notifySocket, containerPid);
        options.onStarting?.(supervised);
      },
    });
  } catch (error) {
    init.abandon();
    await abandon(scope, options);
    throw error;
  }
  const { hooks } = launch;
  try {
    await supervised.started;
    if (options.mode !== "create") await poststart(options, launch, pid);
  } catch (error) {
    // init has undone what it made; what it could not do any more when it was killed itself is done here.
    await clearAway(store, options.id);
    await abandon(scope, options);
    if (hooks !== undefined) await poststop(options, launch);
    throw error;
  }
  await launch.keep(record);
  // Detached, the manager's service begins when the container is ready; else that is told while it runs.
  if (options.mode === "detach") await relay?.done;
  else relay?.done.catch((error: Error) => options.warn(error.message));
  const unit = options.keep === true ? undefined : scope?.ref;
  return (hooks === undefined && unit === undefined) || options.mode !== "foreground"
    ? supervised
    : endingWith(supervised, async () => {
        // systemd would keep the unit as failed when memory ran out.
        if (unit !== undefined) await (await import("./systemd/scope.ts")).endUnit(unit);
        if (hooks !== undefined) await poststop(options, launch);
      });
}

/** `--systemd-cgroup`: the scope is looked for when config.json has been read. */
function scopeFinder(
  { systemdCgroup, id }: RunOptions,
  onFound: (scope: Scope) => void,
): Pick<StartOptions, "findScope"> {
  if (systemdCgroup !== true) return {};
  return {
    findScope: async (cgroupsPath) => {
      const { openScope } = await import("./systemd/scope.ts");
      const scope = await openScope(cgroupsPath, id);
      onFound(scope);
      return scope.place;
    },
  };
}

/** After a failure, which is what is told; that systemd does not let go of the unit is told beside it. */
async function abandon(scope: Scope | undefined, { warn }: RunOptions): Promise<void> {
  try {
    await scope?.abandon();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(error.message);
  }
}

/**
 * The program executes, or has ended already; when one of these hooks fails the container ends (runtime.md#lifecycle,
 * step 9).
 */
async function poststart(
  { id }: RunOptions,
  { hooks, prepared }: Launch,
  pid: number | undefined,
): Promise<void> {
  if (listOf(hooks, "poststart").length === 0) return;
  const bundle = prepared.bundle.dir;
  const { annotations = {} } = prepared.config;
  const { runHooks } = await import("./run-hooks.ts");
  await runHooks(hooks, "poststart", hookState({ id, bundle, annotations }, "running", pid));
}

async function poststop({ id, warn }: RunOptions, launch: Launch): Promise<void> {
  if (listOf(launch.hooks, "poststop").length === 0) return;
  const { bundle, config } = launch.prepared;
  const { annotations = {} } = config;
  const { tryHooks } = await import("./run-hooks.ts");
  const state = hookState({ id, bundle: bundle.dir, annotations }, "stopped", undefined);
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

function handlersOf(
  store: Store,
  options: RunOptions,
  { prepared, hooks }: Launch,
  record: ContainerRecord,
  scope: Scope | undefined,
): Handlers {
  const { onCreated, warn } = options;
  return {
    async writeMaps(pid) {
      if (scope?.place.attach === true) await scope.attach(pid);
      writeIdMaps(pid, prepared.config, prepared.host);
    },
    async created(pid) {
      await scope?.settle(prepared.config);
      const process = processRef(pid);
      if (process === undefined)
        throw new UserError("the container's process is gone before it was started");
      const phase = options.mode === "create" ? "created" : "running";
      store.write({ ...record, phase, process });
      if (options.pidFile !== undefined) writePidFile(options.pidFile, pid);
      onCreated?.(prepared, pid);
    },
    async runHooks(pid) {
      const { runHooks } = await import("./run-hooks.ts");
      const process = processRef(pid);
      // For `delete --force`, should this process be killed while a hook hangs.
      store.write({ ...record, ...(process === undefined ? {} : { process }) });
      const state = hookState(record, "creating", pid);
      for (const kind of HOST_HOOKS) await runHooks(hooks, kind, state);
    },
    warn,
    explain: async (op, errno, output) => {
      const { explainFailure } = await import("./explain.ts");
      const { planned, sourceOf } = prepared;
      return explainFailure(planned.plan, op, errno, sourceOf, output);
    },
  };
}

function newRecord(
  { id, mode, noNewKeyring }: RunOptions,
  launch: Launch,
  scope: Scope | undefined,
): ContainerRecord {
  const maker = processRef(process.pid);
  if (maker === undefined) throw new Error("/proc does not show this process");
  const { bundle, config, planned } = launch.prepared;
  return {
    version: 1,
    ociVersion: OCI_VERSION,
    id,
    phase: "creating",
    bundle: bundle.dir,
    rootfs: bundle.rootfs,
    created: new Date().toISOString(),
    owner: launch.owner,
    annotations: config.annotations ?? {},
    cgroupPaths: planned.cgroupPaths,
    ...(scope === undefined ? {} : { unit: scope.ref }),
    ...(planned.ownDirectories.length === 0 ? {} : { ownDirectories: planned.ownDirectories }),
    ...(launch.hooks === undefined
      ? {}
      : { hooks: launch.hooks, isForeground: mode === "foreground" }),
    ...(mode === "create" ? { afterCreated: afterCreatedOf(planned.plan) } : {}),
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
