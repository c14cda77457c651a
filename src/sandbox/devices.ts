import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import type { Device, RuntimeConfig } from "../oci/runtime-config.ts";
import { isBind } from "./bind.ts";
import { CWD, NONE, type Op, TARGET_FILE, TARGET_NOFOLLOW } from "./ops.ts";
import { SLOT } from "./slots.ts";

const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const S_IFIFO = 0o010000;
const O_PATH = 0x200000;
const O_NOFOLLOW = 0x20000;
const OPEN_TREE_CLONE = 1;

/** config-linux.md#default-devices, without /dev/console and /dev/ptmx, which are no nodes. */
const DEFAULT_DEVICES: readonly Device[] = [
  { path: "/dev/null", type: "c", major: 1, minor: 3 },
  { path: "/dev/zero", type: "c", major: 1, minor: 5 },
  { path: "/dev/full", type: "c", major: 1, minor: 7 },
  { path: "/dev/random", type: "c", major: 1, minor: 8 },
  { path: "/dev/urandom", type: "c", major: 1, minor: 9 },
  { path: "/dev/tty", type: "c", major: 5, minor: 0 },
];

/** runtime-linux.md#dev-symbolic-links; /dev/ptmx as config-linux.md#default-devices has it. */
const SYMLINKS: readonly (readonly [path: string, target: string])[] = [
  ["/dev/fd", "/proc/self/fd"],
  ["/dev/stdin", "/proc/self/fd/0"],
  ["/dev/stdout", "/proc/self/fd/1"],
  ["/dev/stderr", "/proc/self/fd/2"],
  ["/dev/ptmx", "pts/ptmx"],
];

/**
 * Plan the default devices, `linux.devices` and the links under /dev. In a user namespace nodes cannot be made, so the
 * host's are bound, each proven to be the device that it is called. A /dev that is bound from the host is left alone.
 */
export function planDevices(config: RuntimeConfig, inUserNamespace: boolean): readonly Op[] {
  if ((config.mounts ?? []).some((m) => isDev(m.destination) && isBind(m))) return [];
  const asked = (config.linux?.devices ?? []).map((device, i) => ({
    device,
    at: `/linux/devices/${i}`,
  }));
  const defaults = DEFAULT_DEVICES.filter((d) => !asked.some((a) => a.device.path === d.path)).map(
    (device) => ({ device, at: "" }),
  );
  return [
    ...[...defaults, ...asked].flatMap(({ device, at }) =>
      inUserNamespace && device.type !== "p" ? bindDevice(device, at) : [makeNode(device, at)],
    ),
    ...SYMLINKS.map(
      ([path, target]): Op => ({ op: "symlink_in", at: "", root: SLOT.ROOT, path, target }),
    ),
  ];
}

function isDev(destination: string): boolean {
  return posix.normalize(`/${destination}/`) === "/dev/";
}

function typeBits(device: Device): number {
  switch (device.type) {
    case "c":
    case "u":
      return S_IFCHR;
    case "b":
      return S_IFBLK;
    case "p":
      return S_IFIFO;
  }
}

function makeNode(device: Device, at: string): Op {
  return {
    op: "mknod_in",
    at,
    root: SLOT.ROOT,
    path: pathOf(device, at),
    mode: typeBits(device) | ((device.fileMode ?? 0o666) & 0o777),
    major: device.major ?? 0,
    minor: device.minor ?? 0,
    uid: device.uid ?? 0,
    gid: device.gid ?? 0,
  };
}

function bindDevice(device: Device, at: string): readonly Op[] {
  const slot = SLOT.SCRATCH;
  const target = SLOT.SCRATCH + 1;
  const path = pathOf(device, at);
  return [
    { op: "open", at, slot, dir: CWD, path, flags: O_PATH | O_NOFOLLOW, mode: 0, resolve: 0 },
    {
      op: "check_device",
      at,
      slot,
      type: typeBits(device),
      major: device.major ?? 0,
      minor: device.minor ?? 0,
    },
    { op: "open_tree", at, slot, dir: slot, path: "", flags: OPEN_TREE_CLONE },
    {
      op: "open_target",
      at,
      slot: target,
      root: SLOT.ROOT,
      path,
      kind: TARGET_FILE | TARGET_NOFOLLOW,
      like: NONE,
      mode: 0o644,
    },
    { op: "move_mount", at, from: slot, to: target },
  ];
}

function pathOf(device: Device, at: string): string {
  const path = posix.normalize(device.path);
  if (path.startsWith("/") && path !== "/" && !path.endsWith("/")) return path;
  throw new UserError(`${JSON.stringify(device.path)} is no place for a device`, {
    where: `config.json ${at}/path`,
    hint: "give an absolute path such as /dev/fuse",
  });
}
