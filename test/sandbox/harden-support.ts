import type { Mount, RuntimeConfig } from "../../src/oci/runtime-config.ts";
import type { HardenFacts } from "../../src/sandbox/harden.ts";

/** Root of a usual Linux machine with an ext4 root filesystem that has the usual directories. */
export const ROOT_FACTS: HardenFacts = {
  key: "/bundles/web",
  bundleDir: "/bundles/web",
  euid: 0,
  egid: 0,
  subuid: [],
  subgid: [],
  inUserNamespace: false,
  rootfs: { uid: 0, gid: 0, idmapSupported: true, writable: true, present: ["/tmp", "/run"] },
  cgroupsUsable: true,
  lastCap: 40,
  memoryTotalBytes: 8 * 2 ** 30,
};

/** An ordinary user with a range of ids, and without control groups. */
export const USER_FACTS: HardenFacts = {
  ...ROOT_FACTS,
  euid: 1000,
  egid: 100,
  subuid: [{ start: 100000, count: 65536 }],
  subgid: [{ start: 200000, count: 65536 }],
  rootfs: { uid: 1000, gid: 100, idmapSupported: false },
  cgroupsUsable: false,
};

export const KERNEL_MOUNTS: readonly Mount[] = [
  { destination: "/proc", type: "proc", source: "proc" },
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
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
  },
  {
    destination: "/dev/mqueue",
    type: "mqueue",
    source: "mqueue",
    options: ["nosuid", "noexec", "nodev"],
  },
  {
    destination: "/sys",
    type: "sysfs",
    source: "sysfs",
    options: ["nosuid", "noexec", "nodev", "ro"],
  },
];

/** What a careless engine might write: root of the host in all but name. */
export function carelessConfig(over: Partial<RuntimeConfig> = {}): RuntimeConfig {
  const all = ["CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_NET_RAW", "CAP_KILL"];
  return {
    ociVersion: "1.2.0",
    root: { path: "rootfs" },
    process: {
      cwd: "/",
      args: ["sh"],
      user: { uid: 0, gid: 0 },
      capabilities: {
        bounding: all,
        effective: all,
        permitted: all,
        inheritable: all,
        ambient: all,
      },
    },
    mounts: KERNEL_MOUNTS,
    linux: { namespaces: [{ type: "pid" }, { type: "mount" }] },
    ...over,
  };
}
