import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import type { IdMapping, RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import { formatIdMap } from "./idmap.ts";
import { isSelfMapped } from "./process.ts";

/**
 * Write the id maps of a process in a new user namespace, as an ordinary user: one's own id alone directly
 * (user_namespaces(7)), anything more through newuidmap(1) and newgidmap(1), which look into /etc/subuid and /etc/subgid.
 * @throws UserError that says which step is missing.
 */
export function writeIdMaps(pid: number, config: RuntimeConfig, host: HostFacts): void {
  const { uidMappings = [], gidMappings = [] } = config.linux ?? {};
  writeMap("uid", pid, uidMappings, host.newuidmap, host);
  if (isSelfMapped(gidMappings)) writeFileSync(`/proc/${pid}/setgroups`, "deny");
  writeMap("gid", pid, gidMappings, host.newgidmap, host);
}

function writeMap(
  kind: "uid" | "gid",
  pid: number,
  mappings: readonly IdMapping[],
  tool: string | undefined,
  host: HostFacts,
): void {
  const where = `config.json /linux/${kind}Mappings`;
  if (isSelfMapped(mappings) && mappings[0]?.hostID === (kind === "uid" ? host.euid : host.egid)) {
    try {
      writeFileSync(`/proc/${pid}/${kind}_map`, formatIdMap(mappings));
      return;
    } catch (cause) {
      throw new UserError(`cannot map your own ${kind} into the user namespace`, { where, cause });
    }
  }
  if (tool === undefined)
    throw new UserError(`mapping more than your own ${kind} needs new${kind}map`, {
      where,
      hint: "install the package uidmap, or map your own id alone",
    });
  const numbers = mappings.flatMap((m) => [m.containerID, m.hostID, m.size]).map(String);
  const { status, stderr, error } = spawnSync(tool, [String(pid), ...numbers], {
    encoding: "utf8",
  });
  if (status === 0) return;
  throw new UserError(`${tool} refused the ${kind} mappings`, {
    where,
    cause:
      error ?? new Error(stderr.trim().replaceAll("\n", "; ") || `it ended with status ${status}`),
    hint: `check that /etc/sub${kind} gives ${host.userName ?? `user ${host.euid}`} these ids`,
  });
}
