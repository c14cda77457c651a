import type { NamespaceType } from "./runtime-config.ts";

// ipc_namespaces(7): the parameters that each IPC namespace has for itself.
const IPC: ReadonlySet<string> = new Set([
  "kernel.auto_msgmni",
  "kernel.msg_next_id",
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.sem_next_id",
  "kernel.shm_next_id",
  "kernel.shm_rmid_forced",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
]);

// uts_namespaces(7).
const UTS: ReadonlySet<string> = new Set(["kernel.domainname", "kernel.hostname"]);

/**
 * Path components below /proc/sys of a sysctl's name, as sysctl(8) reads it: if the first separator is a dot, dots
 * separate and a slash stands for a dot in a name (`net.ipv4.conf.eth0/1.forwarding`), otherwise slashes separate.
 *
 * @returns `undefined` for a name that leads nowhere or out of /proc/sys.
 */
export function sysctlPath(name: string): readonly string[] | undefined {
  if (!/^[A-Za-z0-9_@:+./-]+$/.test(name)) return undefined;
  const isDotted = /[./]/.exec(name)?.[0] !== "/";
  const parts = isDotted
    ? name.split(".").map((part) => part.replaceAll("/", "."))
    : name.split("/");
  const isSafe = parts.length > 1 && parts.every((part) => part !== "" && !/^\.+$/.test(part));
  return isSafe ? parts : undefined;
}

/**
 * The namespace that keeps a sysctl to the container, `undefined` when it would change the whole host.
 * The path is one that `sysctlPath` gave.
 */
export function sysctlNamespace(path: readonly string[]): NamespaceType | undefined {
  const name = path.join(".");
  if (path[0] === "net") return "network";
  if (IPC.has(name) || (path[0] === "fs" && path[1] === "mqueue" && path.length > 2)) return "ipc";
  return UTS.has(name) ? "uts" : undefined;
}
