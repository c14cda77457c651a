import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { isErrno } from "../base/error.ts";
import { sawReal } from "../base/look.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import { type HostFacts, rootfsFacts } from "../sys/host.ts";
import { isBind } from "./bind.ts";
import type { CgroupFacts } from "./cgroup/detect.ts";
import type { HardenFacts } from "./harden/work.ts";
import type { Policy } from "./policy-model.ts";

/** The part of a policy that says which facts matter. */
export type FactsPolicy = Pick<Policy, "writable" | "apparmorProfile">;

/**
 * Gather the facts that `harden` asks for; looks at the root filesystem and at the sources of bind mounts, nothing else.
 * @param cgroups undefined where they are not known: limits count as possible.
 */
export function hardenFactsOf(
  bundle: { readonly dir: string; readonly rootfs: string; readonly config: RuntimeConfig },
  policy: FactsPolicy,
  host: HostFacts,
  cgroups: CgroupFacts | undefined,
): HardenFacts {
  const isRoot = host.euid === 0;
  // Looked up only where they are used: root writes its maps itself.
  const hasTools = !isRoot && host.newuidmap !== undefined && host.newgidmap !== undefined;
  const probe = policy.writable.map(({ path }) => path);
  const rootfs = rootfsFacts(bundle.rootfs, host.kernelRelease, probe);
  const controllers = cgroups && usableControllers(cgroups);
  return {
    key: bundle.dir,
    bundleDir: bundle.dir,
    euid: host.euid,
    egid: host.egid,
    subuid: hasTools ? host.subuid : [],
    subgid: hasTools ? host.subgid : [],
    inUserNamespace: host.inUserNamespace,
    uidMap: host.uidMap,
    gidMap: host.gidMap,
    // Only root of the machine's own user namespace may idmap its filesystems (mount_setattr(2)).
    rootfs: { ...rootfs, idmapSupported: rootfs.idmapSupported && isRoot && !host.inUserNamespace },
    cgroupsUsable: controllers === undefined || controllers.length > 0,
    ...(controllers === undefined ? {} : { controllers }),
    lastCap: host.lastCap,
    memoryTotalBytes: host.memoryTotalBytes,
    // Asked for by few policies, and a file read.
    apparmorEnabled: policy.apparmorProfile !== undefined && host.apparmorEnabled,
    sources: bindSources(bundle.dir, bundle.config),
  };
}

/** Controllers of the hierarchies that we may make groups in. */
export function usableControllers({ v1, unified }: CgroupFacts): readonly string[] {
  return [
    ...v1.filter(({ writable }) => writable).flatMap(({ controllers }) => controllers),
    ...(unified?.writable === true || unified?.delegated !== undefined ? unified.controllers : []),
  ];
}

function bindSources(dir: string, config: RuntimeConfig): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const mount of config.mounts ?? []) {
    if (!isBind(mount) || mount.source === undefined) continue;
    const path = resolve(dir, mount.source);
    try {
      const real = realpathSync.native(path);
      sawReal(path, real);
      sources.set(mount.source, real);
    } catch (error) {
      // Missing or not ours to look at: the mount itself will say so; its path is judged as written.
      if (!isErrno(error)) throw error;
      sawReal(path, undefined);
    }
  }
  return sources;
}
