import type { Device, DeviceRule } from "../../oci/runtime-config.ts";
import { hasController, isRootless, linuxOf, resourcesOf, type Work } from "./work.ts";

/** Cut devices, tasks and memory to what the policy allows. */
export function hardenResources(work: Work): void {
  cutDeviceNodes(work);
  cutDeviceRules(work);
  cutPids(work);
  cutMemory(work);
}

/** A set of device numbers: `undefined` stands for any. */
interface DeviceSet {
  readonly type: "b" | "c" | undefined;
  readonly major: number | undefined;
  readonly minor: number | undefined;
}

function parsePattern(text: string): DeviceSet {
  // policy.schema.json proves the form.
  const [type, numbers = ""] = text.split(" ");
  const [major, minor] = numbers
    .split(":")
    .map((part) => (part === "*" ? undefined : Number(part)));
  return { type: type === "b" ? "b" : "c", major, minor };
}

function mayMeet(a: DeviceSet, b: DeviceSet): boolean {
  const meets = <T>(x: T | undefined, y: T | undefined): boolean =>
    x === undefined || y === undefined || x === y;
  return meets(a.type, b.type) && meets(a.major, b.major) && meets(a.minor, b.minor);
}

function isWithin(inner: DeviceSet, outer: DeviceSet): boolean {
  const within = <T>(x: T | undefined, y: T | undefined): boolean => y === undefined || x === y;
  return (
    within(inner.type, outer.type) &&
    within(inner.major, outer.major) &&
    within(inner.minor, outer.minor)
  );
}

function isDenied(work: Work, set: DeviceSet): boolean {
  const { deny, except } = work.policy.devices;
  if (!deny.some((text) => mayMeet(set, parsePattern(text)))) return false;
  return !except.some((text) => isWithin(set, parsePattern(text)));
}

function cutDeviceNodes(work: Work): void {
  const before = work.config.linux?.devices;
  if (before === undefined) return;
  const isGone = (device: Device): boolean => {
    if (device.type === "p") return false; // a FIFO
    const { major, minor } = device;
    return isDenied(work, { type: device.type === "b" ? "b" : "c", major, minor });
  };
  for (const [i, device] of before.entries()) {
    if (!isGone(device)) continue;
    work.changes.push({
      pointer: `/linux/devices/${i}`,
      before: device,
      after: undefined,
      why: "such a device reaches past the container to the host's disks or kernel",
      rule: "R16",
    });
  }
  const after = before.filter((device) => !isGone(device));
  if (after.length < before.length) linuxOf(work).devices = after;
}

function setOf(rule: DeviceRule): DeviceSet {
  // -1 is the old way to say "any" (runtime-spec, config-linux.md#allowed-device-list).
  const number = (n: number | undefined): number | undefined =>
    n === undefined || n < 0 ? undefined : n;
  const type = rule.type === "a" ? undefined : rule.type;
  return { type, major: number(rule.major), minor: number(rule.minor) };
}

function isDenyAll(rule: DeviceRule | undefined): boolean {
  if (rule === undefined || rule.allow) return false;
  const { type, major, minor } = setOf(rule);
  const access = rule.access ?? "rwm";
  const isAll = ["r", "w", "m"].every((letter) => access.includes(letter));
  return isAll && type === undefined && major === undefined && minor === undefined;
}

function cutDeviceRules(work: Work): void {
  if (work.policy.devices.deny.length === 0) return;
  // An ordinary user can neither make nor open devices that the host does not let him: no rules are needed, and none can be set.
  if (isRootless(work.facts) && work.config.linux?.resources?.devices === undefined) return;
  const before = work.config.linux?.resources?.devices ?? [];
  const isGone = (rule: DeviceRule): boolean => rule.allow && isDenied(work, setOf(rule));
  for (const [i, rule] of before.entries()) {
    if (!isGone(rule)) continue;
    work.changes.push({
      pointer: `/linux/resources/devices/${i}`,
      before: rule,
      after: undefined,
      why: "the rule opens devices that reach past the container to the host's disks or kernel",
      rule: "R16",
    });
  }
  const kept = before.filter((rule) => !isGone(rule));
  const closed: DeviceRule[] = isDenyAll(kept[0])
    ? kept
    : [{ allow: false, access: "rwm" }, ...kept];
  if (closed !== kept)
    work.changes.push({
      pointer: "/linux/resources/devices/0",
      before: undefined,
      after: closed[0],
      why: "what no rule names is closed",
      rule: "R16",
    });
  if (closed !== kept || kept.length < before.length)
    resourcesOf(work).devices = closed.map((rule) => ({ ...rule }));
}

function cutPids(work: Work): void {
  const max = work.policy.pidsLimit;
  if (max === undefined || cutUnified(work, "pids.max", max, "unlimited-pids")) return;
  const before = work.config.linux?.resources?.pids?.limit;
  // -1 means no limit; 0 too for older runtimes, for newer ones that there is one task (runc 1.4): 1 means that to all.
  const after = before === undefined || before < 0 || before > max ? max : Math.max(1, before);
  if (after === before) return;
  if (before === undefined && !hasController(work.facts, "pids")) {
    work.notes.push(`not enforced: at most ${max} tasks, for lack of a control group to set it in`);
    return;
  }
  work.changes.push({
    pointer: "/linux/resources/pids/limit",
    before,
    after,
    why: "a fork bomb must end in the container",
    rule: "unlimited-pids",
  });
  resourcesOf(work).pids = { limit: after };
}

function cutMemory(work: Work): void {
  const max = memoryMax(work);
  if (max === undefined || cutUnified(work, "memory.max", max, "R19")) return;
  const memory = work.config.linux?.resources?.memory;
  const before = memory?.limit;
  // The spec wants swap (memory and swap together) not below the limit.
  const room = (memory?.swap ?? -1) > 0 ? Math.min(max, memory?.swap ?? max) : max;
  if (before !== undefined && before >= 0 && before <= max) return;
  if (before === undefined && !hasController(work.facts, "memory")) {
    work.notes.push(`not enforced: at most ${max} bytes of memory, for lack of a control group`);
    return;
  }
  work.changes.push({
    pointer: "/linux/resources/memory/limit",
    before,
    after: room,
    why: "a leak must end the container, not the machine",
    rule: "R19",
  });
  const reservation = memory?.reservation;
  resourcesOf(work).memory = {
    ...memory,
    limit: room,
    ...(reservation !== undefined && reservation > room ? { reservation: room } : {}),
  };
}

/** A limit that is set by its cgroup v2 file name counts instead of the field's (config-linux.md#unified); false when there is none. */
function cutUnified(work: Work, file: string, max: number, rule: string): boolean {
  const unified = work.config.linux?.resources?.unified;
  const before = unified?.[file];
  if (before === undefined) return false;
  if (/^\d{1,16}$/.test(before) && Number(before) <= max) return true;
  work.changes.push({
    pointer: `/linux/resources/unified/${file}`,
    before,
    after: String(max),
    why: `profile ${work.policy.name} allows no more`,
    rule,
  });
  resourcesOf(work).unified = { ...unified, [file]: String(max) };
  return true;
}

function memoryMax(work: Work): number | undefined {
  const { memoryLimit } = work.policy;
  if (memoryLimit === undefined || typeof memoryLimit === "number") return memoryLimit;
  const total = work.facts.memoryTotalBytes;
  if (total === undefined) {
    work.notes.push(`not enforced: at most ${memoryLimit} of the memory, its size is not known`);
    return undefined;
  }
  const mebibyte = 1 << 20;
  return (
    Math.max(1, Math.floor((total * Number.parseInt(memoryLimit, 10)) / 100 / mebibyte)) * mebibyte
  );
}
