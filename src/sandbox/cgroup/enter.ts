import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { isErrno, UserError } from "../../base/error.ts";
import { sawText } from "../../base/look.ts";
import type { Groups } from "../plan-exec.ts";
import type { CgroupPaths } from "./manage.ts";

/**
 * Control groups that a process joins: the container's own, or with `--cgroup` (`path`, `controller,…:path`) one below.
 * A v2 group that has controllers enabled for groups below takes no process (cgroups(7), "no internal processes"): then
 * the one that the container's own process has moved to.
 * @throws UserError for a path that leaves the container's group, or a controller that it does not have.
 */
export function groupsOf(paths: CgroupPaths, asked: readonly string[], pid: number): Groups {
  const below = parseAsked(asked, paths);
  const directories = Object.fromEntries(
    Object.entries(paths).map(([controller, path]) => [
      controller,
      posix.join(path, below.get(controller) ?? below.get(ALL) ?? ""),
    ]),
  );
  const { "": unified, ...v1 } = directories;
  return {
    unified: unified !== undefined && unified === paths[""] ? leafOf(unified, pid) : unified,
    v1: [...new Set(Object.values(v1))],
  };
}

/** Key of a path that goes for all controllers. */
const ALL = "*";

function parseAsked(asked: readonly string[], paths: CgroupPaths): ReadonlyMap<string, string> {
  const below = new Map<string, string>();
  for (const entry of asked) {
    const colon = entry.indexOf(":");
    const names = colon <= 0 ? [ALL] : entry.slice(0, colon).split(",");
    const path = colon === -1 ? entry : entry.slice(colon + 1);
    for (const name of names) {
      if (name !== ALL && !Object.hasOwn(paths, name))
        throw new UserError(`unknown controller ${name} in cgroup ${JSON.stringify(entry)}`, {
          where: "--cgroup",
          hint: `the container has ${Object.keys(paths).filter(Boolean).join(", ") || "cgroup v2"}`,
        });
      if (path.split("/").includes(".."))
        throw new UserError(`bad sub cgroup path ${JSON.stringify(path)}`, {
          where: "--cgroup",
          cause: new Error("it would lead out of the container's control group"),
        });
      below.set(name, path);
    }
  }
  return below;
}

function leafOf(unified: string, pid: number): string {
  if (read(`${unified}/cgroup.subtree_control`)?.trim() === "") return unified;
  const current = /^0::(\/.*)$/m.exec(read(`/proc/${pid}/cgroup`) ?? "")?.[1];
  if (current === undefined) return unified;
  // The mount point is what our path has in front of the kernel's: find the one of them that the container's group ends with.
  const tail = longestCommon(unified, current);
  return tail === undefined ? unified : `${unified}${tail}`;
}

/** What `current` (below the hierarchy) adds to `unified` (absolute, of the container), or undefined when it is elsewhere. */
function longestCommon(unified: string, current: string): string | undefined {
  const parts = current.split("/").slice(1);
  for (let length = parts.length; length > 0; length--)
    if (unified.endsWith(`/${parts.slice(0, length).join("/")}`)) {
      const rest = parts.slice(length);
      return rest.length === 0 || rest.includes("..") ? undefined : `/${rest.join("/")}`;
    }
  return undefined;
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    sawText(path, text);
    return text;
  } catch (error) {
    if (!isErrno(error) || !["ENOENT", "ESRCH", "EACCES"].includes(error.code ?? "")) throw error;
    sawText(path, undefined);
    return undefined;
  }
}
