/** Commands on the control groups of a container that exists: pause, resume, update. */
import { readdirSync } from "node:fs";
import { UserError } from "../base/error.ts";
import type { Resources } from "../oci/runtime-config.ts";
import { readCgroupFacts } from "./cgroup/detect.ts";
import { readControl } from "./cgroup/files.ts";
import { type CgroupPaths, checkPaths, freeze, thaw } from "./cgroup/manage.ts";
import { isPaused } from "./cgroup/paused.ts";
import { type Json, readStats } from "./cgroup/stats.ts";
import { applyWrites, enableControllers, planUpdate } from "./cgroup/update.ts";
import type { DeviceUpdate } from "./cgroup/update-devices.ts";
import { type ContainerRecord, isAlive, type Store } from "./store.ts";
import type { RdtSchemas } from "./update-flags.ts";

/** Stop all processes of a container where they are. @throws UserError when it is not running, or already paused. */
export async function pauseContainer(store: Store, id: string): Promise<void> {
  await store.locked(id, async () => {
    const record = readLive(store, id);
    if (isPaused(record.cgroupPaths))
      throw new UserError("container not running", {
        where: id,
        cause: new Error("it is paused already"),
      });
    await freeze(record.cgroupPaths);
  });
}

/** Let a paused container go on. @throws UserError when it is not paused. */
export async function resumeContainer(store: Store, id: string): Promise<void> {
  await store.locked(id, async () => {
    const record = store.read(id);
    if (!isAlive(record.process) || !isPaused(record.cgroupPaths))
      throw new UserError("container not paused", {
        where: id,
        hint: "tguard state shows how it is",
      });
    checkPaths(record.cgroupPaths);
    await thaw(record.cgroupPaths);
  });
}

/**
 * Give a container other limits. Either all hold afterwards, or those from before; its state keeps what was asked.
 * @throws UserError
 */
export async function updateContainer(
  store: Store,
  id: string,
  resources: Resources,
  rdt: RdtSchemas,
): Promise<readonly string[]> {
  return store.locked(id, async () => {
    const record = readLive(store, id);
    const facts = readCgroupFacts({ resources });
    const { writes, notes, full } = planUpdate(resources, facts, record.cgroupPaths, readControl);
    const devices = await planDevices(resources, record.cgroupPaths);
    const schemata =
      rdt.l3 === undefined && rdt.memoryBandwidth === undefined
        ? []
        : (await import("./rdt-update.ts")).planSchemata(closOf(store, id), rdt);
    if (record.unit !== undefined) {
      const { updateUnit } = await import("./systemd/scope.ts");
      await updateUnit(record.unit, full);
    }
    enableControllers(writes, record.cgroupPaths[""]);
    applyWrites([...writes, ...devices.writes, ...schemata]);
    if (devices.program !== undefined) {
      const { runOnHost } = await import("./host-plan.ts");
      await runOnHost([{ op: "bpf_replace", at: "/linux/resources/devices", ...devices.program }]);
    }
    const config = store.readConfig(id);
    store.replaceConfig(id, {
      ...config,
      linux: { ...config.linux, resources: merge(config.linux?.resources, resources) },
    });
    return notes;
  });
}

/** The resctrl group that the container is in: its own, unless config.json names one (config-linux.md#intelrdt). */
function closOf(store: Store, id: string): string {
  const name = store.readConfig(id).linux?.intelRdt?.["closID"];
  return typeof name === "string" && name !== "" && !name.includes("/") ? name : id;
}

async function planDevices(resources: Resources, paths: CgroupPaths): Promise<DeviceUpdate> {
  if (resources.devices === undefined) return { writes: [] };
  const { planDeviceUpdate } = await import("./cgroup/update-devices.ts");
  return planDeviceUpdate(resources, paths, readControl);
}

/** The `data` of a `stats` event. @throws UserError when the container is stopped. */
export function statsOf(store: Store, id: string): Json {
  const { cgroupPaths } = readLive(store, id);
  return readStats(cgroupPaths, {
    read: readControl,
    list: (directory) => readdirSync(directory),
  });
}

/** The record of a container that has a process, with groups that are proven to be some. */
export function readLive(store: Store, id: string): ContainerRecord {
  const record = store.read(id);
  if (!isAlive(record.process))
    throw new UserError("container not running", {
      where: id,
      cause: new Error("it is stopped"),
    });
  if (Object.keys(record.cgroupPaths).length === 0)
    throw new UserError(`container "${id}" has no control group`, {
      cause: new Error("it was started where its user may not make any"),
      hint: "start it as root, or where control groups are delegated to you",
    });
  checkPaths(record.cgroupPaths);
  return record;
}

/** Later limits replace earlier ones, member by member. */
function merge(old: Resources | undefined, now: Resources): Resources {
  const result: Record<string, unknown> = { ...old };
  for (const [name, value] of Object.entries(now)) {
    const before = result[name];
    const isPlain = (item: unknown): item is object =>
      typeof item === "object" && item !== null && !Array.isArray(item);
    result[name] = isPlain(before) && isPlain(value) ? { ...before, ...value } : value;
  }
  return result as Resources;
}
