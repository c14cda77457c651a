import { renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { readHostFacts } from "../sys/host.ts";
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
  try {
    await supervised.started;
  } catch (error) {
    // init has undone what it made; what it could not do any more when it was killed itself is done here.
    await clearAway(store, options.id);
    throw error;
  }
  launch.keep();
  // Detached, the manager's service begins when the container is ready; else that is told while it runs.
  if (options.mode === "detach") await relay?.done;
  else relay?.done.catch((error: Error) => options.warn(error.message));
  return supervised;
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
    warn,
    explain: async (op, errno) => {
      const { explainFailure } = await import("./explain.ts");
      const { planned, sourceOf } = await launch.prepared();
      return explainFailure(planned.plan, op, errno, sourceOf);
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
