/**
 * New limits for a container that runs: the same table as for a start (limits.ts), seen from the values that are there.
 * `planUpdate` is pure, `applyWrites` does it; either all of the files have the new value afterwards, or none.
 */
import { UserError } from "../../base/error.ts";
import type { Resources } from "../../oci/runtime-config.ts";
import type { CgroupFacts } from "./detect.ts";
import { isGone, readControl, writeControl } from "./files.ts";
import { type Effect, limitsOf } from "./limits.ts";
import type { CgroupPaths } from "./manage.ts";

/** One file to be written, and the entry of the resources that asks for it. */
export interface UpdateWrite {
  readonly at: string;
  readonly path: string;
  readonly value: string;
  readonly optional: boolean;
}

/** What `planUpdate` asks of the container's present groups: a control file's text by its path. */
export type ReadControl = (path: string) => string | undefined;

/**
 * The writes that give the container these limits; what is absent (or 0, Go's "not set") stays as it is.
 * @throws UserError for a value that no kernel takes, or a limit that cannot be had here.
 */
export function planUpdate(
  resources: Resources,
  facts: CgroupFacts,
  paths: CgroupPaths,
  read: ReadControl,
): {
  readonly writes: readonly UpdateWrite[];
  readonly notes: readonly string[];
  /** The resources, completed from what is there. */
  readonly full: Resources;
} {
  const full = fillFromPresent(resources, paths, read);
  const writes: UpdateWrite[] = [];
  const notes: string[] = [];
  for (const limit of limitsFor(full, facts)) {
    const place = placeOf(limit.controller, facts, paths);
    const effect = place?.version === 2 || isUnified(paths) ? limit.v2 : limit.v1;
    refuse(limit.at, limit.controller, effect, place);
    if (effect.kind === "ignored") notes.push(`${limit.at} has no effect: ${effect.why}`);
    if (effect.kind !== "write" || place === undefined) continue;
    for (const { file, value, optional } of effect.writes)
      writes.push({
        at: limit.at,
        path: `${place.directory}/${file}`,
        value,
        optional: optional === true,
      });
  }
  if (resources.memory?.checkBeforeUpdate === true) checkUsage(full, paths, read);
  return { writes, notes, full };
}

/** The table's limits; what it refuses is told by its place in the resources. */
function limitsFor(resources: Resources, facts: CgroupFacts): ReturnType<typeof limitsOf> {
  try {
    return limitsOf(resources, facts);
  } catch (error) {
    const at =
      error instanceof UserError ? /^config\.json (\S+)$/.exec(error.where ?? "")?.[1] : undefined;
    if (!(error instanceof UserError) || at === undefined) throw error;
    throw new UserError(error.message, {
      where: placeIn(at),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

const placeIn = (at: string): string => `resources ${at.replace("/linux/resources", "")}`;

interface Place {
  readonly version: 1 | 2;
  readonly directory: string;
}

const isUnified = (paths: CgroupPaths): boolean =>
  Object.keys(paths).every((name) => name === "" || name.startsWith("name="));

function placeOf(controller: string, facts: CgroupFacts, paths: CgroupPaths): Place | undefined {
  const v1 = paths[controller];
  if (v1 !== undefined && controller !== "") return { version: 1, directory: v1 };
  const v2 = paths[""];
  const name = controller === "blkio" ? "io" : controller;
  return v2 !== undefined && (name === "cgroup" || facts.unified?.controllers.includes(name))
    ? { version: 2, directory: v2 }
    : undefined;
}

function refuse(at: string, controller: string, effect: Effect, place: Place | undefined): void {
  if (effect.kind === "write" && effect.writes.length > 0 && place === undefined)
    throw new UserError(`cannot set a ${controller} limit: the container has no such group`, {
      where: placeIn(at),
      hint: "start the container where that controller is mounted and delegated",
    });
  if (effect.kind === "unsupported")
    throw new UserError(`cannot set a ${controller} limit: ${effect.why}`, {
      where: placeIn(at),
    });
}

/**
 * What one file or one rule holds together is completed from what is there: quota and period (cpu.max takes both),
 * memory and swap (memory.swap.max counts swap alone). No memory limit means none for swap either, as runc has it.
 */
function fillFromPresent(resources: Resources, paths: CgroupPaths, read: ReadControl): Resources {
  return {
    ...resources,
    ...fillCpu(resources, paths, read),
    ...fillMemory(resources, paths, read),
  };
}

function fillCpu({ cpu }: Resources, paths: CgroupPaths, read: ReadControl): Resources {
  const group = paths["cpu"] === undefined ? paths[""] : undefined;
  const hasQuota = (cpu?.quota ?? 0) !== 0;
  const hasPeriod = (cpu?.period ?? 0) !== 0;
  if (group === undefined || hasQuota === hasPeriod) return {};
  const [quota = "max", period = "100000"] = (read(`${group}/cpu.max`) ?? "").trim().split(" ");
  return hasQuota
    ? { cpu: { ...cpu, period: Number(period) } }
    : { cpu: { ...cpu, quota: quota === "max" ? -1 : Number(quota) } };
}

function fillMemory({ memory }: Resources, paths: CgroupPaths, read: ReadControl): Resources {
  if (memory === undefined) return {};
  const { limit = 0, swap = 0 } = memory;
  if (limit < 0 && swap === 0) {
    const v1 = paths["memory"];
    const hasSwap = v1 === undefined || read(`${v1}/memory.memsw.limit_in_bytes`) !== undefined;
    return hasSwap ? { memory: { ...memory, swap: -1 } } : {};
  }
  const group = paths["memory"] === undefined ? paths[""] : undefined;
  if (group === undefined || swap <= 0 || limit !== 0) return {};
  const present = read(`${group}/memory.max`)?.trim();
  return present === undefined
    ? {}
    : { memory: { ...memory, limit: present === "max" ? -1 : Number(present) } };
}

/** config-linux.md#memory, checkBeforeUpdate: a limit below what is in use would have the kernel kill to reach it. */
function checkUsage({ memory = {} }: Resources, paths: CgroupPaths, read: ReadControl): void {
  const v1 = paths["memory"];
  const { limit = 0, swap = 0 } = memory;
  const check = (bytes: number, file: string, what: string, at: string): void => {
    const usage = Number(read(file) ?? "0");
    if (bytes > 0 && bytes <= usage)
      throw new UserError(`rejecting ${what} limit ${bytes} <= usage ${usage}`, {
        where: `resources /memory/${at}`,
        hint: "set a larger limit, or leave out checkBeforeUpdate to have the kernel make room",
      });
  };
  const memoryFile =
    v1 === undefined ? `${paths[""]}/memory.current` : `${v1}/memory.usage_in_bytes`;
  const sumFile = v1 === undefined ? memoryFile : `${v1}/memory.memsw.usage_in_bytes`;
  check(swap, sumFile, "memory+swap", "swap");
  check(limit, memoryFile, "memory", "limit");
}

/**
 * A start switches on the controllers that its limits need. Those of an update are switched on now, from the mount point
 * down: the groups above the container's hold no processes, so they may hand controllers down at any time.
 */
export function enableControllers(writes: readonly UpdateWrite[], group: string | undefined): void {
  if (group === undefined) return;
  const files = writes.filter(({ path }) => path.startsWith(`${group}/`));
  const wanted = new Set(files.map(({ path }) => path.slice(group.length + 1).split(".")[0] ?? ""));
  wanted.delete("cgroup");
  const has = words(readControl(`${group}/cgroup.controllers`));
  for (const controller of wanted) {
    if (has.includes(controller)) continue;
    const parts = group.split("/").slice(1, -1);
    for (const depth of parts.keys()) {
      const parent = `/${parts.slice(0, depth + 1).join("/")}`;
      const enabled = readControl(`${parent}/cgroup.subtree_control`);
      // What is above the mount point has no such file.
      if (enabled !== undefined && !words(enabled).includes(controller))
        writeControl(`${parent}/cgroup.subtree_control`, `+${controller}`);
    }
  }
}

const words = (text = ""): readonly string[] => text.split(/\s+/);

/**
 * Write all files, or put back what was there. A write that the kernel refuses because of another file's present value
 * (memory above memory and swap, burst above quota) is tried again after the others, as long as that gets any further.
 * @throws UserError naming the entry that the kernel refuses.
 */
export function applyWrites(writes: readonly UpdateWrite[]): void {
  const undo: { readonly path: string; readonly value: string }[] = [];
  let pending = writes;
  while (pending.length > 0) {
    const refused: { readonly write: UpdateWrite; readonly error: unknown }[] = [];
    for (const write of pending) {
      const before = readControl(write.path);
      try {
        writeControl(write.path, write.value);
        if (before !== undefined) undo.push({ path: write.path, value: undoValue(before) });
      } catch (error) {
        if (isGone(error) && write.optional) continue;
        refused.push({ write, error });
      }
    }
    const [first] = refused;
    if (first !== undefined && refused.length === pending.length) {
      restore(undo);
      throw cannotWrite(first.write, first.error);
    }
    pending = refused.map(({ write }) => write);
  }
}

/** A file with one value takes back what it showed; one with a line a device (io.max) keeps what was written last. */
const undoValue = (before: string): string => before.trim().split("\n").at(-1) ?? "";

function restore(undo: readonly { readonly path: string; readonly value: string }[]): void {
  let pending = [...undo].reverse();
  for (let left = pending.length + 1; pending.length < left; ) {
    left = pending.length;
    pending = pending.filter(({ path, value }) => {
      try {
        writeControl(path, value);
        return false;
      } catch {
        return true; // tried again after the others; what the kernel will not take back stays
      }
    });
  }
}

function cannotWrite({ at, path, value }: UpdateWrite, cause: unknown): UserError {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const directory = path.slice(0, path.lastIndexOf("/"));
  const isMemory = file === "memory.limit_in_bytes";
  const usage = isMemory ? readControl(`${directory}/memory.usage_in_bytes`)?.trim() : undefined;
  const peak = isMemory ? readControl(`${directory}/memory.max_usage_in_bytes`)?.trim() : undefined;
  return new UserError(
    usage === undefined
      ? `failed to write "${value}" to ${file}`
      : `unable to set memory limit to ${value} (current usage: ${usage}, peak usage: ${peak})`,
    {
      where: placeIn(at),
      cause,
      hint: "the limits that were there are kept; give a value that fits them",
    },
  );
}
