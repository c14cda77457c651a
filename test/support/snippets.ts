import type { BundleModel } from "../../src/audit/bundle/model.ts";
import { parseBundleConfig } from "../../src/audit/bundle/parse.ts";
import type { ImageModel } from "../../src/audit/image/model.ts";
import { parseImage } from "../../src/audit/image/parse.ts";
import { MEDIA_TYPES } from "../../src/image/image-spec.ts";

/** A small bundle that no rule finds anything in; snippets change it. */
const CLEAN_BUNDLE = {
  ociVersion: "1.2.0",
  root: { path: "rootfs", readonly: true },
  process: {
    cwd: "/",
    args: ["/bin/app"],
    env: ["PATH=/bin"],
    user: { uid: 0, gid: 0 },
    noNewPrivileges: true,
    capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
  },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "ro"] },
  ],
  linux: {
    namespaces: ["pid", "network", "ipc", "uts", "mount", "user", "cgroup"].map((type) => ({
      type,
    })),
    uidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
    gidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
    resources: { devices: [{ allow: false, access: "rwm" }], pids: { limit: 256 } },
    seccomp: {
      defaultAction: "SCMP_ACT_ERRNO",
      architectures: ["SCMP_ARCH_X86_64"],
      syscalls: [{ names: ["read", "write", "exit_group"], action: "SCMP_ACT_ALLOW" }],
    },
    maskedPaths: [
      "/proc/acpi",
      "/proc/kcore",
      "/proc/keys",
      "/proc/latency_stats",
      "/proc/sched_debug",
      "/proc/scsi",
      "/proc/timer_list",
      "/sys/firmware",
    ],
    readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  },
};

/** A small image that no rule finds anything in, and the date that it is audited at. */
const CLEAN_IMAGE = {
  created: "2026-01-01T00:00:00Z",
  architecture: "amd64",
  os: "linux",
  config: {
    User: "1000:1000",
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
    Cmd: ["/bin/app"],
    WorkingDir: "/app",
  },
  rootfs: { type: "layers", diff_ids: [] as string[] },
  history: [] as unknown[],
};
const AUDITED_AT = "2026-02-01T00:00:00Z";

/** RFC 7396, JSON merge patch: objects are merged, null removes, everything else replaces. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const merged: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  return merged;
}

/**
 * A bundle made of a clean one and a JSON merge patch (RFC 7396) of its config.json, in the directory `/bundle`.
 * @throws UserError when the result is not a valid config.json.
 */
export function bundleModelFromSnippet(json: string): BundleModel {
  const config = mergePatch(CLEAN_BUNDLE, JSON.parse(json));
  return parseBundleConfig(JSON.stringify(config, undefined, 2), {
    displayName: "bundle",
    path: "bundle/config.json",
    directory: "/bundle",
  });
}

/**
 * An image made of a clean one and a JSON merge patch (RFC 7396) of its config. Two further keys stand for what
 * surrounds the config: `repoTags` (names of the image) and `mediaType` (of the config; Docker's by default).
 * @throws UserError when the result is not a valid image config.
 */
export function imageModelFromSnippet(json: string): ImageModel {
  const { repoTags = [], mediaType = MEDIA_TYPES.dockerConfig, ...patch } = JSON.parse(json);
  return parseImage(
    {
      configText: JSON.stringify(mergePatch(CLEAN_IMAGE, patch)),
      configPath: "image.tar",
      configDigest: `sha256:${"0".repeat(64)}`,
      configMediaType: mediaType,
      layers: [],
      repoTags,
    },
    { displayName: "docker-archive:image.tar", auditedAt: AUDITED_AT },
  );
}
