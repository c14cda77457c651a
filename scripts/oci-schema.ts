/**
 * The JSON schema that config.json is checked against: the runtime specification's own schemas (src/oci/schema),
 * joined into one document and made as strict as the specification's text and the kernel are.
 */
import { readFileSync } from "node:fs";
import { CAPABILITIES, RLIMITS } from "../src/oci/names.ts";

/** A JSON schema as plain data; `expected` is our own keyword: how to name the value in a message. */
export type Schema = { [key: string]: unknown };

/** Version of the runtime specification that src/oci/schema was copied from. */
export const SPEC_VERSION = "1.3.0";

/**
 * What the prose of the specification or the kernel demands and the schemas do not, by JSON pointer into the joined schema.
 * Each entry is merged into the object found there; `undefined` takes a key away.
 */
const CHANGES: readonly (readonly [pointer: string, change: Schema])[] = [
  // Other platforms, whose schemas are not copied.
  [
    "/properties",
    { solaris: undefined, windows: undefined, vm: undefined, zos: undefined, freebsd: undefined },
  ],
  ["/properties/process/properties", { commandLine: undefined }],
  // config.md#annotations: keys MUST NOT be an empty string; the schema's pattern skips them, and lets any value pass there.
  [
    "/definitions/mapStringString",
    { patternProperties: undefined, additionalProperties: { type: "string" } },
  ],
  // chown(2), setresuid(2): 2^32-1 is not an id, it means "do not change".
  ["/definitions/UID", { $ref: undefined, type: "integer", minimum: 0, maximum: 4294967294 }],
  ["/definitions/GID", { $ref: undefined, type: "integer", minimum: 0, maximum: 4294967294 }],
  // umask(2): only the permission bits are used.
  ["/definitions/Umask", { $ref: undefined, ...permissionBits() }],
  // podman 4 writes stat(2)'s st_mode, with the type of the file in it.
  [
    "/definitions/FileMode",
    { ...permissionBits(), maximum: 0o177777, not: { minimum: 0o1000, maximum: 0o7777 } },
  ],
  // ioctl_tty(2), struct winsize: unsigned short.
  ["/properties/process/properties/consoleSize/properties/height", ushort()],
  ["/properties/process/properties/consoleSize/properties/width", ushort()],
  // proc(5), /proc/[pid]/oom_score_adj.
  ["/properties/process/properties/oomScoreAdj", { minimum: -1000, maximum: 1000 }],
  // config.md#posix-process: valid values are those of getrlimit(2).
  [
    "/properties/process/properties/rlimits/items/properties/type",
    { pattern: undefined, enum: RLIMITS },
  ],
  ["/properties/process/properties/execCPUAffinity/properties/initial", cpuList()],
  ["/properties/process/properties/execCPUAffinity/properties/final", cpuList()],
  // config.md#linux-process: valid values are those of capabilities(7).
  ...["bounding", "permitted", "effective", "inheritable", "ambient"].map(
    (set): [string, Schema] => [
      `/properties/process/properties/capabilities/properties/${set}`,
      { $ref: undefined, type: "array", items: { type: "string", enum: CAPABILITIES } },
    ],
  ),
  // config-linux.md#rootfs-mount-propagation names four values. containerd's CRI plug-in and moby write the recursive
  // forms too, runc and crun take them: without them a Kubernetes volume with mountPropagation would not start.
  [
    "/definitions/RootfsPropagation",
    {
      enum: [
        "private",
        "shared",
        "slave",
        "unbindable",
        "rprivate",
        "rshared",
        "rslave",
        "runbindable",
      ],
    },
  ],
  // config-linux.md#devices.
  ["/definitions/FileType", { pattern: undefined, enum: ["c", "b", "u", "p"] }],
  // config-linux.md#allowed-device-list.
  ["/definitions/DeviceCgroup/properties/type", { enum: ["a", "c", "b"] }],
  [
    "/definitions/DeviceCgroup/properties/access",
    { pattern: "^[rwm]*$", expected: 'a composition of "r", "w" and "m"' },
  ],
  // config-linux.md#memory: -1 means unlimited; swappiness is from 0 to 100.
  ...["kernel", "kernelTCP", "limit", "reservation", "swap"].map((key): [string, Schema] => [
    `/definitions/linux/properties/resources/properties/memory/properties/${key}`,
    {
      $ref: undefined,
      type: "integer",
      minimum: -1,
      maximum: 2 ** 63,
      expected: "a number of bytes, or -1 for no limit",
    },
  ]),
  [
    "/definitions/linux/properties/resources/properties/memory/properties/swappiness",
    { $ref: "#/definitions/percent" },
  ],
  [
    "/definitions/linux/properties/resources/properties/hugepageLimits/items/properties/pageSize",
    { expected: 'a page size such as "64KB", "2MB" or "1GB"' },
  ],
  // seccomp(2): a system call has six arguments; seccomp_rule_add(3) takes errno values up to 4095 (MAX_ERRNO).
  [
    "/definitions/SyscallArg/properties/index",
    { $ref: undefined, type: "integer", minimum: 0, maximum: 5 },
  ],
  // time_namespaces(7): nanoseconds are from 0 to 999,999,999, clocks are monotonic and boottime.
  [
    "/definitions/TimeOffsets/properties/nanosecs",
    { $ref: undefined, type: "integer", minimum: 0, maximum: 999_999_999 },
  ],
  ["/definitions/linux/properties/timeOffsets", { additionalProperties: false }],
  [
    "/definitions/linux/properties/intelRdt/properties/memBwSchema",
    { expected: 'one line that starts with "MB:"' },
  ],
];

/** JSON has no octal numbers: 666 for 0666 is the usual mistake. */
function permissionBits(): Schema {
  const expected = "permission bits as a decimal number from 0 to 511 (octal 0777)";
  return { type: "integer", minimum: 0, maximum: 0o777, expected };
}

function ushort(): Schema {
  return { $ref: undefined, type: "integer", minimum: 0, maximum: 65535 };
}

function cpuList(): Schema {
  return { expected: 'a list of CPUs such as "0-3,7"' };
}

/** Read, join and tighten the schemas of config.json. */
export function ociConfigSchema(): Schema {
  const { definitions } = read("defs.json");
  const { definitions: linuxDefinitions } = read("defs-linux.json");
  const { linux } = read("config-linux.json");
  const schema: Schema = {
    ...read("config-schema.json"),
    definitions: { ...object(definitions), ...object(linuxDefinitions), linux },
  };
  for (const [pointer, change] of CHANGES) apply(schema, pointer, change);
  return schema;
}

function read(file: string): Schema {
  const url = new URL(`../src/oci/schema/${file}`, import.meta.url);
  return object(localRefs(JSON.parse(readFileSync(url, "utf8"))));
}

/** Copy without prose, with every reference pointing into the joined document. */
function localRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localRefs);
  if (typeof value !== "object" || value === null) return value;
  const { anyOf: branches } = value as Schema;
  // `namespaces` wraps its only alternative in an anyOf, which would blur every error in it.
  if (Array.isArray(branches) && branches.length === 1) return localRefs(branches[0]);
  const copy: Schema = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "$schema" || (key === "description" && typeof item === "string")) continue;
    copy[key] = key === "$ref" ? localRef(String(item)) : localRefs(item);
  }
  return copy;
}

function localRef(ref: string): string {
  return `#/definitions/${ref.slice(ref.lastIndexOf("/") + 1)}`;
}

function apply(schema: Schema, pointer: string, change: Schema): void {
  let target = schema;
  for (const key of pointer.slice(1).split("/")) target = object(target[key], pointer);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) delete target[key];
    else target[key] = value;
  }
}

function object(value: unknown, pointer = "schema"): Schema {
  if (typeof value !== "object" || value === null) throw new Error(`no object at ${pointer}`);
  return value as Schema;
}
