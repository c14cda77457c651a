import type { IdMapping, Linux, Mount, RuntimeConfig } from "./runtime-config.ts";
import { OCI_VERSION } from "./version.ts";

/** For whom the configuration is: `rootless` has the ids of the ordinary user who will start it. */
export interface SpecOptions {
  readonly rootless?: { readonly uid: number; readonly gid: number } | undefined;
}

// A shell can end its children and a service bind port 80; whoever needs more can say so.
const CAPABILITIES = ["CAP_KILL", "CAP_NET_BIND_SERVICE"] as const;

// The lists of runc and moby (oci/defaults.go): host information and switches that no namespace separates.
const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
] as const;

const READONLY_PATHS = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
] as const;

/**
 * The config.json that `tguard spec` writes: a shell in its own namespaces, read-only root, few capabilities.
 *
 * For an ordinary user it has a user namespace with the one id that needs no helper, and neither cgroup limits nor a
 * cgroup mount, which most systems do not let ordinary users make.
 */
export function defaultSpec({ rootless }: SpecOptions): RuntimeConfig {
  return {
    ociVersion: OCI_VERSION,
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ["sh"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: {
        bounding: CAPABILITIES,
        effective: CAPABILITIES,
        permitted: CAPABILITIES,
        inheritable: [],
        ambient: [],
      },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "tguard",
    mounts: mounts(rootless !== undefined),
    linux: linux(rootless),
  };
}

function linux(rootless: SpecOptions["rootless"]): Linux {
  const isolated = (["pid", "network", "ipc", "uts", "mount", "cgroup"] as const).map((type) => ({
    type,
  }));
  const paths = { maskedPaths: MASKED_PATHS, readonlyPaths: READONLY_PATHS };
  if (rootless === undefined)
    return {
      resources: { devices: [{ allow: false, access: "rwm" }], pids: { limit: 512 } },
      namespaces: isolated,
      ...paths,
    };
  // user_namespaces(7): one mapping of the writer's own id is the only one that needs no privilege.
  const own = (hostID: number): readonly IdMapping[] => [{ containerID: 0, hostID, size: 1 }];
  return {
    uidMappings: own(rootless.uid),
    gidMappings: own(rootless.gid),
    namespaces: [...isolated, { type: "user" }],
    ...paths,
  };
}

function mounts(isRootless: boolean): readonly Mount[] {
  const devpts = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      // Group 5 is tty in most images; with one mapped id there is no such group.
      options: isRootless ? devpts : [...devpts, "gid=5"],
    },
    {
      destination: "/dev/shm",
      type: "tmpfs",
      source: "shm",
      options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
    },
    {
      // The root is read-only, and hardly a program does without.
      destination: "/tmp",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "nodev", "mode=1777", "size=262144k"],
    },
    {
      destination: "/dev/mqueue",
      type: "mqueue",
      source: "mqueue",
      options: ["nosuid", "noexec", "nodev"],
    },
    ...(isRootless ? [ROOTLESS_SYS] : [SYS, CGROUP]),
  ];
}

const SYS: Mount = {
  destination: "/sys",
  type: "sysfs",
  source: "sysfs",
  options: ["nosuid", "noexec", "nodev", "ro"],
};

const CGROUP: Mount = {
  destination: "/sys/fs/cgroup",
  type: "cgroup",
  source: "cgroup",
  options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
};

/**
 * mount_namespaces(7): sysfs cannot be mounted anew where the host's own is partly covered, as it is in containers and
 * below systemd's sandboxing; a bind always works. `rro`: what is mounted below, cgroups first of all, is read-only too.
 */
const ROOTLESS_SYS: Mount = {
  destination: "/sys",
  type: "none",
  source: "/sys",
  options: ["rbind", "nosuid", "noexec", "nodev", "rro"],
};
