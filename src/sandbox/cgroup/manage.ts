/**
 * Working on the control groups of a container that exists already: list, kill, freeze, remove, ask.
 * `paths` come from state.json, so `checkPaths` proves first that they are groups, and not a hierarchy's root or our own.
 */
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { posix } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isErrno, UserError } from "../../base/error.ts";
import { sawText } from "../../base/look.ts";
import { parseCgroupMounts, parseOwnGroups } from "./detect.ts";
import { isGone, readControl, tryWriteControl } from "./files.ts";
import { isPaused } from "./paused.ts";

/** `CgroupPlan.paths`: controller, "name=…", or "" for cgroup v2 → absolute directory. */
export type CgroupPaths = Readonly<Record<string, string>>;

/** What the kernel counted in `memory.events` (v2) or `memory.oom_control` (v1). */
export interface MemoryEvents {
  /** Processes that the OOM killer ended in this group and below. */
  readonly oomKills: number;
}

/** Nesting and number of groups that a workload may make before we stop following (it cannot hide from `kill`: see `killAll`). */
const MAX_DEPTH = 128;
const MAX_GROUPS = 65536;
/** How long to wait for the kernel, and how often to look. */
const PATIENCE_MS = 10_000;
const INTERVAL_MS = 5;

/**
 * Prove that every path is a control group that may be killed and removed.
 * @throws UserError naming the path that is not.
 */
export function checkPaths(paths: CgroupPaths): void {
  const mounts = parseCgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  const own = parseOwnGroups(readFileSync("/proc/self/cgroup", "utf8"));
  for (const [controller, path] of Object.entries(paths)) {
    const mount = mounts.find(
      ({ mountpoint, type, options }) =>
        path.startsWith(`${mountpoint}/`) &&
        (controller === ""
          ? type === "cgroup2"
          : type === "cgroup" && options.includes(controller)),
    );
    const isPlain = posix.normalize(path) === path && !path.endsWith("/");
    const problem = !isPlain
      ? "it is not a plain path"
      : mount === undefined
        ? `no hierarchy of ${controller === "" ? "cgroup v2" : controller} is mounted above it`
        : isSameOrBelow(
              posix.join("/", posix.relative(mount.root, own.get(controller) ?? "/")),
              path.slice(mount.mountpoint.length),
            )
          ? "tguard itself runs in it"
          : undefined;
    if (problem !== undefined)
      throw new UserError(`cannot use control group "${path}": ${problem}`, {
        hint: "the container's state.json was changed or belongs to another boot",
      });
  }
}

/** Process ids (as this PID namespace numbers them) in the groups and all groups below, ascending, each once. */
export function pidsOf(paths: CgroupPaths): readonly number[] {
  const pids = new Set<number>();
  for (const directory of directoriesOf(paths))
    for (const group of groupsBelow(directory)) for (const pid of readPids(group)) pids.add(pid);
  return [...pids].sort((a, b) => a - b);
}

/** Send a signal to every process in the groups, once. Processes that are gone meanwhile are passed over. */
export function signalAll(paths: CgroupPaths, signal: NodeJS.Signals | number): void {
  for (const pid of pidsOf(paths)) signalOne(pid, signal);
}

/**
 * SIGKILL to all processes until the groups are empty: `cgroup.kill` (Linux 5.14) where there is one, which no fork can outrun,
 * else freeze, kill, thaw in turn.
 * @throws UserError when processes are still there after ten seconds (uninterruptible sleep).
 */
export async function killAll(paths: CgroupPaths): Promise<void> {
  const { "": unified, freezer } = paths;
  await until(
    () => {
      const isDone = unified !== undefined && tryWriteControl(`${unified}/cgroup.kill`, "1");
      if (isDone && pidsOf({ "": unified }).length === 0 && pidsOf(paths).length === 0) return true;
      if (pidsOf(paths).length === 0) return true;
      // A frozen v1 group keeps its signals for later, so what forks meanwhile is caught frozen and dies at the thaw.
      if (freezer !== undefined) tryWriteControl(`${freezer}/freezer.state`, "FROZEN");
      signalAll(paths, "SIGKILL");
      if (freezer !== undefined) tryWriteControl(`${freezer}/freezer.state`, "THAWED");
      return false;
    },
    () => `cannot end process ${pidsOf(paths).slice(0, 8).join(", ")}: still there after SIGKILL`,
  );
}

/**
 * Remove the groups with all groups below them; missing ones are fine.
 * @throws UserError when one stays busy for ten seconds.
 */
export async function removeCgroup(paths: CgroupPaths): Promise<void> {
  for (const directory of directoriesOf(paths))
    await until(
      () => [...groupsBelow(directory)].reverse().every(removeOne),
      () => `cannot remove control group "${directory}": it is busy`,
    );
}

/**
 * Stop all processes of the container where they are.
 * @throws UserError when the kernel has no freezer here, or cannot freeze within ten seconds.
 */
export async function freeze(paths: CgroupPaths): Promise<void> {
  await setFrozen(paths, true);
}

/** Let the container's processes go on. @throws UserError as `freeze` does. */
export async function thaw(paths: CgroupPaths): Promise<void> {
  await setFrozen(paths, false);
}

/** Whether all processes of the container stand still, whoever froze them; false where nothing could have. */
export function isFrozen(paths: CgroupPaths): boolean {
  const { "": unified, freezer } = paths;
  const look = (path: string): string | undefined => {
    const text = readControl(path);
    sawText(path, text);
    return text;
  };
  if (freezer !== undefined) return look(`${freezer}/freezer.state`)?.trim() === "FROZEN";
  return /^frozen 1$/m.test((unified && look(`${unified}/cgroup.events`)) ?? "");
}

/** The memory controller's counts, or absent where the container has none (or is gone). */
export function readMemoryEvents(paths: CgroupPaths): MemoryEvents | undefined {
  const { "": unified, memory } = paths;
  const text =
    memory === undefined
      ? unified && readControl(`${unified}/memory.events`)
      : readControl(`${memory}/memory.oom_control`);
  const count = /^oom_kill (\d+)$/m.exec(text ?? "")?.[1];
  return count === undefined ? undefined : { oomKills: Number(count) };
}

async function setFrozen(paths: CgroupPaths, frozen: boolean): Promise<void> {
  const { "": unified, freezer } = paths;
  const verb = frozen ? "freeze" : "thaw";
  const [file, value] =
    freezer !== undefined
      ? [`${freezer}/freezer.state`, frozen ? "FROZEN" : "THAWED"]
      : [unified === undefined ? undefined : `${unified}/cgroup.freeze`, frozen ? "1" : "0"];
  if (file === undefined || !tryWriteControl(file, value))
    throw new UserError(`cannot ${verb} the container: it has no freezer`, {
      hint: "start it where the freezer (cgroup v1) or cgroup v2 is mounted and may be written",
    });
  let tries = 0;
  try {
    await until(
      () => {
        if (frozen ? isFrozen(paths) : !isPaused(paths)) return true;
        // freezer-subsystem.rst: a v1 group that stays FREEZING is nudged by writing again; one that forks all the
        // while is let go for a moment, so that what waits for a frozen process comes to a point where it can freeze.
        if (freezer !== undefined) {
          if (frozen && ++tries % 50 === 0) tryWriteControl(file, "THAWED");
          tryWriteControl(file, value);
        }
        return false;
      },
      () => `cannot ${verb} the container within ${PATIENCE_MS / 1000} seconds`,
    );
  } catch (error) {
    if (frozen) tryWriteControl(file, freezer === undefined ? "0" : "THAWED");
    throw error;
  }
}

/** Joint controllers and named hierarchies may share a directory; the unified one comes first, for its `cgroup.kill`. */
function directoriesOf(paths: CgroupPaths): readonly string[] {
  return [...new Set(Object.values(paths))];
}

/** The directory and all below it, parents first. Nothing when it does not exist. */
function* groupsBelow(directory: string): Generator<string> {
  const queue: { readonly path: string; readonly depth: number }[] = [
    { path: directory, depth: 0 },
  ];
  let count = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    let names: readonly string[];
    try {
      names = readdirSync(next.path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    } catch (error) {
      if (isGone(error)) continue;
      throw error;
    }
    count += 1;
    if (count > MAX_GROUPS || next.depth > MAX_DEPTH)
      throw new UserError(`control group "${directory}" has too many groups below it`);
    yield next.path;
    for (const name of names) queue.push({ path: `${next.path}/${name}`, depth: next.depth + 1 });
  }
}

/** `cgroup.procs`; a threaded v2 group answers EOPNOTSUPP and its processes are listed above it. */
function readPids(group: string): readonly number[] {
  return (readControl(`${group}/cgroup.procs`) ?? "")
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

function signalOne(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error) || error.code !== "ESRCH") throw error;
  }
}

function removeOne(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (isGone(error)) return true;
    if (isErrno(error) && (error.code === "EBUSY" || error.code === "ENOTEMPTY")) return false;
    throw error;
  }
}

const isSameOrBelow = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(`${parent}/`);

/** Ask until the answer is yes; the kernel frees groups and ends processes in its own time. */
async function until(isDone: () => boolean, failure: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isDone()) {
    if (performance.now() > end) throw new UserError(failure());
    await delay(INTERVAL_MS);
  }
}
