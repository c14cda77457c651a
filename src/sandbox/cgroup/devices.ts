/**
 * Device rules of config.json (config-linux.md#allowed-device-list), put into the one form that the v1 files and the v2 program are made from.
 * Meaning of a list of rules: every requested access bit is decided by the last rule that matches the device and names the bit.
 */

import { UserError } from "../../base/error.ts";
import type { RuntimeConfig } from "../../oci/runtime-config.ts";

/** Access bits as the kernel numbers them (BPF_DEVCG_ACC_* of linux/bpf.h, DEVCG_ACC_* of device_cgroup.h). */
export const ACCESS_MKNOD = 1;
export const ACCESS_READ = 2;
export const ACCESS_WRITE = 4;
export const ACCESS_ALL: number = ACCESS_MKNOD | ACCESS_READ | ACCESS_WRITE;

/** A checked rule; an absent `type`, `major` or `minor` matches all. */
export interface CheckedRule {
  readonly allow: boolean;
  readonly type?: "b" | "c";
  readonly major?: number;
  readonly minor?: number;
  /** Bits of ACCESS_*. */
  readonly access: number;
  /** JSON pointer into config.json. */
  readonly at: string;
}

/** All rules that apply to a container, first to last, starting from `deny everything` (R16). */
export interface DevicePolicy {
  readonly defaultAllow: boolean;
  readonly rules: readonly CheckedRule[];
}

/** A v1 list: one default and its exceptions, of which none contradicts another. */
export interface DeviceExceptions {
  readonly defaultAllow: boolean;
  readonly exceptions: readonly {
    readonly type: "b" | "c";
    readonly major: number | "*";
    readonly minor: number | "*";
    readonly access: number;
    readonly at: string;
  }[];
}

/** linux/kdev_t.h: 12 bits of major and 20 bits of minor number. */
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xfffff;
/** More rules than any real configuration has; keeps the v2 program far below the kernel's limit of a million instructions. */
const MAX_RULES = 4096;

/** config-linux.md#default-devices with their numbers from admin-guide/devices.txt: null zero full random urandom tty console ptmx, and the ptys. */
const DEFAULT_DEVICES: readonly (readonly [major: number, minor: number | undefined])[] = [
  [1, 3],
  [1, 5],
  [1, 7],
  [1, 8],
  [1, 9],
  [5, 0],
  [5, 1],
  [5, 2],
  [136, undefined],
];
const DEFAULT_RULES: readonly CheckedRule[] = DEFAULT_DEVICES.map(([major, minor]) => ({
  allow: true,
  type: "c",
  major,
  ...(minor === undefined ? {} : { minor }),
  access: ACCESS_ALL,
  at: "",
}));

/**
 * The rules of a container: everything denied, then the configuration's rules in order, then the default devices (as runc and crun append them),
 * unless the configuration opens everything, where they would only undo its denials.
 * Nodes in `linux.devices` may be made (mknod). runc and crun allow mknod of every device to every container (runc#1623), so that an image's
 * build or a package's installation can unpack nodes; here only a process that was given CAP_MKNOD has that. A node opens nothing: reading and
 * writing it stay denied.
 * With no rules at all the denial is ours alone, so the nodes that `linux.devices` asks for are allowed as well.
 * @throws UserError for a rule that no kernel can hold.
 */
export function planDevicePolicy(config: RuntimeConfig): DevicePolicy {
  const asked = config.linux?.resources?.devices ?? [];
  if (asked.length > MAX_RULES)
    throw new UserError(`${asked.length} device rules are more than the ${MAX_RULES} supported`, {
      where: "config.json /linux/resources/devices",
    });
  const rules: CheckedRule[] = asked.map((rule, index) => {
    const at = `/linux/resources/devices/${index}`;
    const type = rule.type === "a" ? undefined : rule.type;
    const major = checkNumber(rule.major, MAX_MAJOR, `${at}/major`);
    const minor = checkNumber(rule.minor, MAX_MINOR, `${at}/minor`);
    if (rule.type === "a" && (major !== undefined || minor !== undefined))
      throw new UserError('a device rule of type "a" is for all devices and takes no numbers', {
        where: `config.json ${at}`,
        hint: 'write two rules, of type "c" and "b"',
      });
    return {
      allow: rule.allow,
      ...(type === undefined ? {} : { type }),
      ...(major === undefined ? {} : { major }),
      ...(minor === undefined ? {} : { minor }),
      access: parseAccess(rule.access, `${at}/access`),
      at,
    };
  });
  for (const [index, device] of (config.linux?.devices ?? []).entries()) {
    if (device.type === "p" || device.major === undefined || device.minor === undefined) continue;
    rules.push({
      allow: true,
      type: device.type === "b" ? "b" : "c",
      major: device.major,
      minor: device.minor,
      access: asked.length === 0 ? ACCESS_ALL : ACCESS_MKNOD,
      at: `/linux/devices/${index}`,
    });
  }
  const policy = simplify({ defaultAllow: false, rules });
  return policy.defaultAllow
    ? policy
    : { defaultAllow: false, rules: [...policy.rules, ...DEFAULT_RULES, ...nodeRules(config)] };
}

const NODE_RULES: readonly CheckedRule[] = (["b", "c"] as const).map((type) => ({
  allow: true,
  type,
  access: ACCESS_MKNOD,
  at: "/process/capabilities/bounding",
}));

const nodeRules = (config: RuntimeConfig): readonly CheckedRule[] =>
  config.process?.capabilities?.bounding?.includes("CAP_MKNOD") === true ? NODE_RULES : [];

/** Whether the kernel shall let a process do `access` (bits) to a device: the plain meaning of a policy, which the program and the tests are held against. */
export function isAccessAllowed(
  policy: DevicePolicy,
  device: { readonly type: "b" | "c"; readonly major: number; readonly minor: number },
  access: number,
): boolean {
  return [ACCESS_MKNOD, ACCESS_READ, ACCESS_WRITE]
    .filter((bit) => (access & bit) !== 0)
    .every((bit) => {
      const rule = policy.rules.findLast(
        (candidate) => matchesDevice(candidate, device) && (candidate.access & bit) !== 0,
      );
      return rule?.allow ?? policy.defaultAllow;
    });
}

/**
 * A policy as a v1 list. cgroup-v1/devices.rst: `devices.deny` does not cut a hole into an allowed range (the kernel
 * answers such a write with success and does nothing), so a policy that needs one is refused.
 * @throws UserError naming the rule that v1 cannot hold.
 */
export function toExceptions(policy: DevicePolicy): DeviceExceptions {
  const found = new Map<string, DeviceExceptions["exceptions"][number]>();
  for (const rule of policy.rules)
    for (const type of rule.type === undefined ? (["b", "c"] as const) : [rule.type]) {
      const major = rule.major ?? "*";
      const minor = rule.minor ?? "*";
      const key = `${type} ${major}:${minor}`;
      if (rule.allow !== policy.defaultAllow) {
        const access = (found.get(key)?.access ?? 0) | rule.access;
        found.set(key, { type, major, minor, access, at: rule.at });
        continue;
      }
      for (const [other, exception] of found) {
        const isApart =
          exception.type !== type ||
          (major !== "*" && exception.major !== "*" && exception.major !== major) ||
          (minor !== "*" && exception.minor !== "*" && exception.minor !== minor) ||
          (exception.access & rule.access) === 0;
        if (isApart) continue;
        const isCovered =
          (major === "*" || major === exception.major) &&
          (minor === "*" || minor === exception.minor);
        if (!isCovered)
          throw new UserError(
            `cgroup v1 cannot ${rule.allow ? "allow" : "deny"} device "${key}" inside "${other}", which an earlier rule ${rule.allow ? "denies" : "allows"}`,
            {
              where: `config.json ${rule.at === "" ? exception.at : rule.at}`,
              hint: "list the single devices instead of the range",
            },
          );
        const access = exception.access & ~rule.access;
        if (access === 0) found.delete(other);
        else found.set(other, { ...exception, access });
      }
    }
  return { defaultAllow: policy.defaultAllow, exceptions: [...found.values()] };
}

/** "rwm" in the order in which the kernel prints it. */
export function formatAccess(access: number): string {
  return `${access & ACCESS_READ ? "r" : ""}${access & ACCESS_WRITE ? "w" : ""}${access & ACCESS_MKNOD ? "m" : ""}`;
}

/** Drop what a rule for all devices and all accesses makes unreachable: it becomes the default. */
function simplify(policy: DevicePolicy): DevicePolicy {
  const last = policy.rules.findLastIndex(
    (rule) =>
      rule.type === undefined &&
      rule.major === undefined &&
      rule.minor === undefined &&
      rule.access === ACCESS_ALL,
  );
  const reset = policy.rules[last];
  return reset === undefined
    ? policy
    : { defaultAllow: reset.allow, rules: policy.rules.slice(last + 1) };
}

function matchesDevice(
  rule: CheckedRule,
  device: { readonly type: "b" | "c"; readonly major: number; readonly minor: number },
): boolean {
  return (
    (rule.type === undefined || rule.type === device.type) &&
    (rule.major === undefined || rule.major === device.major) &&
    (rule.minor === undefined || rule.minor === device.minor)
  );
}

/** -1 means "all", as runc and crun read it. */
function checkNumber(value: number | undefined, limit: number, at: string): number | undefined {
  if (value === undefined || value === -1) return undefined;
  if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
  throw new UserError(`device number ${value} is outside 0 to ${limit}`, {
    where: `config.json ${at}`,
  });
}

function parseAccess(text: string | undefined, at: string): number {
  if (text === undefined || text === "") return ACCESS_ALL;
  let access = 0;
  for (const letter of text) {
    const bit = { r: ACCESS_READ, w: ACCESS_WRITE, m: ACCESS_MKNOD }[letter];
    if (bit === undefined)
      throw new UserError(`device access "${text}" is not made of the letters r, w and m`, {
        where: `config.json ${at}`,
      });
    access |= bit;
  }
  return access;
}
