import { posix } from "node:path";
import type { Mount } from "../../oci/runtime-config.ts";
import type { BundleModel } from "./model.ts";

/** A bind mount of the config, its source as an absolute path without `..`, `/var/run` written as `/run`. */
export interface BindMount {
  readonly mount: Mount;
  readonly source: string;
  /** JSON pointer of the source. */
  readonly pointer: string;
  readonly isReadonly: boolean;
  /** True when the source lies in the bundle directory: it is the bundle's own. */
  readonly isInBundle: boolean;
}

/** The bind mounts of a bundle, in order (runtime-spec, config.md#mounts: `bind` or `rbind` makes one). */
export function bindMounts({ config, directory }: BundleModel): readonly BindMount[] {
  return (config.mounts ?? []).flatMap((mount, i) => {
    const options = mount.options ?? [];
    const isBind = mount.type === "bind" || options.includes("bind") || options.includes("rbind");
    if (!isBind || mount.source === undefined) return [];
    const absolute = posix.resolve(directory, mount.source);
    return [
      {
        mount,
        source: absolute.replace(/^\/var\/run(?=\/|$)/, "/run"),
        pointer: `/mounts/${i}/source`,
        // The last of them counts, as for mount(8).
        isReadonly: /^r?ro$/.test(options.findLast((o) => /^r?(?:ro|rw)$/.test(o)) ?? ""),
        isInBundle: isWithin(absolute, directory),
      },
    ];
  });
}

/** True when `path` is `directory` or lies below it; both absolute and normal. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** True for a socket that starts containers, by the name that it has wherever it is. */
export function isEngineSocket(path: string): boolean {
  return /\/(?:docker|containerd|crio|podman|buildkitd|cri-dockerd)\.sock$/.test(path);
}

/** Where engines put their sockets: their documentation and unit files. */
export const engineSockets: readonly string[] = [
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/podman/podman.sock",
  "/run/buildkit/buildkitd.sock",
  "/run/cri-dockerd.sock",
];
