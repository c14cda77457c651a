import type { Mount } from "../oci/runtime-config.ts";

/** A bind mount, by type or by option (runtime-spec, config.md#mounts). */
export function isBind(mount: Pick<Mount, "type" | "options">): boolean {
  return mount.type === "bind" || (mount.options ?? []).some((o) => o === "bind" || o === "rbind");
}
