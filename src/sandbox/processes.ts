import { readdirSync, readlinkSync } from "node:fs";
import { isErrno, UserError } from "../base/error.ts";
import { checkPaths, pidsOf } from "./cgroup/manage.ts";
import { type ContainerRecord, isAlive } from "./store.ts";

/**
 * Process ids of the container as this pid namespace numbers them, ascending: those in its control groups, or without
 * groups (an ordinary user's) those in its pid namespace.
 */
export function processesOf(record: ContainerRecord): readonly number[] {
  if (Object.keys(record.cgroupPaths).length > 0) {
    checkPaths(record.cgroupPaths);
    return pidsOf(record.cgroupPaths);
  }
  if (record.process === undefined || !isAlive(record.process)) return [];
  const { pid } = record.process;
  const namespace = namespaceOf(pid);
  // In our own namespace nothing tells the container's processes from others.
  return namespace === undefined || namespace === namespaceOf(process.pid)
    ? [pid]
    : numbers().filter((other) => namespaceOf(other) === namespace);
}

/** Send a signal to each of them; how many there were. @throws UserError when it is not allowed. */
export function signalProcesses(record: ContainerRecord, signal: number): number {
  let reached = 0;
  for (const pid of processesOf(record)) {
    try {
      process.kill(pid, signal);
      reached += 1;
    } catch (cause) {
      if (isErrno(cause) && cause.code === "ESRCH") continue; // it ended in between
      throw new UserError(`cannot send signal ${signal} to process ${pid}`, {
        cause,
        hint: "run as the user who started the container",
      });
    }
  }
  return reached;
}

function numbers(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** undefined when the process is gone, or another user's. */
function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch (error) {
    if (isErrno(error) && ["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code ?? ""))
      return undefined;
    throw error;
  }
}
