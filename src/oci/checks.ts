/**
 * What the specification or the kernel demands of config.json and a JSON schema cannot say: how entries fit together.
 * Every check takes the document as it is and passes over what has the wrong type; the schema has told that already.
 */
import { posix } from "node:path";
import { checkMappings, checkUserNamespace } from "./idmap-checks.ts";
import {
  at,
  count,
  integer,
  items,
  members,
  type Namespaces,
  type Place,
  type Report,
  text,
} from "./place.ts";
import type { NamespaceType } from "./runtime-config.ts";
import { checkScheduling } from "./scheduling-checks.ts";
import { sysctlNamespace, sysctlPath } from "./sysctl.ts";
import { describe, pointerTo, quote, type Violation, violation } from "./violation.ts";

/** All violations that the checks of this file find. */
export function crossChecks(value: unknown): readonly Violation[] {
  const config: Place = { pointer: "", value };
  const found: Violation[] = [];
  const report: Report = (place, expected, sentence, what = describe(place.value, false)) => {
    found.push(violation(place.pointer, expected, what, sentence));
  };
  const namespaces = readNamespaces(config);
  checkStrings(value, report);
  checkVersion(at(config, "ociVersion"), report);
  checkRoot(at(config, "root"), report);
  checkProcess(at(config, "process"), report);
  checkMounts(at(config, "mounts"), report);
  checkHooks(at(config, "hooks"), report);
  checkScheduling(config, report);
  // config.md#annotations.
  for (const [key, place] of members(at(config, "annotations")))
    if (key === "") report(place, "a key with a name", "needs a key that is not empty");

  const linux = at(config, "linux");
  checkNamespaces(linux, report);
  checkNamespaceUse(config, namespaces, report);
  checkUserNamespace(config, namespaces, report);
  checkSysctl(at(linux, "sysctl"), namespaces, report);
  for (const key of ["maskedPaths", "readonlyPaths"])
    for (const path of items(at(linux, key))) checkAbsolute(path, report);
  checkDevices(linux, report);
  checkNetDevices(at(linux, "netDevices"), report);
  checkCgroupsPath(at(linux, "cgroupsPath"), report);
  checkSeccomp(at(linux, "seccomp"), report);
  return found;
}

function readNamespaces(config: Place): Namespaces {
  const found = new Map<string, "new" | "joined">();
  for (const item of items(at(config, "linux", "namespaces"))) {
    const type = text(at(item, "type"));
    const isNew = at(item, "path").value === undefined;
    if (type !== undefined && !found.has(type)) found.set(type, isNew ? "new" : "joined");
  }
  return found;
}

/** `String.prototype.isWellFormed` (ES2024) is in Node 20 and Bun, but not in the types of ES2023. */
function isWellFormed(string: string): boolean {
  return (string as string & { isWellFormed(): boolean }).isWellFormed();
}

/** A quick answer for the usual case; `true` means that a closer look is due. */
function mayHaveBadString(root: unknown): boolean {
  try {
    // JSON.stringify escapes both kinds, in lower case.
    return /\\u(?:0000|d[89a-f])/.test(JSON.stringify(root));
  } catch (error) {
    // Nested beyond the engine's stack.
    if (error instanceof RangeError) return true;
    throw error;
  }
}

/** execve(2), mount(2), …: a path or argument ends at its first NUL byte, and is bytes, so UTF-16 must be well-formed. */
function checkStrings(root: unknown, report: Report): void {
  if (!mayHaveBadString(root)) return;
  interface Visit {
    readonly value: unknown;
    readonly key: string;
    readonly parent: Visit | undefined;
  }
  const placeOf = (visit: Visit): Place => {
    const keys: string[] = [];
    for (let up: Visit | undefined = visit; up?.parent !== undefined; up = up.parent)
      keys.push(up.key);
    return { pointer: keys.reduceRight(pointerTo, ""), value: visit.value };
  };
  const fault = (string: string): string | undefined => {
    if (string.includes("\0")) return "a NUL byte";
    return isWellFormed(string) ? undefined : "half of a surrogate pair";
  };
  // A loop, not recursion: nesting has no bound here.
  const open: Visit[] = [{ value: root, key: "", parent: undefined }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { value, key } = visit;
    const inKey = fault(key);
    if (inKey !== undefined)
      report(placeOf(visit), "a clean key", `has ${inKey} in its name`, quote(key));
    if (typeof value === "string") {
      const inValue = fault(value);
      if (inValue !== undefined)
        report(
          placeOf(visit),
          "a clean string",
          `must not contain ${inValue}, found ${quote(value)}`,
        );
    } else if (typeof value === "object" && value !== null) {
      for (const [name, item] of Object.entries(value))
        open.push({ value: item, key: name, parent: visit });
    }
  }
}

// https://semver.org, "Is there a suggested regular expression", with dots in pre-release and build parts not counted.
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** config.md#specification-version: compatible within a major version. */
function checkVersion(place: Place, report: Report): void {
  const version = text(place);
  if (version === undefined) return;
  const major = SEMVER.exec(version)?.[1];
  if (major === undefined) report(place, 'a version such as "1.2.0"');
  else if (major !== "1") report(place, "a version 1.x of the runtime specification");
}

/** config.md#root: REQUIRED on all platforms but Windows. */
function checkRoot(root: Place, report: Report): void {
  if (root.value === undefined)
    report(root, "an object", 'is missing: it must be an object such as {"path": "rootfs"}');
  if (at(root, "path").value === "") report(at(root, "path"), "a path");
}

function checkProcess(process: Place, report: Report): void {
  const cwd = at(process, "cwd");
  checkAbsolute(cwd, report);
  checkNoProcLink(cwd, report);
  const args = at(process, "args");
  if (Array.isArray(args.value) && args.value.length === 0)
    // config.md#process: one or more entries.
    report(args, "a program and its arguments");
  if (at(args, 0).value === "") report(at(args, 0), "the name or path of a program");
  checkNoProcLink(at(args, 0), report);

  // config.md#process: same semantics as `environ` of IEEE Std 1003.1-2008.
  for (const entry of items(at(process, "env")))
    if ((text(entry)?.indexOf("=") ?? 1) < 1) report(entry, 'a string of the form "NAME=value"');
  checkRlimits(at(process, "rlimits"), report);
}

/**
 * CVE-2024-21626: a descriptor that leaked into the container, reached as /proc/self/fd/N, was a way to the host.
 * A program has no need to be started from such a link.
 */
function checkNoProcLink(place: Place, report: Report): void {
  if (hasProcLink(text(place) ?? ""))
    report(place, "a path that does not go through a link of /proc");
}

/** Below /proc `..` is not taken away: after such a link it leads on from the link's target. */
function hasProcLink(path: string): boolean {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.some((part, index) => {
    if (part !== "proc" || posix.join("/", ...parts.slice(0, index)) !== "/") return false;
    const rest = `/${parts.slice(index + 1).join("/")}/`;
    return /\/(?:self|thread-self|\d+)\/(?:.*\/)?(?:fd|cwd|root|exe|map_files)\//.test(rest);
  });
}

/** config.md#posix-process: duplicates are an error; setrlimit(2): EINVAL when soft is above hard. */
function checkRlimits(rlimits: Place, report: Report): void {
  const seen = new Set<string>();
  for (const rlimit of items(rlimits)) {
    const type = text(at(rlimit, "type"));
    if (type !== undefined && seen.has(type))
      report(at(rlimit, "type"), "a limit that is set once", `sets ${quote(type)} a second time`);
    if (type !== undefined) seen.add(type);
    const [soft, hard] = [integer(at(rlimit, "soft")), integer(at(rlimit, "hard"))];
    if (soft !== undefined && hard !== undefined && soft > hard)
      report(at(rlimit, "soft"), `at most the hard limit (${hard})`);
  }
}

/** config.md#mounts. */
function checkMounts(mounts: Place, report: Report): void {
  for (const mount of items(mounts)) {
    checkAbsolute(at(mount, "destination"), report);
    const [uids, gids] = [at(mount, "uidMappings"), at(mount, "gidMappings")];
    // config.md#linux-mount-options: uidMappings MUST be specified along with gidMappings.
    for (const [one, other] of [[uids, gids] as const, [gids, uids] as const])
      if (count(one) > 0 && count(other) === 0)
        report(other, "the other half of the id mapping", `is missing: ${one.pointer} is set`);
    checkMappings(uids, report);
    checkMappings(gids, report);
  }
}

/** config.md#posix-platform-hooks. */
function checkHooks(hooks: Place, report: Report): void {
  for (const [, kind] of members(hooks))
    for (const hook of items(kind)) {
      checkAbsolute(at(hook, "path"), report);
      for (const entry of items(at(hook, "env")))
        if ((text(entry)?.indexOf("=") ?? 1) < 1)
          report(entry, 'a string of the form "NAME=value"');
    }
}

/** config-linux.md#namespaces: no type twice, paths are absolute. */
function checkNamespaces(linux: Place, report: Report): void {
  const seen = new Set<string>();
  for (const item of items(at(linux, "namespaces"))) {
    const type = text(at(item, "type"));
    if (type !== undefined && seen.has(type))
      report(
        item,
        "a namespace that is listed once",
        `lists the ${quote(type)} namespace a second time`,
        quote(type),
      );
    if (type !== undefined) seen.add(type);
    checkAbsolute(at(item, "path"), report);
  }
}

/** Settings that would change the host if the container shared its namespace. */
function checkNamespaceUse(config: Place, namespaces: Namespaces, report: Report): void {
  const linux = at(config, "linux");
  const needs: readonly (readonly [Place, NamespaceType])[] = [
    // config.md#hostname, #domainname: need a UTS namespace of the container's own.
    [at(config, "hostname"), "uts"],
    [at(config, "domainname"), "uts"],
    [at(config, "mounts"), "mount"],
    [at(linux, "maskedPaths"), "mount"],
    [at(linux, "readonlyPaths"), "mount"],
    // config-linux.md#network-devices.
    [at(linux, "netDevices"), "network"],
    // time_namespaces(7).
    [at(linux, "timeOffsets"), "time"],
  ];
  for (const [place, type] of needs)
    if (!isEmpty(place.value) && !namespaces.has(type)) reportNamespace(place, type, report);
  // time_namespaces(7): offsets can be set before the first process enters, so not where others are.
  if (!isEmpty(at(linux, "timeOffsets").value) && namespaces.get("time") === "joined")
    report(
      at(linux, "timeOffsets"),
      "a new time namespace",
      "needs a new time namespace; the one that /linux/namespaces joins has its offsets already",
    );
}

function reportNamespace(place: Place, type: NamespaceType, report: Report): void {
  report(
    place,
    `a "${type}" namespace in /linux/namespaces`,
    `needs a ${type} namespace, or it would change the host: add {"type": "${type}"} to /linux/namespaces`,
  );
}

/** config-linux.md#sysctl; what is not a namespace's own would change the host, so it is refused. */
function checkSysctl(sysctl: Place, namespaces: Namespaces, report: Report): void {
  for (const [name, place] of members(sysctl)) {
    const path = sysctlPath(name);
    const type = path === undefined ? undefined : sysctlNamespace(path);
    if (type === undefined)
      report(
        place,
        "a sysctl of a namespace",
        "is not a sysctl that belongs to a namespace: only net.*, fs.mqueue.*, System V IPC and the names of the uts namespace do",
        quote(name),
      );
    else if (!namespaces.has(type)) reportNamespace(place, type, report);
  }
}

/** config-linux.md#devices, #allowed-device-list. */
function checkDevices(linux: Place, report: Report): void {
  for (const device of items(at(linux, "devices"))) {
    const path = at(device, "path");
    checkAbsolute(path, report);
    if (text(path)?.split("/").includes("..")) report(path, 'a path without ".."');
    const isFifo = text(at(device, "type")) === "p";
    for (const key of ["major", "minor"]) {
      const number = at(device, key);
      if (number.value === undefined && !isFifo)
        report(number, "a device number", "is missing: every device but a FIFO needs it");
      // makedev(3), include/linux/kdev_t.h: 12 bits of major, 20 of minor.
      const most = key === "major" ? 0xfff : 0xfffff;
      const value = integer(number);
      if (value !== undefined && (value < 0 || value > most) && !isFifo)
        report(number, `a number from 0 to ${most}`);
    }
  }
  for (const rule of items(at(linux, "resources", "devices")))
    for (const key of ["major", "minor"]) {
      const number = integer(at(rule, key));
      if (number !== undefined && (number < -1 || number > 0xffffffff))
        report(at(rule, key), "a device number, or -1 for all");
    }
}

/** config-linux.md#network-devices; dev_valid_name() in net/core/dev.c. */
function checkNetDevices(netDevices: Place, report: Report): void {
  const isName = (name: string): boolean =>
    /^[^\s/:]{1,15}$/.test(name) && name !== "." && name !== "..";
  const expected = "a network device name of 1 to 15 characters without space, slash and colon";
  for (const [name, device] of members(netDevices)) {
    if (!isName(name)) report(device, expected, `must be ${expected}`, quote(name));
    const renamed = text(at(device, "name"));
    if (renamed !== undefined && !isName(renamed)) report(at(device, "name"), expected);
  }
}

/** config-linux.md#cgroups-path. Neither a path nor systemd's `slice:prefix:name` may climb out of its hierarchy. */
function checkCgroupsPath(place: Place, report: Report): void {
  if (text(place)?.split(/[/:]/).includes("..")) report(place, 'a path without ".."');
}

/** The largest number that an action can carry; 0 for none. config-linux.md#seccomp, seccomp_rule_add(3). */
const MAX_ERRNO: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_TRAP: 0,
  // include/linux/err.h.
  SCMP_ACT_ERRNO: 4095,
  // SECCOMP_RET_DATA has 16 bits.
  SCMP_ACT_TRACE: 65535,
  SCMP_ACT_ALLOW: 0,
  SCMP_ACT_LOG: 0,
  SCMP_ACT_NOTIFY: 0,
};

/** config-linux.md#seccomp. */
function checkSeccomp(seccomp: Place, report: Report): void {
  checkErrno(at(seccomp, "defaultErrnoRet"), at(seccomp, "defaultAction"), report);
  checkAbsolute(at(seccomp, "listenerPath"), report);
  const syscalls = items(at(seccomp, "syscalls"));
  for (const syscall of syscalls)
    checkErrno(at(syscall, "errnoRet"), at(syscall, "action"), report);

  const actions = [
    at(seccomp, "defaultAction"),
    ...syscalls.map((syscall) => at(syscall, "action")),
  ];
  const notify = actions.find(({ value }) => value === "SCMP_ACT_NOTIFY");
  // Without a listener every such call fails with ENOSYS: seccomp_unotify(2).
  if (notify !== undefined && at(seccomp, "listenerPath").value === undefined)
    report(notify, "an action that needs no listener", "needs /linux/seccomp/listenerPath");
}

function checkErrno(errno: Place, action: Place, report: Report): void {
  const name = text(action) ?? "";
  const most = Object.hasOwn(MAX_ERRNO, name) ? MAX_ERRNO[name] : undefined;
  const number = integer(errno);
  if (most === undefined || number === undefined) return;
  if (most === 0) report(errno, "absent", `must be left out, because ${name} returns no errno`);
  else if (number > most) report(errno, `a number from 0 to ${most}`);
}

function checkAbsolute(place: Place, report: Report): void {
  const path = text(place);
  if (path !== undefined && !path.startsWith("/")) report(place, "an absolute path");
}

/** Nothing to apply: absent, `""`, `[]` or `{}`, which engines write for "not set". */
function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === "";
}
