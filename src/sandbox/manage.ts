import { rmdirSync } from "node:fs";
import { constants } from "node:os";
import { isErrno, UserError } from "../base/error.ts";
import type { ContainerStatus } from "../oci/state.ts";
import { isPaused } from "./cgroup/paused.ts";
import { privateDir } from "./places.ts";
import { type ContainerRecord, isAlive, type ProcessRef, type Store } from "./store.ts";

/** End and remove whatever of a container is left; for one that is gone already nothing happens. */
export async function clearAway(store: Store, id: string): Promise<void> {
  const record = store.tryRead(id);
  if (record !== undefined) {
    if (isAlive(record.process))
      sendSignal(record.process as ProcessRef, constants.signals.SIGKILL);
    if (Object.keys(record.cgroupPaths).length > 0) {
      const { checkPaths, killAll, removeCgroup } = await import("./cgroup/manage.ts");
      checkPaths(record.cgroupPaths);
      await killAll(record.cgroupPaths);
      await removeCgroup(record.cgroupPaths);
    }
    await untilGone(record.process);
    for (const path of record.ownDirectories ?? []) removeDirectory(path);
  }
  try {
    if (record?.unit !== undefined) {
      const { endUnit } = await import("./systemd/scope.ts");
      await endUnit(record.unit);
    }
  } finally {
    store.remove(id);
  }
}

function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch (cause) {
    if (isErrno(cause) && cause.code === "ENOENT") return; // init has done it
    throw new UserError(`cannot remove ${path}`, { cause });
  }
}

/** Wait until a killed process has let go of what it held: at most ten seconds. */
async function untilGone(process: ProcessRef | undefined): Promise<void> {
  for (let tries = 0; isAlive(process); tries++) {
    if (tries === 1000)
      throw new UserError(`process ${process?.pid} does not end, even after SIGKILL`, {
        cause: new Error("it waits for a device or a network file system"),
        hint: "try again when that answers",
      });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What `state` prints: the specification's document (runtime.md#state) with runc's additions. */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: ContainerStatus;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner: string;
}

/** The state of one container. @throws UserError when there is none. */
export function stateOf(store: Store, id: string): ContainerState {
  return describe(store, store.read(id));
}

function describe(store: Store, record: ContainerRecord): ContainerState {
  const status = store.statusOf(record);
  return {
    ociVersion: record.ociVersion,
    id: record.id,
    pid: status === "stopped" ? 0 : (record.process?.pid ?? 0),
    status,
    bundle: record.bundle,
    rootfs: record.rootfs,
    created: record.created,
    ...(Object.keys(record.annotations).length === 0 ? {} : { annotations: record.annotations }),
    owner: record.owner,
  };
}

/** All containers of a store, by id; a directory without a readable record is left out here and cleared by `delete --force`. */
export function listContainers(store: Store): readonly ContainerState[] {
  return store.ids().flatMap((id) => {
    const record = store.tryRead(id);
    return record === undefined ? [] : [describe(store, record)];
  });
}

/**
 * Number of a signal given as `TERM`, `SIGTERM`, `15`, in any case, or a real-time signal `RTMIN+1`.
 * @throws UserError
 */
export function parseSignal(text: string): number {
  const signals: Readonly<Record<string, number>> = constants.signals;
  if (/^\d{1,2}$/.test(text) && Number(text) <= 64) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, "");
  const known = signals[`SIG${name}`];
  if (known !== undefined) return known;
  // signal(7): glibc keeps 32 and 33 for itself.
  const realTime = /^RT(MIN|MAX)([+-]\d{1,2})?$/.exec(name);
  const number = (realTime?.[1] === "MAX" ? 64 : 34) + Number(realTime?.[2] ?? 0);
  if (realTime !== null && number >= 34 && number <= 64) return number;
  throw new UserError(`unknown signal ${JSON.stringify(text)}`, {
    hint: "give a name such as TERM or SIGKILL, or a number from 1 to 64",
  });
}

/**
 * Send a signal to the container's process, or with `all` to every process in the container. SIGKILL also reaches what is
 * paused, and all of a container that has no pid namespace of its own, whose processes outlive their first.
 * @throws UserError when the container is not running.
 */
export async function killContainer(
  store: Store,
  id: string,
  signal: number,
  all: boolean,
): Promise<void> {
  const record = store.read(id);
  const isKill = signal === constants.signals.SIGKILL;
  if (all || (isKill && sharesPids(store, record))) {
    const { signalProcesses } = await import("./processes.ts");
    // The first may be gone while others, left over in a shared pid namespace, are not.
    if (signalProcesses(record, signal) === 0 && !all) throw notRunning(store, record);
  } else {
    if (record.process === undefined || !isAlive(record.process)) throw notRunning(store, record);
    sendSignal(record.process, signal);
  }
  if (isKill && isPaused(record.cgroupPaths)) {
    // A frozen v1 group keeps even SIGKILL for later.
    const { thaw } = await import("./cgroup/manage.ts");
    await thaw(record.cgroupPaths);
  }
}

function notRunning(store: Store, record: ContainerRecord): UserError {
  return new UserError(`cannot signal container "${record.id}": container not running`, {
    cause: new Error(`its status is ${store.statusOf(record)}`),
  });
}

/** No pid namespace of its own, or one of somebody else's. */
function sharesPids(store: Store, { id }: ContainerRecord): boolean {
  const { linux } = store.readConfig(id);
  const pid = linux?.namespaces?.find(({ type }) => type === "pid");
  return pid === undefined || (pid.path ?? "") !== "";
}

/** @throws UserError when it is not ours to signal; a process that is gone is no error. */
export function sendSignal(target: ProcessRef, signal: number): void {
  try {
    process.kill(target.pid, signal);
  } catch (cause) {
    if (isErrno(cause) && cause.code === "ESRCH") return; // it ended in between
    throw new UserError(`cannot send signal ${signal} to process ${target.pid}`, {
      cause,
      hint: "run as the user who started the container",
    });
  }
}

/**
 * Remove a container: its control groups and its state; with `force` a running one is killed first, and an id that
 * does not exist is no error.
 * @throws UserError
 */
export async function deleteContainer(
  store: Store,
  id: string,
  force: boolean,
  warn: (sentence: string) => void,
): Promise<void> {
  if (force && !store.has(id)) return;
  if (!force) store.read(id);
  privateDir(store.root);
  await store.locked(id, async () => {
    const record = store.tryRead(id);
    const status = record === undefined ? "stopped" : store.statusOf(record);
    // As with runc, what was only created may go.
    if (!force && status !== "stopped" && status !== "created")
      throw new UserError(`cannot delete container "${id}" that is not stopped: ${status}`, {
        hint: `stop it first, or use tguard delete --force ${id}`,
      });
    await clearAway(store, id);
    if (record !== undefined) await poststop(record, warn);
  });
}

/** A foreground run that is still there runs its hooks itself. */
async function poststop(record: ContainerRecord, warn: (sentence: string) => void): Promise<void> {
  const { hooks } = record;
  if (hooks === undefined || (record.isForeground === true && isAlive(record.maker))) return;
  const [{ tryHooks }, { hookState }] = await Promise.all([
    import("./run-hooks.ts"),
    import("./hook-state.ts"),
  ]);
  await tryHooks(hooks, "poststop", hookState(record, "stopped", undefined), warn);
}
