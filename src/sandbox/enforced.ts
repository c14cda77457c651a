import { readFileSync } from "node:fs";
import { CAPABILITIES } from "../oci/names.ts";
import { findNamespace } from "./namespaces.ts";
import type { Prepared } from "./prepare.ts";

/** One line of the report: what is enforced, and in whose words. */
export interface Enforced {
  readonly what: string;
  readonly value: string;
}

const NAMESPACE_NAMES = [
  ["mount", "mnt"],
  ["pid", "pid"],
  ["network", "net"],
  ["ipc", "ipc"],
  ["uts", "uts"],
  ["user", "user"],
  ["cgroup", "cgroup"],
  ["time", "time"],
] as const;

/**
 * What holds for a container that is set up and waits for exec: read back from the kernel (/proc/PID) where it shows it,
 * from the plan for what comes in the very last steps (the seccomp filter).
 */
export function readEnforced(prepared: Prepared, pid: number): readonly Enforced[] {
  const status = new Map(
    readFileSync(`/proc/${pid}/status`, "utf8")
      .split("\n")
      .map((line) => line.split(":\t", 2))
      .map(([key = "", value = ""]) => [key, value.trim()]),
  );
  const { config } = prepared;
  const filter = prepared.planned.plan.sections.container.find((op) => op.op === "seccomp");
  const landlock = prepared.planned.plan.sections.container.filter(
    (op) => op.op === "landlock_allow",
  ).length;
  const separate = NAMESPACE_NAMES.filter(
    ([type]) => findNamespace(config, type) !== undefined,
  ).map(([type]) => type);
  return [
    { what: "namespaces", value: separate.join(" ") || "none of its own" },
    { what: "user", value: describeUser(pid, status) },
    { what: "capabilities", value: describeCapabilities(status) },
    { what: "no_new_privs", value: status.get("NoNewPrivs") === "1" ? "on" : "OFF" },
    {
      what: "seccomp",
      value:
        filter?.op === "seccomp"
          ? `filter of ${filter.filter.length / 8} instructions, installed last`
          : "NO FILTER",
    },
    ...(landlock > 0
      ? [{ what: "landlock", value: `${landlock} paths allowed, all else denied` }]
      : []),
    { what: "root", value: describeRoot(pid) },
    { what: "hidden", value: describePaths(config.linux?.maskedPaths, "masked") },
    { what: "read-only", value: describePaths(config.linux?.readonlyPaths, "read-only") },
    { what: "limits", value: describeLimits(prepared) },
  ];
}

function describeUser(pid: number, status: ReadonlyMap<string, string>): string {
  const uid = status.get("Uid")?.split("\t")[0] ?? "?";
  const map = readFileSync(`/proc/${pid}/uid_map`, "utf8").trim().split("\n");
  const [inside, outside, size] = (map[0] ?? "").trim().split(/\s+/).map(Number);
  const isIdentity = inside === 0 && outside === 0 && size === 0xffff_ffff;
  return isIdentity
    ? `host uid ${uid}, no remapping`
    : `host uid ${uid}; ${map.length === 1 ? `uids ${inside} to ${(inside ?? 0) + (size ?? 0) - 1} are ${outside} and up on the host` : `${map.length} id ranges`}`;
}

function describeCapabilities(status: ReadonlyMap<string, string>): string {
  const names = (field: string): readonly string[] => {
    const mask = BigInt(`0x${status.get(field) ?? "0"}`);
    return CAPABILITIES.filter((_, i) => ((mask >> BigInt(i)) & 1n) === 1n).map((n) =>
      n.slice(4).toLowerCase(),
    );
  };
  const effective = names("CapEff");
  const bounding = names("CapBnd");
  const list = effective.length === 0 ? "none" : effective.join(" ");
  return `${list} (bounding set: ${bounding.length} of ${CAPABILITIES.length})`;
}

function describeRoot(pid: number): string {
  // mountinfo, proc(5): the container has just pivoted, so "/" is its root.
  const root = readFileSync(`/proc/${pid}/mountinfo`, "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .find((fields) => fields[4] === "/");
  const options = root?.[5]?.split(",") ?? [];
  return `${options.includes("ro") ? "read-only" : "WRITABLE"}${options.includes("idmapped") ? ", idmapped" : ""}`;
}

function describePaths(paths: readonly string[] | undefined, word: string): string {
  const list = paths ?? [];
  if (list.length === 0) return `no path is ${word}`;
  const shown = list.slice(0, 4).join(" ");
  return list.length > 4 ? `${shown} and ${list.length - 4} more` : shown;
}

function describeLimits(prepared: Prepared): string {
  const { resources } = prepared.config.linux ?? {};
  if (Object.keys(prepared.planned.cgroupPaths).length === 0) return "no control group";
  const parts = [
    ...((resources?.pids?.limit ?? 0) > 0 ? [`${resources?.pids?.limit} tasks`] : []),
    ...((resources?.memory?.limit ?? 0) > 0 ? [`${resources?.memory?.limit} bytes of memory`] : []),
    ...(resources?.cpu?.quota === undefined ? [] : ["cpu quota"]),
    "devices denied by default",
  ];
  return parts.join(", ");
}

/** The report as a block of aligned lines. */
export function formatEnforced(lines: readonly Enforced[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length));
  return [
    "tguard enforces:",
    ...lines.map(({ what, value }) => `  ${what.padEnd(width)}  ${value}`),
    "",
  ].join("\n");
}
