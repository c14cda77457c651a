/** New device rules for a container that runs. On v1 only what differs is written, on v2 a program takes the old one's place. */
import type { Resources } from "../../oci/runtime-config.ts";
import { type DeviceExceptions, formatAccess, planDevicePolicy, toExceptions } from "./devices.ts";
import { compileDevices, encodeInstructions } from "./devices-ebpf.ts";
import type { CgroupPaths } from "./manage.ts";
import type { ReadControl, UpdateWrite } from "./update.ts";

/** The v1 writes, or the v2 program (`bpf_replace`'s instructions). */
export interface DeviceUpdate {
  readonly writes: readonly UpdateWrite[];
  readonly program?: { readonly path: string; readonly insns: Uint8Array };
}

/** @throws UserError for a rule that no kernel can hold. */
export function planDeviceUpdate(
  { devices = [] }: Resources,
  paths: CgroupPaths,
  read: ReadControl,
): DeviceUpdate {
  const policy = planDevicePolicy({ ociVersion: "1.0.0", linux: { resources: { devices } } });
  const { devices: v1, "": v2 } = paths;
  if (v1 !== undefined)
    return { writes: transition(v1, read(`${v1}/devices.list`) ?? "", toExceptions(policy)) };
  return v2 === undefined
    ? { writes: [] }
    : { writes: [], program: { path: v2, insns: encodeInstructions(compileDevices(policy)) } };
}

/**
 * From the present list to the wanted one. Starting over with "a" would deny the workload its /dev/null for a moment, so
 * that is done only when the default itself changes; else what is no longer allowed goes, then what is new comes.
 */
function transition(directory: string, list: string, wanted: DeviceExceptions): UpdateWrite[] {
  const at = "/linux/resources/devices";
  const write = (file: string, value: string): UpdateWrite => ({
    at,
    path: `${directory}/${file}`,
    value,
    optional: false,
  });
  const entries = new Map(
    wanted.exceptions.map(({ type, major, minor, access }) => [
      `${type} ${major}:${minor}`,
      access,
    ]),
  );
  const present = parseList(list);
  const rule = (key: string, access: number): string => `${key} ${formatAccess(access)}`;
  if (present === undefined || wanted.defaultAllow) {
    const [reset, then] = wanted.defaultAllow
      ? ["devices.allow", "devices.deny"]
      : ["devices.deny", "devices.allow"];
    return [
      write(reset, "a"),
      ...[...entries].map(([key, access]) => write(then, rule(key, access))),
    ];
  }
  const less = [...present].flatMap(([key, access]) => {
    const gone = access & ~(entries.get(key) ?? 0);
    return gone === 0 ? [] : [write("devices.deny", rule(key, gone))];
  });
  const more = [...entries].flatMap(([key, access]) => {
    const added = access & ~(present.get(key) ?? 0);
    return added === 0 ? [] : [write("devices.allow", rule(key, added))];
  });
  return [...less, ...more];
}

/** devices.list of a group that denies by default; undefined for one that allows ("a *:* rwm" and no exceptions shown). */
function parseList(text: string): ReadonlyMap<string, number> | undefined {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([abc]) ([0-9*]+:[0-9*]+) ([rwm]+)$/.exec(line);
    if (match === null) continue;
    const [, type = "", numbers = "", letters = ""] = match;
    if (type === "a") return undefined;
    const access =
      (letters.includes("m") ? 1 : 0) |
      (letters.includes("r") ? 2 : 0) |
      (letters.includes("w") ? 4 : 0);
    found.set(`${type} ${numbers}`, access);
  }
  return found;
}
