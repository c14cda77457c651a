/** Why this machine refuses user namespaces: which of its switches is off, and how to set it. */
import { readControl } from "./cgroup/files.ts";

/** A sysctl's text by its name; undefined where the kernel does not have it. */
export type ReadSysctl = (name: string) => string | undefined;

const SWITCHES = [
  // Debian's and Ubuntu's patch; since 2021 on by default.
  ["kernel.unprivileged_userns_clone", "0", "1"],
  // Ubuntu 23.10 and later: only programs with a profile that says "userns".
  ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
  // namespaces(7).
  ["user.max_user_namespaces", "0", "15000"],
] as const;

/** The switch that is off, as reason and remedy; a general answer when none of them is. */
export function userNamespaceAdvice(
  read: ReadSysctl = (name) => readControl(`/proc/sys/${name.replace(".", "/")}`),
): { readonly why: string; readonly hint: string } {
  for (const [name, off, on] of SWITCHES)
    if (read(name)?.trim() === off)
      return {
        why: `this machine does not let you make user namespaces: ${name} is ${off}`,
        hint:
          name === "kernel.apparmor_restrict_unprivileged_userns"
            ? `have root give tguard an AppArmor profile with "userns,", or set sysctl -w ${name}=${on}; or run as root`
            : `have root set sysctl -w ${name}=${on}, or run as root`,
      };
  return {
    why: "this machine does not let you make user namespaces",
    hint: "look for a container or a security module around you that forbids them, or run as root",
  };
}
