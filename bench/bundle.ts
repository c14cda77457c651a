import { cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
] as const;

/** What every container gets here: `runc spec`'s namespaces and mounts, Docker's capabilities, limits and a small filter. */
const config = (args: readonly string[]): object => ({
  ociVersion: "1.0.2", // for older peers
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args,
    env: ["PATH=/bin"],
    cwd: "/",
    capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: "rootfs", readonly: true },
  hostname: "bench",
  mounts: [
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
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
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
  ],
  linux: {
    resources: {
      devices: [{ allow: false, access: "rwm" }],
      memory: { limit: 256 << 20 },
      pids: { limit: 100 },
    },
    namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })),
    maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
    readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      architectures: [process.arch === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64"],
      syscalls: [
        {
          names: [
            "kexec_load",
            "reboot",
            "init_module",
            "delete_module",
            "swapon",
            "swapoff",
            "bpf",
            "ptrace",
            "keyctl",
            "add_key",
          ],
          action: "SCMP_ACT_ERRNO",
        },
      ],
    },
  },
});

/** Make a bundle in the new directory `dir` that runs `args`, a command of busybox. */
export function makeBundle(dir: string, args: readonly string[]): string {
  const rootfs = join(dir, "rootfs");
  for (const name of ["bin", "proc", "sys", "dev", "tmp", "etc"])
    mkdirSync(join(rootfs, name), { recursive: true });
  cpSync(busybox(), join(rootfs, "bin/busybox"), { dereference: true });
  for (const applet of ["true", "sleep"]) symlinkSync("busybox", join(rootfs, "bin", applet));
  writeFileSync(join(dir, "config.json"), JSON.stringify(config(args)));
  return dir;
}

function busybox(): string {
  // The set-up's link, to one that it found to be static.
  const path = join(import.meta.dirname, "../.cache/bin/busybox");
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new Error("no busybox: run sh scripts/setup.sh");
  return path;
}
