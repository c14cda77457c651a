import { UserError } from "../base/error.ts";
import type { IdMapping } from "../oci/runtime-config.ts";

/** The text of /proc/PID/uid_map or gid_map: one line a range (user_namespaces(7)). */
export function formatIdMap(mappings: readonly IdMapping[]): string {
  return mappings.map((m) => `${m.containerID} ${m.hostID} ${m.size}\n`).join("");
}

/** The host's id of a container's id; undefined when no range holds it. */
export function toHostId(mappings: readonly IdMapping[], id: number): number | undefined {
  const range = mappings.find((m) => id >= m.containerID && id - m.containerID < m.size);
  return range === undefined ? undefined : range.hostID + (id - range.containerID);
}

/** The container's id of a host's id; undefined when no range holds it. */
export function toContainerId(mappings: readonly IdMapping[], id: number): number | undefined {
  const range = mappings.find((m) => id >= m.hostID && id - m.hostID < m.size);
  return range === undefined ? undefined : range.containerID + (id - range.hostID);
}

/** Refuse an id that has no meaning in the user namespace: the kernel would only say EINVAL. */
export function requireMapped(
  mappings: readonly IdMapping[],
  id: number,
  what: string,
  where: string,
): void {
  if (toHostId(mappings, id) !== undefined) return;
  const ranges = mappings
    .map((m) => `${m.containerID} to ${m.containerID + m.size - 1}`)
    .join(", ");
  throw new UserError(`${what} ${id} is not mapped in the container's user namespace`, {
    where,
    cause: new Error(`the mapped ids are ${ranges}`),
    hint: "use a mapped id, or map more ids in linux.uidMappings and linux.gidMappings",
  });
}
