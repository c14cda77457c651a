import { expect, test } from "vitest";
import type { CgroupFacts } from "../../../src/sandbox/cgroup/detect.ts";
import { type CgroupMountRequest, planCgroupMount } from "../../../src/sandbox/cgroup/mount.ts";
import type { Op } from "../../../src/sandbox/ops.ts";
import { NO_FACTS, UNIFIED, V1_FACTS, V2_FACTS } from "./facts.ts";

const RO = 1;
const SAFE = 2 | 4 | 8;

const ops = (request: Partial<CgroupMountRequest>): readonly Op[] =>
  planCgroupMount({
    at: "/mounts/6",
    destination: "/sys/fs/cgroup",
    attrs: SAFE | RO,
    facts: V2_FACTS,
    paths: { "": "/sys/fs/cgroup/tguard/box" },
    hasCgroupNamespace: true,
    root: 1,
    ...request,
  });

/** One word or two an operation: its name and what it is about. */
const print = (list: readonly Op[]): readonly string[] =>
  list.map((op) => {
    switch (op.op) {
      case "fsopen":
        return `fsopen ${op.type}`;
      case "fsconfig_flag":
        return `flag ${op.key}`;
      case "fsconfig_string":
        return `string ${op.key}=${op.value}`;
      case "fsmount":
        return `fsmount ${op.attrs}`;
      case "mount_setattr":
        return `attr +${op.set} ${op.propagation}`;
      case "open_tree":
        return `tree ${op.path}`;
      case "open_target":
        return `target ${op.path}`;
      case "symlink_in":
        return `link ${op.path} ${op.target}`;
      default:
        return op.op;
    }
  });

const joint: CgroupFacts = {
  ...V1_FACTS,
  v1: V1_FACTS.v1.filter(({ controllers }) =>
    ["cpu", "name=systemd"].includes(controllers[0] ?? ""),
  ),
};
const jointPaths = {
  cpu: "/sys/fs/cgroup/cpu,cpuacct/tguard/box",
  cpuacct: "/sys/fs/cgroup/cpu,cpuacct/tguard/box",
  "name=systemd": "/sys/fs/cgroup/systemd/tguard/box",
};

test("v2 in a cgroup namespace is mounted anew", () => {
  expect(ops({})).toEqual([
    { op: "fsopen", at: "/mounts/6", slot: 10, type: "cgroup2" },
    { op: "fsmount", at: "/mounts/6", slot: 11, fs: 10, attrs: SAFE | RO },
    {
      op: "open_target",
      at: "/mounts/6/destination",
      slot: 12,
      root: 1,
      path: "/sys/fs/cgroup",
      kind: 1,
      like: 0xffff,
      mode: 0o755,
    },
    { op: "move_mount", at: "/mounts/6", from: 11, to: 12 },
  ]);
});

test.each<[name: string, request: Partial<CgroupMountRequest>, expected: readonly string[]]>([
  [
    "v2 without a namespace: its own group is bound",
    { hasCgroupNamespace: false, attrs: SAFE },
    ["tree /sys/fs/cgroup/tguard/box", "attr +14 524288", "target /sys/fs/cgroup", "move_mount"],
  ],
  [
    "v2 without a group: the caller's is bound, read-only whatever was asked",
    { hasCgroupNamespace: true, paths: {}, attrs: SAFE },
    [`tree /sys/fs/cgroup${UNIFIED.own}`, "attr +15 524288", "target /sys/fs/cgroup", "move_mount"],
  ],
  [
    "a propagation type is set before the mount is attached",
    { propagation: 1 << 18 },
    ["fsopen cgroup2", "fsmount 15", "attr +0 262144", "target /sys/fs/cgroup", "move_mount"],
  ],
  [
    "v1 in a namespace: a tmpfs, each hierarchy anew, links, and read-only at the end",
    { facts: joint, paths: jointPaths },
    [
      "fsopen tmpfs",
      "string mode=755",
      "fsmount 14",
      "target /sys/fs/cgroup",
      "move_mount",
      "fsopen cgroup",
      "flag cpu",
      "flag cpuacct",
      "fsmount 15",
      "target /sys/fs/cgroup/cpu,cpuacct",
      "move_mount",
      "link /sys/fs/cgroup/cpu cpu,cpuacct",
      "link /sys/fs/cgroup/cpuacct cpu,cpuacct",
      "fsopen cgroup",
      "string name=systemd",
      "fsmount 15",
      "target /sys/fs/cgroup/systemd",
      "move_mount",
      "open",
      "attr +1 0",
      "close",
    ],
  ],
  [
    "v1 without a namespace: binds; a group of its own is writable if asked so, ours never",
    {
      facts: joint,
      paths: { cpu: jointPaths.cpu, cpuacct: jointPaths.cpuacct },
      hasCgroupNamespace: false,
      attrs: 0,
    },
    [
      "fsopen tmpfs",
      "string mode=755",
      "fsmount 14",
      "target /sys/fs/cgroup",
      "move_mount",
      "tree /sys/fs/cgroup/cpu,cpuacct/tguard/box",
      "attr +14 524288",
      "target /sys/fs/cgroup/cpu,cpuacct",
      "move_mount",
      "link /sys/fs/cgroup/cpu cpu,cpuacct",
      "link /sys/fs/cgroup/cpuacct cpu,cpuacct",
      "tree /sys/fs/cgroup/systemd",
      "attr +15 524288",
      "target /sys/fs/cgroup/systemd",
      "move_mount",
    ],
  ],
  [
    "hybrid shows v2 when it is named",
    { facts: { ...joint, mode: "hybrid", unified: UNIFIED }, type: "cgroup2" },
    ["fsopen cgroup2", "fsmount 15", "target /sys/fs/cgroup", "move_mount"],
  ],
])("%s", (_, request, expected) => {
  expect(print(ops(request))).toEqual(expected);
});

test.each<[request: Partial<CgroupMountRequest>, message: RegExp]>([
  [{ facts: NO_FACTS, paths: {} }, /this machine has none/],
  [{ facts: joint, type: "cgroup2" }, /cgroup v1 only/],
  [
    { facts: { ...V2_FACTS, unified: { ...UNIFIED, root: "/elsewhere" } }, paths: {} },
    /no group to show/,
  ],
])("case %# cannot be shown", (request, message) => {
  expect(() => ops(request)).toThrow(message);
});
