import { readFileSync } from "node:fs";
import { isErrno } from "../../base/error.ts";

/**
 * Whether the container's processes were told to stand still: v1 freezer, or v2's `cgroup.freeze`. A file or two, without
 * what working on groups needs: `state` asks this each time.
 */
export function isPaused(paths: Readonly<Record<string, string>>): boolean {
  const { "": unified, freezer } = paths;
  // FREEZING: a process of the group does not stop yet, but none can start.
  if (freezer !== undefined) return /^(FROZEN|FREEZING)$/m.test(read(`${freezer}/freezer.state`));
  return unified !== undefined && read(`${unified}/cgroup.freeze`).trim() === "1";
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error) && ["ENOENT", "ENODEV", "ENOTDIR"].includes(error.code ?? "")) return "";
    throw error;
  }
}
