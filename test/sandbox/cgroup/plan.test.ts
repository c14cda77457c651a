import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Resources, RuntimeConfig } from "../../../src/oci/runtime-config.ts";
import type { CgroupFacts } from "../../../src/sandbox/cgroup/detect.ts";
import { sharesToWeight } from "../../../src/sandbox/cgroup/limits.ts";
import { planCgroup } from "../../../src/sandbox/cgroup/plan.ts";
import { NO_FACTS, printOps, UNIFIED, V1_FACTS, V2_FACTS } from "./facts.ts";

const withResources = (resources: Resources, cgroupsPath = "/t"): RuntimeConfig => ({
  ociVersion: "1.2.0",
  linux: { resources, cgroupsPath },
});

const plan = (
  facts: CgroupFacts,
  config: RuntimeConfig,
  more: { rootless?: boolean; wishes?: ReadonlySet<string> } = {},
): ReturnType<typeof planCgroup> =>
  planCgroup({ config, id: "box", facts, rootless: false, ...more });

/** The files below the group that the limits write, without the hierarchy's mount point. */
const limitWrites = (facts: CgroupFacts, resources: Resources): readonly string[] =>
  printOps(
    plan(facts, withResources(resources)).host.filter(
      (op) => op.op === "write_file" && op.at.startsWith("/linux/resources"),
    ),
  ).map((line) => line.replace(/ .*\/t\//, " "));

describe("limits as files", () => {
  test.each<[name: string, resources: Resources, v1: readonly string[], v2: readonly string[]]>([
    [
      "cpu bandwidth",
      { cpu: { quota: 50000, period: 100000, burst: 1000 } },
      [
        "write cpu.cfs_period_us 100000",
        "write cpu.cfs_quota_us 50000",
        "write cpu.cfs_burst_us 1000",
      ],
      ["write cpu.max 50000 100000", "write cpu.max.burst 1000"],
    ],
    [
      "quota alone",
      { cpu: { quota: 20000 } },
      ["write cpu.cfs_quota_us 20000"],
      ["write cpu.max 20000"],
    ],
    ["no quota", { cpu: { quota: -1 } }, ["write cpu.cfs_quota_us -1"], ["write cpu.max max"]],
    [
      "period alone",
      { cpu: { period: 20000 } },
      ["write cpu.cfs_period_us 20000"],
      ["write cpu.max max 20000"],
    ],
    [
      "zero is not set",
      { cpu: { shares: 0, quota: 0, period: 0 }, memory: { limit: 0, swap: 0 } },
      [],
      [],
    ],
    ["shares", { cpu: { shares: 1024 } }, ["write cpu.shares 1024"], ["write cpu.weight 100"]],
    ["shares are clamped", { cpu: { shares: 1 } }, ["write cpu.shares 2"], ["write cpu.weight 1"]],
    [
      "idle has no weight",
      { cpu: { idle: 1, shares: 512 } },
      ["write cpu.idle 1"],
      ["write cpu.idle 1"],
    ],
    [
      "cpusets",
      { cpu: { cpus: "0-1,3", mems: "0" } },
      ["write cpuset.cpus 0-1,3", "write cpuset.mems 0"],
      ["write cpuset.cpus 0-1,3", "write cpuset.mems 0"],
    ],
    [
      "memory and swap: v1 counts the sum, v2 swap alone",
      { memory: { limit: 1 << 26, swap: 1 << 27, reservation: 1 << 25 } },
      [
        "write memory.limit_in_bytes 67108864",
        "write memory.memsw.limit_in_bytes 134217728",
        "write memory.soft_limit_in_bytes 33554432",
      ],
      ["write memory.max 67108864", "write memory.swap.max 67108864", "write memory.low 33554432"],
    ],
    [
      "no swap",
      { memory: { limit: 1 << 26, swap: 1 << 26 } },
      ["write memory.limit_in_bytes 67108864", "write memory.memsw.limit_in_bytes 67108864"],
      ["write memory.max 67108864", "write? memory.swap.max 0"],
    ],
    [
      "unlimited",
      { memory: { limit: -1, swap: -1 } },
      ["write memory.limit_in_bytes -1", "write memory.memsw.limit_in_bytes -1"],
      ["write memory.max max", "write? memory.swap.max max"],
    ],
    [
      "beyond what the kernel can count is unlimited",
      { memory: { limit: 2 ** 64 } },
      ["write memory.limit_in_bytes -1"],
      ["write memory.max max"],
    ],
    [
      "large numbers keep their digits",
      { memory: { limit: 9223372036854770000 } },
      ["write memory.limit_in_bytes 9223372036854769664"],
      ["write memory.max 9223372036854769664"],
    ],
    [
      "what only v1 has",
      {
        memory: {
          swappiness: 0,
          disableOOMKiller: true,
          kernel: 1 << 24,
          kernelTCP: 1 << 23,
          useHierarchy: true,
        },
      },
      [
        "write? memory.use_hierarchy 1",
        "write? memory.kmem.tcp.limit_in_bytes 8388608",
        "write memory.swappiness 0",
        "write memory.oom_control 1",
      ],
      [],
    ],
    ["pids", { pids: { limit: 16 } }, ["write pids.max 16"], ["write pids.max 16"]],
    ["pids 0 is 0", { pids: { limit: 0 } }, ["write pids.max 0"], ["write pids.max 0"]],
    ["pids -1 is max", { pids: { limit: -1 } }, ["write pids.max max"], ["write pids.max max"]],
    ["pids not set", { pids: {} }, [], []],
    [
      "block I/O weights",
      { blockIO: { weight: 500, weightDevice: [{ major: 8, minor: 16, weight: 10 }] } },
      ["write blkio.bfq.weight 500", "write blkio.bfq.weight_device 8:16 10"],
      ["write io.weight default 4950", "write io.weight 8:16 1"],
    ],
    [
      "block I/O throttles, one device a write",
      {
        blockIO: {
          throttleReadBpsDevice: [
            { major: 8, minor: 0, rate: 1048576 },
            { major: 8, minor: 16, rate: 0 },
          ],
          throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 2 }],
          throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 3 }],
          throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 4 }],
        },
      },
      [
        "write blkio.throttle.read_bps_device 8:0 1048576",
        "write blkio.throttle.read_bps_device 8:16 0",
        "write blkio.throttle.write_bps_device 8:0 2",
        "write blkio.throttle.read_iops_device 8:0 3",
        "write blkio.throttle.write_iops_device 8:0 4",
      ],
      [
        "write io.max 8:0 rbps=1048576",
        "write io.max 8:16 rbps=max",
        "write io.max 8:0 wbps=2",
        "write io.max 8:0 riops=3",
        "write io.max 8:0 wiops=4",
      ],
    ],
  ])("%s", (_, resources, v1, v2) => {
    expect(limitWrites(V1_FACTS, resources)).toEqual(v1);
    expect(limitWrites(V2_FACTS, resources)).toEqual(v2);
  });

  test.each<[name: string, resources: Resources, v2: readonly string[]]>([
    [
      "huge pages, and their reservations where the kernel has them",
      { hugepageLimits: [{ pageSize: "2MB", limit: 4194304 }] },
      ["write hugetlb.2MB.max 4194304", "write? hugetlb.2MB.rsvd.max 4194304"],
    ],
    [
      "rdma",
      { rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10000 }, mlx4_0: { hcaObjects: 1 }, x: {} } },
      ["write rdma.max mlx5_1 hca_handle=3 hca_object=10000", "write rdma.max mlx4_0 hca_object=1"],
    ],
    [
      "unified, one line a write",
      {
        unified: {
          "io.max": "8:0 rbps=1\n8:16 rbps=2\n",
          "memory.high": "1M",
          "cgroup.max.depth": "3",
        },
      },
      [
        "write io.max 8:0 rbps=1",
        "write io.max 8:16 rbps=2",
        "write memory.high 1M",
        "write cgroup.max.depth 3",
      ],
    ],
  ])("%s (v2)", (_, resources, v2) => {
    expect(limitWrites(V2_FACTS, resources)).toEqual(v2);
  });

  test("network, huge pages and rdma on v1", () => {
    const more = ["net_cls,net_prio", "hugetlb", "rdma"].map((name) => ({
      controllers: name.split(","),
      mountpoint: `/sys/fs/cgroup/${name}`,
      root: "/",
      own: "/",
      writable: true,
    }));
    expect(
      limitWrites(
        { ...V1_FACTS, v1: [...V1_FACTS.v1, ...more] },
        {
          network: { classID: 1048577, priorities: [{ name: "eth0", priority: 500 }] },
          hugepageLimits: [{ pageSize: "1GB", limit: 1073741824 }],
          rdma: { mlx5_1: { hcaHandles: 3 } },
        },
      ),
    ).toEqual([
      "write hugetlb.1GB.limit_in_bytes 1073741824",
      "write? hugetlb.1GB.rsvd.limit_in_bytes 1073741824",
      "write net_cls.classid 1048577",
      "write net_prio.ifpriomap eth0 500",
      "write rdma.max mlx5_1 hca_handle=3",
    ]);
  });

  test("every write carries the pointer of its entry", () => {
    const { host } = plan(
      V2_FACTS,
      withResources({
        cpu: { quota: 1000 },
        pids: { limit: 1 },
        blockIO: { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }] },
        unified: { "memory.high": "max" },
      }),
    );
    expect(host.filter(({ op }) => op === "write_file").map(({ at }) => at)).toEqual([
      "/linux/cgroupsPath",
      "/linux/resources/cpu/quota",
      "/linux/resources/pids/limit",
      "/linux/resources/blockIO/throttleReadBpsDevice/0",
      "/linux/resources/unified/memory.high",
    ]);
  });

  test("weights: runc 1.4's values for Kubernetes' usual shares", () => {
    // opencontainers/cgroups utils_test.go: minimum, default, maximum and values between.
    expect([0, 2, 3, 512, 1024, 4096, 262144, 300000].map(sharesToWeight)).toEqual([
      1, 1, 2, 59, 100, 303, 10000, 10000,
    ]);
  });

  test("weights never fall while shares grow, and stay in range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300000 }), fc.nat(1000), (shares, more) => {
        const weight = sharesToWeight(shares);
        expect(weight).toBeGreaterThanOrEqual(1);
        expect(weight).toBeLessThanOrEqual(10000);
        expect(sharesToWeight(shares + more)).toBeGreaterThanOrEqual(weight);
      }),
    );
  });
});

describe("limits that cannot be set", () => {
  test.each<[facts: CgroupFacts, resources: Resources, message: RegExp, at: string]>([
    [
      V1_FACTS,
      { hugepageLimits: [{ pageSize: "2MB", limit: 1 }] },
      /the hugetlb controller is not mounted/,
      "/hugepageLimits/0",
    ],
    [
      V2_FACTS,
      { hugepageLimits: [{ pageSize: "64KB", limit: 1 }] },
      /no 64KB pages \(but 2MB, 1GB\)/,
      "/hugepageLimits/0",
    ],
    [
      V2_FACTS,
      { hugepageLimits: [{ pageSize: "two", limit: 1 }] },
      /"two" is not a page size/,
      "/hugepageLimits/0/pageSize",
    ],
    [
      V1_FACTS,
      { network: { classID: 1 } },
      /net_cls controller is not mounted/,
      "/network/classID",
    ],
    [V2_FACTS, { network: { classID: 1 } }, /no network classes/, "/network/classID"],
    [
      V2_FACTS,
      { network: { priorities: [{ name: "a b", priority: 1 }] } },
      /"a b" is not the name/,
      "/network/priorities/0/name",
    ],
    [V2_FACTS, { cpu: { realtimeRuntime: 1 } }, /no realtime limits/, "/cpu/realtimeRuntime"],
    [V2_FACTS, { cpu: { cpus: "0-x" } }, /"0-x" is not a list/, "/cpu/cpus"],
    [
      V1_FACTS,
      { unified: { "memory.high": "1" } },
      /unified is for cgroup v2/,
      "/unified/memory.high",
    ],
    [
      V2_FACTS,
      { unified: { "../x.y": "1" } },
      /not the name of a cgroup v2 file/,
      "/unified/..~1x.y",
    ],
    [V2_FACTS, { unified: { "cgroup.procs": "1" } }, /limits nothing/, "/unified/cgroup.procs"],
    [
      V2_FACTS,
      { unified: { "foo.max": "1" } },
      /the foo controller is not available/,
      "/unified/foo.max",
    ],
    [V2_FACTS, { memory: { swap: 1 } }, /needs memory.limit/, "/memory/swap"],
    [
      V1_FACTS,
      { memory: { swap: 1, limit: 2 } },
      /counts memory and swap together/,
      "/memory/swap",
    ],
    [V1_FACTS, { memory: { swappiness: 101 } }, /outside 0 to 100/, "/memory/swappiness"],
    [V1_FACTS, { blockIO: { leafWeight: 10 } }, /Linux 5.0 removed/, "/blockIO/leafWeight"],
    [V1_FACTS, { blockIO: { weight: 5 } }, /outside 10 to 1000/, "/blockIO/weight"],
    [
      { ...V1_FACTS, io: { bfq: false, cost: false } },
      { blockIO: { weight: 50 } },
      /neither by BFQ/,
      "/blockIO/weight",
    ],
    [NO_FACTS, { pids: { limit: 5 } }, /no control group file system is mounted/, "/pids/limit"],
    [NO_FACTS, { devices: [{ allow: false }] }, /cannot limit devices/, "/devices"],
    [
      { ...V2_FACTS, unified: { ...UNIFIED, writable: false } },
      { memory: { limit: 5 } },
      /this user may not make groups of the memory controller/,
      "/memory/limit",
    ],
    [
      {
        ...V2_FACTS,
        unified: { ...UNIFIED, writable: false, delegated: "/u", controllers: ["pids"] },
      },
      { memory: { limit: 5 } },
      /memory controller is not delegated/,
      "/memory/limit",
    ],
  ])("case %#", (facts, resources, message, at) => {
    let error: unknown;
    try {
      plan(facts, withResources(resources));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
      where: `config.json /linux/resources${at}`,
    });
  });

  test("a wish becomes a note", () => {
    const { host, notes } = plan(NO_FACTS, withResources({ pids: { limit: 5 } }), {
      wishes: new Set(["/linux/resources/pids/limit"]),
    });
    expect(host).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^\/linux\/resources\/pids\/limit is not enforced: .* no control group/,
      ),
      expect.stringMatching(/cannot limit devices/),
      expect.stringMatching(/none is mounted/),
    ]);
  });

  test("what has no meaning on v2 is noted", () => {
    const { notes } = plan(
      V2_FACTS,
      withResources({ memory: { swappiness: 5, disableOOMKiller: true, kernel: 1 } }),
    );
    expect(notes.map((note) => note.split(" ")[0])).toEqual([
      "/linux/resources/memory/kernel",
      "/linux/resources/memory/swappiness",
      "/linux/resources/memory/disableOOMKiller",
    ]);
  });
});

describe("groups", () => {
  const handed = (change: (linux: Record<string, unknown>) => void, options = ["rw"]) => {
    const linux: Record<string, unknown> = {
      namespaces: [{ type: "user" }, { type: "cgroup" }],
      uidMappings: [{ containerID: 0, hostID: 100000, size: 1000 }],
    };
    change(linux);
    const { host } = plan(V2_FACTS, {
      ociVersion: "1.2.0",
      mounts: [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "c", options }],
      linux,
    });
    return printOps(host).filter((line) => line.startsWith("delegate"));
  };
  test("v2: handed to the container's root where it may write to it and nothing else is to be reached", () => {
    expect(handed(() => undefined)).toEqual(["delegate /sys/fs/cgroup/tguard/box 100000"]);
    expect(handed(() => undefined, ["ro"])).toEqual([]);
    expect(
      handed((linux) => {
        linux["namespaces"] = [{ type: "user" }];
      }),
    ).toEqual([]);
    expect(
      handed((linux) => {
        linux["namespaces"] = [{ type: "user" }, { type: "cgroup", path: "/proc/1/ns/cgroup" }];
      }),
    ).toEqual([]);
    expect(
      handed((linux) => {
        linux["uidMappings"] = [{ containerID: 1, hostID: 100000, size: 1000 }];
      }),
    ).toEqual([]);
  });

  test("v2: made top-down, entered, killed, removed", () => {
    const { host, join, cleanup, paths } = plan(V2_FACTS, {
      ociVersion: "1.2.0",
      linux: { resources: { cpu: { cpus: "0" } } },
    });
    expect(printOps(host)).toEqual([
      "write /sys/fs/cgroup/cgroup.subtree_control +cpuset +memory +pids",
      "mkdir? /sys/fs/cgroup/tguard",
      "write /sys/fs/cgroup/tguard/cgroup.subtree_control +cpuset +memory +pids",
      "mkdir /sys/fs/cgroup/tguard/box",
      "write /sys/fs/cgroup/tguard/box/cpuset.cpus 0",
      "bpf /sys/fs/cgroup/tguard/box 63",
      "open /sys/fs/cgroup/tguard/box",
      "fork_into_cgroup",
    ]);
    expect(printOps(join)).toEqual([]);
    expect(printOps(cleanup)).toEqual([
      "kill /sys/fs/cgroup/tguard/box",
      "rmdir* /sys/fs/cgroup/tguard/box",
    ]);
    expect(paths).toEqual({ "": "/sys/fs/cgroup/tguard/box" });
  });

  test("v2: controllers that the root hands down already are not written again", () => {
    const { host } = plan(V2_FACTS, withResources({}, "/a/b"));
    expect(printOps(host).slice(0, 3)).toEqual([
      "mkdir? /sys/fs/cgroup/a",
      "write /sys/fs/cgroup/a/cgroup.subtree_control +memory +pids",
      "mkdir /sys/fs/cgroup/a/b",
    ]);
  });

  test("v1: one group a hierarchy, cpusets filled, devices denied", () => {
    const only = (names: readonly string[]): CgroupFacts => ({
      ...V1_FACTS,
      v1: V1_FACTS.v1.filter(({ controllers }) => names.includes(controllers[0] ?? "")),
    });
    const { host, join, cleanup, paths } = plan(only(["cpu", "cpuset", "devices", "freezer"]), {
      ociVersion: "1.2.0",
    });
    expect(printOps(host).slice(0, 14)).toEqual([
      "mkdir? /sys/fs/cgroup/cpu,cpuacct/tguard",
      "mkdir /sys/fs/cgroup/cpu,cpuacct/tguard/box",
      "mkdir? /sys/fs/cgroup/cpuset/tguard",
      "mkdir /sys/fs/cgroup/cpuset/tguard/box",
      "write /sys/fs/cgroup/cpuset/tguard/cpuset.cpus 0-3",
      "write /sys/fs/cgroup/cpuset/tguard/cpuset.mems 0",
      "write /sys/fs/cgroup/cpuset/tguard/box/cpuset.cpus 0-3",
      "write /sys/fs/cgroup/cpuset/tguard/box/cpuset.mems 0",
      "mkdir? /sys/fs/cgroup/devices/tguard",
      "mkdir /sys/fs/cgroup/devices/tguard/box",
      "mkdir? /sys/fs/cgroup/freezer/tguard",
      "mkdir /sys/fs/cgroup/freezer/tguard/box",
      "write /sys/fs/cgroup/devices/tguard/box/devices.deny a",
      "write /sys/fs/cgroup/devices/tguard/box/devices.allow c 1:3 rwm",
    ]);
    expect(join).toHaveLength(4);
    expect(printOps(cleanup)[0]).toBe(
      "write? /sys/fs/cgroup/freezer/tguard/box/freezer.state THAWED",
    );
    expect(paths).toEqual({
      cpu: "/sys/fs/cgroup/cpu,cpuacct/tguard/box",
      cpuacct: "/sys/fs/cgroup/cpu,cpuacct/tguard/box",
      cpuset: "/sys/fs/cgroup/cpuset/tguard/box",
      devices: "/sys/fs/cgroup/devices/tguard/box",
      freezer: "/sys/fs/cgroup/freezer/tguard/box",
    });
  });

  test("v1: a cpuset that somebody narrowed stays, and children take it over", () => {
    const cpuset = [
      { path: "/sys/fs/cgroup/cpuset", cpus: "0-3", mems: "0" },
      { path: "/sys/fs/cgroup/cpuset/a", cpus: "1", mems: "" },
    ];
    const { host } = plan({ ...V1_FACTS, cpuset }, withResources({}, "/a/b"));
    expect(printOps(host).filter((line) => line.includes("/cpuset."))).toEqual([
      "write /sys/fs/cgroup/cpuset/a/cpuset.mems 0",
      "write /sys/fs/cgroup/cpuset/a/b/cpuset.cpus 1",
      "write /sys/fs/cgroup/cpuset/a/b/cpuset.mems 0",
    ]);
  });

  test("hybrid: v2 serves the controllers that v1 lacks, and comes first for its kill file", () => {
    const facts: CgroupFacts = {
      ...V1_FACTS,
      mode: "hybrid",
      unified: {
        ...UNIFIED,
        mountpoint: "/sys/fs/cgroup/unified",
        controllers: ["hugetlb"],
        enabled: [],
      },
    };
    const { host, cleanup, paths } = plan(
      facts,
      withResources({ hugepageLimits: [{ pageSize: "2MB", limit: 0 }], pids: { limit: 3 } }),
    );
    expect(printOps(host)).toEqual(
      expect.arrayContaining([
        "write /sys/fs/cgroup/unified/cgroup.subtree_control +hugetlb",
        "write /sys/fs/cgroup/unified/t/hugetlb.2MB.max 0",
        "write /sys/fs/cgroup/pids/t/pids.max 3",
        "write /sys/fs/cgroup/devices/t/devices.deny a",
      ]),
    );
    expect(printOps(host).filter((line) => line.startsWith("bpf"))).toEqual([]);
    expect(printOps(cleanup)[1]).toBe("kill /sys/fs/cgroup/unified/t");
    expect(Object.keys(paths)[0]).toBe("");
  });

  test.each([
    ["/a/b", "/a/b"],
    ["/a//b/./c/", "/a/b/c"],
    ["x/y", "/tguard/x/y"],
    ["system.slice:tguard:box", "/tguard/system.slice:tguard:box"],
    ["", "/tguard/box"],
    [undefined, "/tguard/box"],
  ])("cgroupsPath %o is %s", (cgroupsPath, expected) => {
    const config = { ociVersion: "1.2.0", linux: cgroupsPath === undefined ? {} : { cgroupsPath } };
    expect(plan(V2_FACTS, config).paths[""]).toBe(`/sys/fs/cgroup${expected}`);
  });

  test.each([
    ["/../../etc", /contains "\.\."/],
    ["a/..", /contains "\.\."/],
    ["/", /root of the hierarchy/],
    ["./.", /root of the hierarchy/],
    ["/a\nb", /control characters/],
    [`/${"x".repeat(256)}`, /too long/],
    [`/${"x/".repeat(2000)}`, /too long/],
  ])("cgroupsPath %# is refused", (cgroupsPath, message) => {
    expect(() => plan(V2_FACTS, withResources({}, cgroupsPath))).toThrow(message);
  });

  test("a group never leaves its mount point", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("..", ".", "", "a", "b c", "...", "/"), { maxLength: 6 }),
        fc.boolean(),
        (parts, absolute) => {
          const cgroupsPath = `${absolute ? "/" : ""}${parts.join("/")}`;
          let paths: Readonly<Record<string, string>>;
          try {
            ({ paths } = plan(V1_FACTS, withResources({}, cgroupsPath)));
          } catch (error) {
            expect(error).toMatchObject({ name: "UserError" });
            return;
          }
          for (const [controller, path] of Object.entries(paths)) {
            const { mountpoint } =
              V1_FACTS.v1.find(({ controllers }) => controllers.includes(controller)) ?? UNIFIED;
            expect(path.startsWith(`${mountpoint}/`)).toBe(true);
            expect(path.split("/").slice(1)).not.toContain("..");
            expect(path).not.toMatch(/\/\/|\/$|\/\.\//);
          }
        },
      ),
    );
  });
});

describe("rootless", () => {
  const session: CgroupFacts = { ...V2_FACTS, unified: { ...UNIFIED, writable: false } };
  const base = "/user.slice/user-1000.slice/user@1000.service/app.slice";
  const delegated: CgroupFacts = {
    ...V2_FACTS,
    unified: {
      ...UNIFIED,
      writable: false,
      delegated: base,
      controllers: ["memory", "pids"],
      enabled: [],
    },
  };

  test("without delegation there is no group, and that is said", () => {
    const result = plan(session, { ociVersion: "1.2.0" }, { rootless: true });
    expect(result).toMatchObject({ host: [], join: [], cleanup: [], paths: {} });
    expect(result.notes).toEqual([
      expect.stringMatching(/device rules need root/),
      expect.stringMatching(/this user may not make one here/),
    ]);
  });

  test("with delegation the group lies there, and only there controllers are switched on", () => {
    const { host, paths } = plan(
      delegated,
      { ociVersion: "1.2.0", linux: { resources: { pids: { limit: 5 } } } },
      { rootless: true },
    );
    expect(printOps(host)).toEqual([
      ...[
        "/user.slice",
        "/user.slice/user-1000.slice",
        "/user.slice/user-1000.slice/user@1000.service",
      ].map((path) => `mkdir? /sys/fs/cgroup${path}`),
      `mkdir? /sys/fs/cgroup${base}`,
      `write /sys/fs/cgroup${base}/cgroup.subtree_control +memory +pids`,
      `mkdir? /sys/fs/cgroup${base}/tguard`,
      `write /sys/fs/cgroup${base}/tguard/cgroup.subtree_control +memory +pids`,
      `mkdir /sys/fs/cgroup${base}/tguard/box`,
      `write /sys/fs/cgroup${base}/tguard/box/pids.max 5`,
      `open /sys/fs/cgroup${base}/tguard/box`,
      "fork_into_cgroup",
    ]);
    expect(paths[""]).toBe(`/sys/fs/cgroup${base}/tguard/box`);
  });
});
