import type { CgroupFacts, UnifiedHierarchy } from "../../../src/sandbox/cgroup/detect.ts";
import type { Op } from "../../../src/sandbox/ops.ts";

const V1 = [
  "cpu,cpuacct",
  "cpuset",
  "memory",
  "devices",
  "freezer",
  "blkio",
  "pids",
  "name=systemd",
];

/** A v1 machine whose hierarchies are mounted as systemd mounts them. */
export const V1_FACTS: CgroupFacts = {
  mode: "v1",
  v1: V1.map((name) => ({
    controllers: name.split(","),
    mountpoint: `/sys/fs/cgroup/${name.replace("name=", "")}`,
    root: "/",
    own: "/",
    writable: true,
  })),
  kernel: ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb"],
  cpuset: [{ path: "/sys/fs/cgroup/cpuset", cpus: "0-3", mems: "0" }],
  hugepageSizes: ["2MB", "1GB"],
  io: { bfq: true, cost: false },
};

/** The only hierarchy of a v2 machine. */
export const UNIFIED: UnifiedHierarchy = {
  mountpoint: "/sys/fs/cgroup",
  root: "/",
  own: "/user.slice/user-1000.slice/session-1.scope",
  writable: true,
  controllers: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"],
  enabled: ["cpu", "memory", "pids"],
};

export const V2_FACTS: CgroupFacts = {
  mode: "v2",
  v1: [],
  unified: UNIFIED,
  kernel: ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb"],
  cpuset: [],
  hugepageSizes: ["2MB", "1GB"],
  io: { bfq: false, cost: true },
};

export const NO_FACTS: CgroupFacts = {
  mode: "none",
  v1: [],
  kernel: [],
  cpuset: [],
  hugepageSizes: [],
  io: { bfq: false, cost: false },
};

/** Operations as one line each, for tables: `write FILE "DATA"`, `mkdir DIR`. */
export function printOps(ops: readonly Op[]): readonly string[] {
  return ops.map((op) => {
    switch (op.op) {
      case "mkdir":
        return `mkdir${op.flags === 1 ? "?" : ""} ${op.path}`;
      case "make_cgroup":
        return `mkdir ${op.path}`;
      case "write_file":
        return `write${(Number(op.flags) & 1) === 1 ? "?" : ""} ${op.path} ${new TextDecoder().decode(op.data)}`;
      case "delegate_cgroup":
        return `delegate ${op.path} ${op.uid}`;
      case "kill_cgroup":
        return `kill ${op.path}`;
      case "rmdir":
        return `rmdir${op.flags === 1 ? "*" : ""} ${op.path}`;
      case "bpf_device":
        return `bpf ${op.path} ${op.insns.length / 8}`;
      case "open":
        return `open ${op.path}`;
      default:
        return op.op;
    }
  });
}
