import { renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { readHostFacts } from "../sys/host.ts";
import { writeIdMaps } from "./id-maps.ts";
import { type Launch, makeLaunch } from "./launch.ts";
import { clearAway } from "./manage.ts";
import { findInit } from "./places.ts";
import type { Prepared, StartOptions } from "./prepare.ts";
import { type ContainerRecord, processRef, type Store } from "./store.ts";
import { type Handlers, type Supervised, startInit } from "./supervise.ts";
import type { Scope, UnitRef } from "./systemd/scope.ts";

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
  let supervised: Supervised;
  let scope: Scope | undefined;
  try {
    // The report and an ordinary user's maps are made from the plan as data.
    const isUser = process.geteuid?.() !== 0;
    const findScope = scopeFinder(options, (found) => {
      scope = found;
    });
    launch = await makeLaunch(
      { ...options, stateDir, ...findScope },
      isUser || options.onCreated !== undefined,
    );
    for (const note of launch.notes) options.warn(`note: ${note}`);
    const record = newRecord(options, launch, scope);
    const handlers = await handlersOf(store, options, launch, record, scope);
    store.reserve(record, launch.config); // the last thing that can fail here: from now on init clears away
    try {
      await scope?.start((await launch.prepared()).config);
    } catch (error) {
      store.remove(options.id);
      throw error;
    }
    supervised = init.launch(launch.encoded, {
      ...handlers,
      async created(pid) {
        await handlers.created(pid);
        options.onStarting?.(supervised);
      },
    });
  } catch (error) {
    init.abandon();
    await abandon(scope, options);
    throw error;
  }
  try {
    await supervised.started;
  } catch (error) {
    // init has undone what it made; what it could not do any more when it was killed itself is done here.
    await clearAway(store, options.id);
    await abandon(scope, options);
    throw error;
  }
  launch.keep();
  return scope === undefined ? supervised : endWithUnit(supervised, scope.ref, options);
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

async function thenEnd({ exited }: Supervised, unit: UnitRef): Promise<number> {
  try {
    return await exited;
  } finally {
    const { endUnit } = await import("./systemd/scope.ts");
    await endUnit(unit);
  }
}

/** The unit of a foreground run ends with it, also when systemd would keep it as failed (memory ran out). */
function endWithUnit(
  supervised: Supervised,
  unit: UnitRef,
  { mode, keep }: RunOptions,
): Supervised {
  const exited =
    mode === "foreground" && keep !== true ? thenEnd(supervised, unit) : supervised.exited;
  exited.catch(() => undefined);
  return {
    started: supervised.started,
    exited,
    monitorPid: supervised.monitorPid,
    signal: (signal) => supervised.signal(signal),
    windowChanged: () => supervised.windowChanged(),
  };
}

async function handlersOf(
  store: Store,
  options: RunOptions,
  launch: Launch,
  record: ContainerRecord,
  scope: Scope | undefined,
): Promise<Handlers> {
  const { onCreated, warn } = options;
  const isUser = process.geteuid?.() !== 0;
  const prepared = isUser || onCreated !== undefined ? await launch.prepared() : undefined;
  return {
    async writeMaps(pid) {
      if (scope?.place.attach === true) await scope.attach(pid);
      if (prepared !== undefined) writeIdMaps(pid, prepared.config, prepared.host);
    },
    async created(pid) {
      await scope?.settle((await launch.prepared()).config);
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

function newRecord(
  { id, mode, noNewKeyring }: RunOptions,
  launch: Launch,
  scope: Scope | undefined,
): ContainerRecord {
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
    ...(scope === undefined ? {} : { unit: scope.ref }),
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
