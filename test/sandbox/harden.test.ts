import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { CAPABILITIES } from "../../src/oci/names.ts";
import type {
  Capabilities,
  Mount,
  NamespaceType,
  RuntimeConfig,
  Seccomp,
} from "../../src/oci/runtime-config.ts";
import { valueAt } from "../../src/oci/violation.ts";
import { ANNOTATION_LANDLOCK, ANNOTATION_ROOTFS_IDMAP } from "../../src/sandbox/annotations.ts";
import { matches } from "../../src/sandbox/harden/mounts.ts";
import { intersect } from "../../src/sandbox/harden/seccomp.ts";
import { baseFor } from "../../src/sandbox/harden/userns.ts";
import { type HardenFacts, harden } from "../../src/sandbox/harden.ts";
import { loadPolicy } from "../../src/sandbox/policy.ts";
import {
  CAPABILITY_SETS,
  EMPTY_POLICY,
  POLICY_NAMES,
  type Policy,
  type PolicyName,
} from "../../src/sandbox/policy-model.ts";
import { carelessConfig, KERNEL_MOUNTS, ROOT_FACTS, USER_FACTS } from "./harden-support.ts";

const policies = {} as Record<PolicyName, Policy>;
beforeAll(async () => {
  for (const name of POLICY_NAMES) policies[name] = await loadPolicy(name);
});

const policy = (over: Partial<Policy>): Policy => ({ ...EMPTY_POLICY, ...over });
const changed = (config: RuntimeConfig, over: Partial<Policy>, facts = ROOT_FACTS): RuntimeConfig =>
  harden(config, policy(over), facts).config;

describe("the empty policy", () => {
  it("changes nothing", () => {
    const config = carelessConfig();
    const result = harden(config, EMPTY_POLICY, ROOT_FACTS);
    expect(result.config).toEqual(config);
    expect(result.changes).toEqual([]);
    expect(result.mountOrigins).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("default, as root", () => {
  it("makes of a careless config what the profile says", () => {
    const { config, changes } = harden(carelessConfig(), policies.default, ROOT_FACTS);
    const { process: proc, root, linux, annotations } = config;
    expect(root?.readonly).toBe(true);
    expect(proc?.noNewPrivileges).toBe(true);
    expect(proc?.capabilities).toEqual({
      bounding: ["CAP_CHOWN", "CAP_KILL"],
      effective: ["CAP_CHOWN", "CAP_KILL"],
      permitted: ["CAP_CHOWN", "CAP_KILL"],
      inheritable: [],
      ambient: [],
    });
    expect(proc?.rlimits).toEqual([{ type: "RLIMIT_CORE", soft: 0, hard: 0 }]);
    const kinds = linux?.namespaces?.map(({ type }) => type).sort();
    expect(kinds).toEqual(["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]);
    const base = baseFor("/bundles/web", 65536);
    expect(linux?.uidMappings).toEqual([{ containerID: 0, hostID: base, size: 65536 }]);
    expect(linux?.gidMappings).toEqual(linux?.uidMappings);
    expect(annotations?.[ANNOTATION_ROOTFS_IDMAP]).toBe("true");
    expect(linux?.resources?.pids).toEqual({ limit: 2048 });
    expect(linux?.resources?.memory).toEqual({ limit: 6 * 2 ** 30 });
    expect(linux?.resources?.devices).toEqual([{ allow: false, access: "rwm" }]);
    expect(linux?.seccomp?.defaultAction).toBe("SCMP_ACT_ERRNO");
    expect(linux?.maskedPaths).toContain("/proc/kcore");
    expect(linux?.readonlyPaths).toContain("/proc/sys");
    const added = config.mounts?.slice(6).map(({ destination }) => destination);
    expect(added).toEqual(["/tmp", "/run"]);
    for (const { why, rule } of changes) {
      expect(why).toMatch(/^[^.]{15,}[^.]$/s);
      expect(rule).toMatch(/^(R\d+|[a-z]+(-[a-z]+)+)$/);
    }
  });

  it("says which limits are only its own wishes", () => {
    const { wishes } = harden(carelessConfig(), policies.default, ROOT_FACTS);
    expect([...wishes].sort()).toEqual([
      "/linux/resources/devices",
      "/linux/resources/memory/limit",
      "/linux/resources/pids/limit",
    ]);
    const own = carelessConfig({
      linux: { resources: { pids: { limit: 9999 }, devices: [], memory: { limit: 2 ** 50 } } },
    });
    expect([...harden(own, policies.default, ROOT_FACTS).wishes]).toEqual([]);
  });
});

describe("capabilities", () => {
  const user = (uid: number, capabilities: Capabilities): RuntimeConfig =>
    carelessConfig({ process: { cwd: "/", user: { uid, gid: 0 }, capabilities } });
  const two = ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"];

  it("leaves a user other than root the ambient set it has on purpose", () => {
    const full = { permitted: two, inheritable: [...two, "CAP_KILL"], ambient: two };
    const { config } = harden(user(1000, full), policies.default, ROOT_FACTS);
    expect(config.process?.capabilities).toEqual({
      permitted: two,
      inheritable: two,
      ambient: two,
    });
  });
  it("drops ambient capabilities that could not be raised", () => {
    const { config } = harden(user(1000, { ambient: two }), policies.default, ROOT_FACTS);
    expect(config.process?.capabilities).toEqual({ ambient: [] });
  });
  it("adds no set", () => {
    const { config } = harden(
      carelessConfig({ process: { cwd: "/" } }),
      policies.default,
      ROOT_FACTS,
    );
    expect(config.process?.capabilities).toBeUndefined();
  });
  it("drops what the kernel does not know, under any policy", () => {
    const config = user(0, { bounding: ["CAP_KILL", "CAP_BPF"] });
    const after = changed(config, {}, { ...ROOT_FACTS, lastCap: 37 });
    expect(after.process?.capabilities).toEqual({ bounding: ["CAP_KILL"] });
  });
  it("strict leaves none", () => {
    const { config } = harden(user(0, { bounding: two }), policies.strict, ROOT_FACTS);
    expect(config.process?.capabilities).toEqual({ bounding: [] });
  });
});

describe("rlimits, OOM score, AppArmor", () => {
  const limits = [
    { type: "RLIMIT_NOFILE" as const, max: 1024 },
    { type: "RLIMIT_CORE", max: 0, always: true },
  ];
  it.each([
    [[], [{ type: "RLIMIT_CORE", soft: 0, hard: 0 }]],
    [
      [{ type: "RLIMIT_NOFILE", soft: 10, hard: 2 ** 64 }],
      [
        { type: "RLIMIT_NOFILE", soft: 10, hard: 1024 },
        { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      ],
    ],
    [
      [
        { type: "RLIMIT_CORE", soft: 0, hard: -1 },
        { type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 },
      ],
      [
        { type: "RLIMIT_CORE", soft: 0, hard: 0 },
        { type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 },
      ],
    ],
  ])("%j", (rlimits, expected) => {
    const config = carelessConfig({ process: { cwd: "/", rlimits } });
    expect(changed(config, { rlimits: limits }).process?.rlimits).toEqual(expected);
  });
  it.each([
    [-999, 0],
    [0, 0],
    [500, 500],
    [undefined, undefined],
  ])("oomScoreAdj %s becomes %s", (before, after) => {
    const process = { cwd: "/", ...(before === undefined ? {} : { oomScoreAdj: before }) };
    const config = changed(carelessConfig({ process }), { oomScoreAdjFloor: 0 });
    expect(config.process?.oomScoreAdj).toBe(after);
  });
  it("adds the AppArmor profile where the kernel has AppArmor, and says so where it has not", () => {
    const asked = policy({ apparmorProfile: "tguard" });
    const on = harden(carelessConfig(), asked, { ...ROOT_FACTS, apparmorEnabled: true });
    expect(on.config.process?.apparmorProfile).toBe("tguard");
    const off = harden(carelessConfig(), asked, ROOT_FACTS);
    expect(off.config.process?.apparmorProfile).toBeUndefined();
    expect(off.notes[0]).toContain("AppArmor");
    const own = carelessConfig({ process: { cwd: "/", apparmorProfile: "mine" } });
    const kept = harden(own, asked, { ...ROOT_FACTS, apparmorEnabled: true });
    expect(kept.config.process?.apparmorProfile).toBe("mine");
  });
});

describe("namespaces", () => {
  const withNamespaces = (...namespaces: { type: NamespaceType; path?: string }[]): RuntimeConfig =>
    carelessConfig({ linux: { namespaces } });
  it("keeps what is joined by path, but for the host's own", () => {
    const config = withNamespaces(
      { type: "network", path: "/run/netns/web" },
      { type: "ipc", path: "/proc/1/ns/ipc" },
    );
    const after = changed(config, { namespaces: { require: ["ipc", "uts"] }, network: "private" });
    expect(after.linux?.namespaces).toEqual([
      { type: "network", path: "/run/netns/web" },
      { type: "ipc" },
      { type: "uts" },
    ]);
  });
  it("network none leaves a joined network", () => {
    const config = withNamespaces({ type: "network", path: "/run/netns/web" });
    const { changes, config: after } = harden(config, policy({ network: "none" }), ROOT_FACTS);
    expect(after.linux?.namespaces).toEqual([{ type: "network" }]);
    expect(changes.map(({ pointer }) => pointer)).toEqual(["/linux/namespaces/0"]);
  });
  it("network keep leaves the host's", () => {
    const after = changed(withNamespaces({ type: "pid" }), { network: "keep" });
    expect(after.linux?.namespaces).toEqual([{ type: "pid" }]);
  });
});

describe("user namespace", () => {
  const auto = { userNamespace: { mode: "auto", size: 65536 } } as const;
  const maps = (config: RuntimeConfig): unknown => [
    config.linux?.uidMappings,
    config.linux?.gidMappings,
  ];

  it("lies in systemd's container range, whole pieces, the same for the same key", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 22 }), (key, size) => {
        const base = baseFor(key, size);
        expect(base).toBe(baseFor(key, size));
        expect(base % 65536).toBe(0);
        expect(base).toBeGreaterThanOrEqual(524288);
        expect(base + size - 1).toBeLessThanOrEqual(1879048191);
      }),
    );
  });
  it("spreads bundles over the range", () => {
    const bases = new Set(Array.from({ length: 1000 }, (_, i) => baseFor(`/bundles/${i}`, 65536)));
    // By chance 17 of 1,000 collide in 28,664 places.
    expect(bases.size).toBeGreaterThan(950);
  });
  it("takes the range that the root filesystem was given to", () => {
    const rootfs = { uid: 655360, gid: 655360, idmapSupported: true };
    const after = changed(carelessConfig(), auto, { ...ROOT_FACTS, rootfs });
    expect(after.linux?.uidMappings).toEqual([{ containerID: 0, hostID: 655360, size: 65536 }]);
    expect(after.annotations).toBeUndefined();
  });
  it("is the identity, with a note, where the filesystem cannot be idmapped", () => {
    const rootfs = { uid: 0, gid: 0, idmapSupported: false };
    const { config, notes } = harden(carelessConfig(), policy(auto), { ...ROOT_FACTS, rootfs });
    expect(config.linux?.uidMappings).toEqual([{ containerID: 0, hostID: 0, size: 65536 }]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^weaker: /);
  });
  it("maps no more than tguard's own user namespace has", () => {
    const after = changed(carelessConfig(), auto, {
      ...ROOT_FACTS,
      inUserNamespace: true,
      uidMap: [
        { inside: 1, outside: 100000, size: 999 },
        { inside: 0, outside: 1000, size: 1 },
        { inside: 5000, outside: 300000, size: 65536 },
      ],
      gidMap: [{ inside: 0, outside: 1000, size: 1 }],
    });
    expect(maps(after)).toEqual([
      [{ containerID: 0, hostID: 0, size: 1000 }],
      [{ containerID: 0, hostID: 0, size: 1 }],
    ]);
  });
  it("of the config's own stays", () => {
    const uidMappings = [{ containerID: 0, hostID: 7000, size: 10 }];
    const linux = {
      namespaces: [{ type: "user" as const }],
      uidMappings,
      gidMappings: uidMappings,
    };
    const after = changed(carelessConfig({ linux }), auto);
    expect(after.linux).toEqual(linux);
  });
  it.each([
    ["maps root to the host's root", { type: "user" as const }],
    ["is the host's", { type: "user" as const, path: "/proc/1/ns/user" }],
  ])("that %s is replaced", (_, namespace) => {
    const uidMappings = [{ containerID: 0, hostID: 0, size: 65536 }];
    const linux = { namespaces: [namespace], uidMappings, gidMappings: uidMappings };
    const after = changed(carelessConfig({ linux }), auto);
    expect(after.linux?.namespaces).toEqual([{ type: "user" }]);
    expect(after.linux?.uidMappings?.[0]?.hostID).toBeGreaterThan(0);
    expect(after.annotations?.[ANNOTATION_ROOTFS_IDMAP]).toBe("true");
  });
  it("is not added to a pod's pid namespace", () => {
    const linux = { namespaces: [{ type: "pid" as const, path: "/proc/77/ns/pid" }] };
    const { config, notes } = harden(carelessConfig({ linux }), policy(auto), ROOT_FACTS);
    expect(config.linux).toEqual(linux);
    expect(notes[0]).toContain("pid namespace");
  });
  it("shows the host's /sys read-only where the network namespace is not the container's", () => {
    const linux = {
      namespaces: [
        { type: "network" as const, path: "/run/netns/x" },
        { type: "pid" as const },
        { type: "ipc" as const },
      ],
    };
    const after = changed(carelessConfig({ linux }), auto);
    expect(after.mounts?.[5]).toEqual({
      destination: "/sys",
      type: "bind",
      source: "/sys",
      options: ["rbind", "nosuid", "nodev", "noexec", "ro", "rro"],
    });
  });

  describe("of an ordinary user", () => {
    it("is made from the ranges of subuid and subgid", () => {
      const after = changed(carelessConfig(), {}, USER_FACTS);
      expect(maps(after)).toEqual([
        [
          { containerID: 0, hostID: 1000, size: 1 },
          { containerID: 1, hostID: 100000, size: 65535 },
        ],
        [
          { containerID: 0, hostID: 100, size: 1 },
          { containerID: 1, hostID: 200000, size: 65535 },
        ],
      ]);
    });
    it("joins several ranges", () => {
      const subuid = [
        { start: 10, count: 2 },
        { start: 50, count: 100 },
      ];
      const small = { userNamespace: { mode: "auto", size: 6 } } as const;
      const after = changed(carelessConfig(), small, { ...USER_FACTS, subuid });
      expect(after.linux?.uidMappings).toEqual([
        { containerID: 0, hostID: 1000, size: 1 },
        { containerID: 1, hostID: 10, size: 2 },
        { containerID: 3, hostID: 50, size: 3 },
      ]);
    });
    it("has one id, a note, no unmapped group and no gid=5 without ranges", () => {
      const process = { cwd: "/", user: { uid: 0, gid: 0, additionalGids: [5, 0] } };
      const facts = { ...USER_FACTS, subgid: [] };
      const { config, notes } = harden(carelessConfig({ process }), policy(auto), facts);
      expect(maps(config)).toEqual([
        [{ containerID: 0, hostID: 1000, size: 1 }],
        [{ containerID: 0, hostID: 100, size: 1 }],
      ]);
      expect(notes[0]).toContain("/etc/subuid");
      expect(config.process?.user?.additionalGids).toEqual([0]);
      const pts = config.mounts?.find(({ type }) => type === "devpts");
      expect(pts?.options).not.toContain("gid=5");
      expect(pts?.options).toContain("ptmxmode=0666");
    });
    it("drops a cgroup mount when there is no group, and mqueue of the host's ipc namespace", () => {
      const cgroup = { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" };
      const mounts = [...KERNEL_MOUNTS, cgroup];
      const after = changed(carelessConfig({ mounts }), {}, USER_FACTS);
      expect(after.mounts?.map(({ type }) => type)).toEqual([
        "proc",
        "tmpfs",
        "devpts",
        "tmpfs",
        "bind",
      ]);
      const usable = changed(
        carelessConfig({ mounts }),
        {},
        { ...USER_FACTS, cgroupsUsable: true },
      );
      expect(usable.mounts?.at(-1)).toEqual(cgroup);
    });
    it("notes what cannot be limited, and leaves the config's own limits", () => {
      const bare = harden(carelessConfig(), policies.default, USER_FACTS);
      expect(bare.config.linux?.resources).toBeUndefined();
      expect(bare.notes.filter((note) => note.startsWith("not enforced"))).toHaveLength(2);
      const linux = { resources: { pids: { limit: 10 } } };
      const own = harden(carelessConfig({ linux }), policies.default, USER_FACTS);
      expect(own.config.linux?.resources).toEqual({ pids: { limit: 10 } });
    });
    it("notes a root filesystem of somebody else's", () => {
      const rootfs = { uid: 0, gid: 0, idmapSupported: false };
      const { notes } = harden(carelessConfig(), policy({}), { ...USER_FACTS, rootfs });
      expect(notes[0]).toContain("belongs to uid 0");
    });
  });

  it.each<[string, RuntimeConfig["process"], HardenFacts, string, RegExp]>([
    ["uid", { cwd: "/", user: { uid: 65536, gid: 0 } }, ROOT_FACTS, "uid", /size: 65537/],
    ["gid", { cwd: "/", user: { uid: 1, gid: 1000650000 } }, ROOT_FACTS, "gid", /extends/],
    [
      "additional gid",
      { cwd: "/", user: { uid: 1, gid: 1, additionalGids: [3, 99999] } },
      ROOT_FACTS,
      "additionalGids/1",
      /size: 100000/,
    ],
    [
      "uid of an ordinary user's",
      { cwd: "/", user: { uid: 33, gid: 33 } },
      { ...USER_FACTS, subuid: [] },
      "uid",
      /subuid/,
    ],
  ])("refuses a %s that it does not have", (_, process, facts, at, hint) => {
    const error = thrown(() =>
      harden(carelessConfig({ process } as Partial<RuntimeConfig>), policies.default, facts),
    );
    expect(error.where).toBe(`config.json /process/user/${at}`);
    expect(error.hint).toMatch(hint);
  });
});

function thrown(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("mounts", () => {
  const bind = (source: string, ...options: string[]): Mount => ({
    destination: "/data",
    type: "bind",
    source,
    options: ["rbind", ...options],
  });
  const withMounts = (...mounts: Mount[]): RuntimeConfig => carelessConfig({ mounts });

  it.each([
    "/",
    "/etc",
    "/etc/shadow",
    "/proc",
    "/proc/sys",
    "/sys/kernel",
    "/root/.ssh",
    "/var/lib/docker/volumes/x",
    "/run/docker.sock",
    "/var/run/docker.sock",
    "//run/./docker.sock",
    "/srv/../etc",
    "/run/user/1000/podman/podman.sock",
    "/dev/sda",
    "/bundles/web/docker.sock",
    "docker.sock",
    "../../etc/passwd",
  ])("default refuses the host's %s", (source) => {
    const error = thrown(() =>
      harden(withMounts(bind(source, "ro")), policies.default, ROOT_FACTS),
    );
    expect(error.where).toContain("config.json /mounts/0");
    expect(error.hint).toContain("compat");
    expect(() => harden(withMounts(bind(source)), policies.compat, ROOT_FACTS)).not.toThrow();
  });
  it.each([
    "/srv/app",
    "/home/ann/data",
    "/usr/share/zoneinfo",
    "/etc/resolv.conf",
    "/etc/ssl/certs/ca.pem",
    "/dev/null",
    "/var/lib/docker/containers/0a1b/hosts",
    "/run/containers/storage/overlay-containers/x/userdata/resolv.conf",
    "/bundles/web/etc",
    "data",
    "/etcetera",
  ])("default takes %s", (source) => {
    expect(() => harden(withMounts(bind(source)), policies.default, ROOT_FACTS)).not.toThrow();
  });
  it("judges a link by where it leads", () => {
    const sources = new Map([["/srv/link", "/run/docker.sock"]]);
    const run = (): unknown =>
      harden(withMounts(bind("/srv/link")), policies.default, { ...ROOT_FACTS, sources });
    expect(thrown(run).message).toContain("/run/docker.sock");
  });
  it("makes the host's programs and name files read-only", () => {
    const { config } = harden(
      withMounts(bind("/usr/lib/jvm"), bind("/etc/hosts", "rw")),
      policies.default,
      ROOT_FACTS,
    );
    const binds = config.mounts?.filter(({ type }) => type === "bind") ?? [];
    expect(binds.map(({ options }) => options)).toEqual([
      ["rbind", "nosuid", "nodev", "ro"],
      ["rbind", "nosuid", "nodev", "ro"],
    ]);
  });

  it.each<[string, Mount, string[], string[] | undefined]>([
    ["adds what is missing", bind("/a"), ["nosuid"], ["rbind", "nosuid"]],
    ["knows the recursive form", bind("/a", "rnosuid"), ["nosuid"], ["rbind", "rnosuid"]],
    [
      "takes the opposite out",
      bind("/a", "suid", "rsuid", "nosuid"),
      ["nosuid"],
      ["rbind", "nosuid"],
    ],
    ["rro is ro", bind("/a", "rro"), ["ro"], ["rbind", "rro"]],
    ["ro is not rro", bind("/a", "ro", "rw"), ["rro"], ["rbind", "ro", "rro"]],
    ["leaves exec where it is asked for", bind("/a", "exec"), ["noexec"], ["rbind", "exec"]],
    [
      "leaves device nodes devices",
      { destination: "/dev/fuse", type: "bind", source: "/dev/fuse" },
      ["nodev"],
      undefined,
    ],
  ])("options: %s", (_, mount, options, expected) => {
    const mounts = {
      refuse: [],
      allow: [],
      readonly: [],
      options: { bind: options },
      propagation: "keep",
    } as const;
    expect(changed(withMounts(mount), { mounts }).mounts?.[0]?.options).toEqual(expected);
  });
  it("leaves /dev what devices need", () => {
    const { config } = harden(carelessConfig(), policies.strict, ROOT_FACTS);
    const dev = config.mounts?.find(({ destination }) => destination === "/dev");
    // Closed by the planner once the devices are made; without nodev, or they would not open.
    expect(dev?.options).toContain("ro");
    expect(dev?.options).not.toContain("nodev");
    const pts = config.mounts?.find(({ destination }) => destination === "/dev/pts");
    expect(pts?.options).not.toContain("nodev");
  });
  it("strict leaves nothing writable but the devices", () => {
    const config = withMounts(...KERNEL_MOUNTS, bind("/srv"), {
      destination: "/tmp",
      type: "tmpfs",
      source: "tmpfs",
    });
    const after = harden(config, policies.strict, ROOT_FACTS).config;
    const writable = after.mounts?.filter(({ options }) => !options?.includes("ro"));
    expect(writable?.map(({ destination }) => destination)).toEqual(["/proc", "/dev/pts"]);
    expect(after.root?.readonly).toBe(true);
  });
  it.each([
    ["slave", ["rshared"], "shared", ["rslave"], "slave"],
    ["private", ["slave"], "rslave", ["private"], "rprivate"],
    ["keep", ["shared"], "rshared", ["shared"], "rshared"],
    ["slave", ["unbindable"], "private", ["unbindable"], "private"],
  ] as const)("propagation %s: %j %s", (propagation, options, root, after, rootAfter) => {
    const config = carelessConfig({
      mounts: [{ destination: "/a", type: "bind", source: "/a", options }],
      linux: { rootfsPropagation: root },
    });
    const mounts = { ...EMPTY_POLICY.mounts, propagation };
    const result = changed(config, { mounts });
    expect(result.mounts?.[0]?.options).toEqual(after);
    expect(result.linux?.rootfsPropagation).toBe(rootAfter);
  });

  describe("writable paths", () => {
    const writable = [
      { path: "/tmp", size: "1m", mode: "1777", create: true },
      { path: "/run", size: "2m", copyUp: true },
      { path: "/opt/x", size: "3m", exec: true },
    ];
    const give = (
      config: RuntimeConfig,
      rootfs: Partial<HardenFacts["rootfs"]> = {},
    ): (string | undefined)[] =>
      changed(
        config,
        { rootReadonly: true, writable },
        {
          ...ROOT_FACTS,
          rootfs: { uid: 0, gid: 0, idmapSupported: true, ...rootfs },
        },
      ).mounts?.map(({ destination }) => destination) ?? [];

    it("are tmpfs with the options of the policy", () => {
      const { config, changes, mountOrigins } = harden(
        withMounts({ destination: "/proc", type: "proc" }, bind("/srv")),
        policy({ rootReadonly: true, writable }),
        { ...ROOT_FACTS, rootfs: { uid: 0, gid: 0, idmapSupported: true } },
      );
      expect(config.mounts?.slice(1, 4)).toEqual([
        {
          destination: "/tmp",
          type: "tmpfs",
          source: "tmpfs",
          options: ["nosuid", "nodev", "noexec", "size=1m", "mode=1777"],
        },
        {
          destination: "/run",
          type: "tmpfs",
          source: "tmpfs",
          options: ["nosuid", "nodev", "noexec", "size=2m", "tmpcopyup"],
        },
        {
          destination: "/opt/x",
          type: "tmpfs",
          source: "tmpfs",
          options: ["nosuid", "nodev", "size=3m"],
        },
      ]);
      expect(mountOrigins).toEqual([0, undefined, undefined, undefined, 1]);
      expect(changes.map(({ pointer }) => pointer)).toEqual([
        "/root/readonly",
        "/mounts/1",
        "/mounts/2",
        "/mounts/3",
      ]);
    });
    it.each<[string, Mount[], Partial<HardenFacts["rootfs"]>, string[]]>([
      [
        "only those that the image has, or may be made",
        [],
        { present: ["/run"] },
        ["/tmp", "/run"],
      ],
      ["none can be made in a root that is not ours", [], { present: [], writable: false }, []],
      [
        "not over a mount of the config's, under any name",
        [
          { destination: "/tmp/", type: "bind", source: "/a" },
          { destination: "/var/run", type: "tmpfs" },
        ],
        { present: ["/run"] },
        ["/tmp/", "/var/run"],
      ],
      [
        "not inside one",
        [{ destination: "/opt", type: "bind", source: "/a" }],
        {},
        ["/tmp", "/run", "/opt"],
      ],
      [
        "below what lies in them",
        [
          { destination: "/proc", type: "proc" },
          { destination: "/run/secrets", type: "bind", source: "/a" },
        ],
        { present: ["/run"] },
        ["/proc", "/tmp", "/run", "/run/secrets"],
      ],
    ])("%s", (_, mounts, rootfs, expected) => {
      expect(give(withMounts(...mounts), rootfs)).toEqual(expected);
    });
    it("are not given to a root that was read-only already", () => {
      const config = carelessConfig({ root: { path: "rootfs", readonly: true }, mounts: [] });
      expect(give(config)).toEqual([]);
    });
  });
});

describe("patterns of host paths", () => {
  it.each([
    ["/a", "/a", true],
    ["/a", "/a/b", false],
    ["/a/**", "/a", true],
    ["/a/**", "/a/b/c", true],
    ["/a/**", "/ab", false],
    ["/**/x.sock", "/x.sock", true],
    ["/**/x.sock", "/a/b/x.sock", true],
    ["/**/x.sock", "/a/bx.sock", false],
    ["/a/*/c", "/a/b/c", true],
    ["/a/*/c", "/a/b/b/c", false],
    ["/a.c", "/abc", false],
    ["/", "/", true],
    ["/", "/a", false],
  ])("%s and %s: %s", (pattern, path, yes) => expect(matches(pattern, path)).toBe(yes));
});

describe("paths, sysctls, Landlock", () => {
  it("unites masked and read-only paths, the config's first", () => {
    const after = changed(carelessConfig({ linux: { maskedPaths: ["/x", "/b"] } }), {
      maskedPaths: ["/a", "/b"],
      readonlyPaths: ["/c"],
    });
    expect(after.linux).toEqual({ maskedPaths: ["/x", "/b", "/a"], readonlyPaths: ["/c"] });
  });
  it("takes out settings that are not the container's, in both spellings", () => {
    const sysctl = {
      "net.ipv4.ip_forward": "1",
      "kernel.shmmax": "1",
      "vm.overcommit_memory": "1",
      "kernel/core_pattern": "|/x",
    };
    const { config, changes } = harden(
      carelessConfig({ linux: { sysctl } }),
      policies.default,
      ROOT_FACTS,
    );
    expect(Object.keys(config.linux?.sysctl ?? {})).toEqual([
      "net.ipv4.ip_forward",
      "kernel.shmmax",
    ]);
    const pointers = changes.filter(({ rule }) => rule === "R20").map(({ pointer }) => pointer);
    expect(pointers).toEqual([
      "/linux/sysctl/vm.overcommit_memory",
      "/linux/sysctl/kernel~1core_pattern",
    ]);
  });
  it("lays the policy's Landlock layer over the config's", () => {
    const own = { readExec: ["/usr"] };
    const config = carelessConfig({ annotations: { [ANNOTATION_LANDLOCK]: JSON.stringify(own) } });
    const after = changed(config, { landlock: { readWrite: ["/tmp"] } });
    expect(JSON.parse(after.annotations?.[ANNOTATION_LANDLOCK] ?? "")).toEqual([
      own,
      { readWrite: ["/tmp"] },
    ]);
  });
  it("refuses an annotation that is no Landlock layer", () => {
    for (const text of [
      "{",
      "[[]]",
      '{"readExec":"/"}',
      '{"read":["x"]}',
      '{"rw":[]}',
      '{"denyTcp":1}',
    ]) {
      const config = carelessConfig({ annotations: { [ANNOTATION_LANDLOCK]: text } });
      const error = thrown(() => changed(config, { landlock: {} }));
      expect(error.where).toContain(ANNOTATION_LANDLOCK);
    }
  });
});

describe("resources", () => {
  it.each([
    [undefined, 100],
    [-1, 100],
    [0, 1],
    [1, 1],
    [100, 100],
    [5000, 100],
  ])("pids limit %s becomes %s", (limit, expected) => {
    const resources = limit === undefined ? {} : { pids: { limit } };
    const after = changed(carelessConfig({ linux: { resources } }), { pidsLimit: 100 });
    expect(after.linux?.resources?.pids).toEqual({ limit: expected });
  });
  it.each([
    [{}, { limit: 1000 }],
    [{ limit: -1 }, { limit: 1000 }],
    [
      { limit: 10, swap: 20 },
      { limit: 10, swap: 20 },
    ],
    [
      { limit: 5000, reservation: 2000 },
      { limit: 1000, reservation: 1000 },
    ],
    [{ swap: 500 }, { swap: 500, limit: 500 }],
  ])("memory %j becomes %j", (memory, expected) => {
    const after = changed(carelessConfig({ linux: { resources: { memory } } }), {
      memoryLimit: 1000,
    });
    expect(after.linux?.resources?.memory).toEqual(expected);
  });
  it.each([
    ["max", "100"],
    ["5000", "100"],
    ["7", "7"],
  ])("unified pids.max %s becomes %s", (before, expected) => {
    const resources = { unified: { "pids.max": before } };
    const after = changed(carelessConfig({ linux: { resources } }), { pidsLimit: 100 });
    expect(after.linux?.resources).toEqual({ unified: { "pids.max": expected } });
  });
  it("sets no limit for which there is no controller", () => {
    const { config, notes } = harden(
      carelessConfig(),
      policy({ pidsLimit: 5, memoryLimit: "50%" }),
      {
        ...ROOT_FACTS,
        controllers: ["memory"],
      },
    );
    expect(config.linux?.resources).toEqual({ memory: { limit: 4 * 2 ** 30 } });
    expect(notes).toHaveLength(1);
  });
  it("takes out devices and rules that reach the host", () => {
    const linux = {
      devices: [
        { path: "/dev/sda", type: "b" as const, major: 8, minor: 0 },
        { path: "/dev/mem", type: "u" as const, major: 1, minor: 1 },
        { path: "/dev/fifo", type: "p" as const },
        { path: "/dev/fuse", type: "c" as const, major: 10, minor: 229 },
      ],
      resources: {
        devices: [
          { allow: true, access: "rwm" },
          { allow: true, type: "c" as const, access: "rwm" },
          { allow: true, type: "c" as const, major: 10, minor: 229, access: "rw" },
          { allow: true, type: "c" as const, major: 136, access: "rw" },
          { allow: true, type: "b" as const, major: 8, minor: -1, access: "r" },
          { allow: false, type: "b" as const },
        ],
      },
    };
    const after = harden(carelessConfig({ linux }), policies.default, ROOT_FACTS).config.linux;
    expect(after?.devices).toEqual(linux.devices.slice(2));
    expect(after?.resources?.devices).toEqual([
      { allow: false, access: "rwm" },
      linux.resources.devices[2],
      linux.resources.devices[3],
      linux.resources.devices[5],
    ]);
    const strict = harden(carelessConfig({ linux }), policies.strict, ROOT_FACTS).config.linux;
    expect(strict?.devices).toEqual([linux.devices[2]]);
    expect(strict?.resources?.devices).toEqual([
      { allow: false, access: "rwm" },
      linux.resources.devices[3],
      linux.resources.devices[5],
    ]);
  });
});

describe("seccomp", () => {
  const ours: Seccomp = {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      { names: ["read", "write", "ptrace"], action: "SCMP_ACT_ALLOW" },
      {
        names: ["socket"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }],
      },
      {
        names: ["socket"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 2, op: "SCMP_CMP_EQ" }],
      },
    ],
  };
  const with_ = (mode: "add-if-missing" | "intersect" | "replace"): Partial<Policy> => ({
    seccomp: { profile: "test", section: ours, mode },
  });
  const filter = (
    seccomp: Seccomp | undefined,
    mode: Parameters<typeof with_>[0],
  ): Seccomp | undefined =>
    changed(carelessConfig({ linux: seccomp === undefined ? {} : { seccomp } }), with_(mode)).linux
      ?.seccomp;
  const theirs: Seccomp = {
    defaultAction: "SCMP_ACT_KILL",
    syscalls: [
      { names: ["read", "mount"], action: "SCMP_ACT_ALLOW" },
      { names: ["socket", "bpf"], action: "SCMP_ACT_ALLOW" },
      { names: ["getpid"], action: "SCMP_ACT_ERRNO", errnoRet: 5 },
    ],
  };

  it("is added when missing", () => {
    for (const mode of ["add-if-missing", "intersect", "replace"] as const)
      expect(filter(undefined, mode)).toEqual(ours);
  });
  it("of the config's own stays, or is replaced", () => {
    expect(filter(theirs, "add-if-missing")).toEqual(theirs);
    expect(filter(theirs, "replace")).toEqual(ours);
  });
  it.each(["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE"])(
    "gives way when its default is %s, but what it denied stays denied",
    (defaultAction) => {
      const denyList: Seccomp = {
        defaultAction,
        syscalls: [
          { names: ["ptrace"], action: "SCMP_ACT_ERRNO" },
          {
            names: ["write"],
            action: "SCMP_ACT_ERRNO",
            args: [{ index: 0, value: 2, op: "SCMP_CMP_EQ" }],
          },
        ],
      };
      expect(filter(denyList, "add-if-missing")?.syscalls?.[0]?.names).toEqual(["read", "write"]);
      expect(filter(denyList, "intersect")?.defaultAction).toBe("SCMP_ACT_ERRNO");
    },
  );
  it("intersect keeps what both allow, with the narrower conditions", () => {
    expect(filter(theirs, "intersect")).toEqual({
      defaultAction: "SCMP_ACT_KILL",
      syscalls: [
        { names: ["read"], action: "SCMP_ACT_ALLOW" },
        { ...ours.syscalls?.[1] },
        { ...ours.syscalls?.[2] },
        { names: ["getpid"], action: "SCMP_ACT_ERRNO", errnoRet: 5 },
      ],
    });
  });

  const NAMES = ["read", "write", "socket", "clone", "bpf"];
  const entry = fc.record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    action: fc.constantFrom("SCMP_ACT_ALLOW", "SCMP_ACT_LOG"),
    args: fc.array(
      fc.record({
        index: fc.constant(0),
        value: fc.integer({ min: 0, max: 2 }),
        op: fc.constant("SCMP_CMP_EQ"),
      }),
      { maxLength: 1 },
    ),
  });
  const section = fc.record({
    defaultAction: fc.constant("SCMP_ACT_ERRNO"),
    syscalls: fc.array(entry, { maxLength: 5 }),
  });
  const allows = (s: Seccomp, name: string, value: number): boolean =>
    (s.syscalls ?? []).some(
      ({ names, args = [] }) => names.includes(name) && args.every((arg) => arg.value === value),
    );
  it("intersect never allows what either denies, and is idempotent", () => {
    fc.assert(
      fc.property(section, section, (a, b) => {
        const both = intersect(a, b);
        for (const name of NAMES)
          for (const value of [0, 1, 2])
            if (allows(both, name, value))
              expect(allows(a, name, value) && allows(b, name, value)).toBe(true);
        expect(intersect(both, b)).toEqual(both);
      }),
    );
  });
});

describe("properties", () => {
  const capabilitySet = fc.uniqueArray(fc.constantFrom(...CAPABILITIES), { maxLength: 8 });
  const namespace = fc.record(
    {
      type: fc.constantFrom<NamespaceType>(
        "pid",
        "network",
        "mount",
        "ipc",
        "uts",
        "user",
        "cgroup",
        "time",
      ),
      path: fc.constantFrom("/proc/1/ns/x", "/run/netns/a", "/proc/self/ns/y"),
    },
    { requiredKeys: ["type"] },
  );
  const option = fc.constantFrom(
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "rro",
    "rshared",
    "slave",
    "gid=5",
    "uid=99999",
    "mode=755",
  );
  const mount = fc.record(
    {
      destination: fc.constantFrom(
        "/proc",
        "/sys",
        "/dev",
        "/dev/pts",
        "/dev/shm",
        "/tmp",
        "/run/x",
        "/var/run/y",
        "/data",
        "/var",
        "/sys/fs/cgroup",
      ),
      type: fc.constantFrom("proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "bind"),
      source: fc.constantFrom("/srv", "/usr", "data", "/etc/hosts", "none"),
      options: fc.array(option, { maxLength: 5 }),
    },
    { requiredKeys: ["destination", "type"] },
  );
  const mapping = fc.record({
    containerID: fc.constant(0),
    hostID: fc.constantFrom(0, 1000, 100000),
    size: fc.constantFrom(1, 65536),
  });
  const rule = fc.record(
    {
      allow: fc.boolean(),
      type: fc.constantFrom("a" as const, "b" as const, "c" as const),
      major: fc.constantFrom(-1, 1, 5, 8, 136),
      minor: fc.constantFrom(-1, 0, 1, 3),
      access: fc.constantFrom("r", "rwm"),
    },
    { requiredKeys: ["allow"] },
  );
  const config = fc.record(
    {
      ociVersion: fc.constant("1.2.0"),
      root: fc.record(
        { path: fc.constant("rootfs"), readonly: fc.boolean() },
        { requiredKeys: ["path"] },
      ),
      process: fc.record(
        {
          cwd: fc.constant("/"),
          user: fc.record({
            uid: fc.constantFrom(0, 33),
            gid: fc.constantFrom(0, 33),
            additionalGids: fc.array(fc.constantFrom(0, 5, 44)),
          }),
          capabilities: fc.record(
            {
              bounding: capabilitySet,
              effective: capabilitySet,
              permitted: capabilitySet,
              inheritable: capabilitySet,
              ambient: capabilitySet,
            },
            { requiredKeys: [] },
          ),
          noNewPrivileges: fc.boolean(),
          rlimits: fc.uniqueArray(
            fc.record({
              type: fc.constantFrom("RLIMIT_CORE", "RLIMIT_NOFILE"),
              soft: fc.nat(),
              hard: fc.constantFrom(0, 1024, 2 ** 64),
            }),
            { selector: ({ type }) => type },
          ),
          oomScoreAdj: fc.integer({ min: -1000, max: 1000 }),
        },
        { requiredKeys: ["cwd"] },
      ),
      mounts: fc.array(mount, { maxLength: 8 }),
      annotations: fc.constantFrom({}, { [ANNOTATION_ROOTFS_IDMAP]: "true" }),
      linux: fc.record(
        {
          namespaces: fc.uniqueArray(namespace, { selector: ({ type }) => type }),
          uidMappings: fc.array(mapping, { maxLength: 1 }),
          gidMappings: fc.array(mapping, { maxLength: 1 }),
          devices: fc.array(
            fc.record({
              type: fc.constantFrom("c" as const, "b" as const),
              path: fc.constant("/dev/x"),
              major: fc.constantFrom(1, 8, 10),
              minor: fc.constantFrom(1, 3),
            }),
            { maxLength: 3 },
          ),
          resources: fc.record(
            {
              devices: fc.array(rule, { maxLength: 4 }),
              pids: fc.record({ limit: fc.constantFrom(-1, 0, 5, 10 ** 6) }),
              memory: fc.record(
                {
                  limit: fc.constantFrom(-1, 10 ** 6, 2 ** 45),
                  swap: fc.constantFrom(-1, 2 ** 46),
                },
                { requiredKeys: [] },
              ),
              unified: fc.constantFrom({}, { "pids.max": "max" }, { "memory.max": "77" }),
            },
            { requiredKeys: [] },
          ),
          seccomp: fc.constantFrom<Seccomp[]>(
            { defaultAction: "SCMP_ACT_ALLOW" },
            {
              defaultAction: "SCMP_ACT_ERRNO",
              syscalls: [{ names: ["read", "bpf", "clone", "socket"], action: "SCMP_ACT_ALLOW" }],
            },
          ),
          sysctl: fc.constantFrom({}, { "net.a": "1", "vm.b": "2" }),
          maskedPaths: fc.array(fc.constantFrom("/proc/kcore", "/x"), { maxLength: 2 }),
          rootfsPropagation: fc.constantFrom("shared", "rslave", "private"),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["ociVersion", "root", "process"] },
  ) as fc.Arbitrary<RuntimeConfig>;
  const facts = fc.constantFrom<HardenFacts[]>(
    ROOT_FACTS,
    USER_FACTS,
    { ...USER_FACTS, subuid: [], subgid: [] },
    {
      ...ROOT_FACTS,
      inUserNamespace: true,
      uidMap: [{ inside: 0, outside: 7, size: 100 }],
      gidMap: [{ inside: 0, outside: 7, size: 100 }],
    },
    { ...ROOT_FACTS, rootfs: { uid: 0, gid: 0, idmapSupported: false }, cgroupsUsable: false },
  );

  const attempt = (run: () => ReturnType<typeof harden>): ReturnType<typeof harden> | undefined => {
    try {
      return run();
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  };

  it("harden is pure, deterministic, idempotent, and gives an account of what it did", () => {
    let hardened = 0;
    fc.assert(
      fc.property(config, facts, fc.constantFrom(...POLICY_NAMES), (input, host, name) => {
        const before = structuredClone(input);
        const first = attempt(() => harden(input, policies[name], host));
        expect(input).toEqual(before);
        if (first === undefined) return;
        hardened++;
        const second = harden(first.config, policies[name], host);
        expect(second.changes).toEqual([]);
        expect(second.config).toEqual(first.config);
        expect(harden(input, policies[name], host)).toEqual(first);
        if (first.changes.length === 0) expect(first.config).toEqual({ ...input });
        for (const { pointer, before: old, after } of first.changes) {
          expect(old === undefined && after === undefined).toBe(false);
          const parent = pointer.slice(0, pointer.lastIndexOf("/"));
          const isThere = [input, first.config].some(
            (place) =>
              valueAt(place, pointer) !== undefined || valueAt(place, parent) !== undefined,
          );
          expect(isThere, pointer).toBe(true);
        }
        expect(first.mountOrigins).toHaveLength(first.config.mounts?.length ?? 0);
      }),
      { numRuns: 500 },
    );
    // A generator whose configs are all refused would prove nothing.
    expect(hardened).toBeGreaterThan(100);
  });

  it("harden only tightens", () => {
    fc.assert(
      fc.property(config, facts, fc.constantFrom(...POLICY_NAMES), (input, host, name) => {
        const after = attempt(() => harden(input, policies[name], host))?.config;
        if (after === undefined) return;
        for (const set of CAPABILITY_SETS) {
          const old = input.process?.capabilities?.[set] ?? [];
          for (const capability of after.process?.capabilities?.[set] ?? [])
            expect(old).toContain(capability);
        }
        if (input.process?.noNewPrivileges === true)
          expect(after.process?.noNewPrivileges).toBe(true);
        if (input.root?.readonly === true) expect(after.root?.readonly).toBe(true);
        for (const path of input.linux?.maskedPaths ?? [])
          expect(after.linux?.maskedPaths).toContain(path);
        for (const { type, path } of input.linux?.namespaces ?? []) {
          const kept = after.linux?.namespaces?.find((n) => n.type === type);
          expect(kept).toBeDefined();
          if (path === undefined) expect(kept?.path).toBeUndefined();
        }
        const oldPids = input.linux?.resources?.pids?.limit ?? -1;
        const newPids = after.linux?.resources?.pids?.limit ?? -1;
        if (oldPids > 0) expect(newPids).toBeLessThanOrEqual(oldPids);
        expect(after.process?.oomScoreAdj ?? 0).toBeGreaterThanOrEqual(
          input.process?.oomScoreAdj ?? 0,
        );
        for (const key of Object.keys(after.linux?.sysctl ?? {}))
          expect(input.linux?.sysctl).toHaveProperty([key]);
        for (const allowed of (after.linux?.resources?.devices ?? []).filter((r) => r.allow))
          expect(input.linux?.resources?.devices).toContainEqual(allowed);
        if (input.linux?.seccomp !== undefined) expect(after.linux?.seccomp).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});
