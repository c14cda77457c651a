import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, isRoot, outcomeOf, TestBundle } from "../support/bundle.ts";

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
  bundle.install("sched");
});
afterEach(() => {
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

/** What fixtures/e2e/sched.c says of itself in a container. */
function scheduled(change: (config: Config) => void): Readonly<Record<string, string>> {
  const run = bundle.run("exec sched", { change });
  expect(run).toMatchObject({ stderr: "", status: 0 });
  return Object.fromEntries(
    run.stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")),
  );
}

const withUserNamespace = (config: Config): void => {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1000 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1000 }];
};

describe("process.scheduler", () => {
  test.each([
    [
      { policy: "SCHED_BATCH", nice: 5 },
      { policy: "3", nice: "5" },
    ],
    [
      { policy: "SCHED_OTHER", nice: 10 },
      { policy: "0", nice: "10" },
    ],
    [{ policy: "SCHED_IDLE" }, { policy: "5" }],
    [
      { policy: "SCHED_OTHER", nice: 3, flags: ["SCHED_FLAG_RESET_ON_FORK"] },
      { policy: "0", nice: "3", flags: "1" },
    ],
  ])("%j", (scheduler, expected) => {
    const seen = scheduled((config) => {
      config.process.scheduler = scheduler;
    });
    expect(seen).toMatchObject(expected);
  });

  test.skipIf(!isRoot)(
    "a raised priority, in a user namespace too (skipped for ordinary users: root's)",
    () => {
      const scheduler = { policy: "SCHED_OTHER", nice: -7 };
      const plain = scheduled((config) => {
        config.process.scheduler = scheduler;
      });
      const inside = scheduled((config) => {
        withUserNamespace(config);
        config.process.scheduler = scheduler;
      });
      expect([plain["nice"], inside["nice"]]).toEqual(["-7", "-7"]);
    },
  );

  test.skipIf(!isRoot)("a deadline, with its times (skipped for ordinary users: root's)", () => {
    const seen = scheduled((config) => {
      config.process.scheduler = {
        policy: "SCHED_DEADLINE",
        runtime: 1_000_000,
        deadline: 50_000_000,
        period: 100_000_000,
        flags: ["SCHED_FLAG_RESET_ON_FORK"],
      };
      config.process.args = ["sched"];
    });
    expect(seen).toMatchObject({
      policy: "6",
      flags: "1",
      runtime: "1000000",
      deadline: "50000000",
      period: "100000000",
    });
  });

  test("a real-time class that the control group has no budget for is an error that says so", () => {
    const run = bundle.run("exec sched", {
      change: (config) => {
        config.process.scheduler = { policy: "SCHED_FIFO", priority: 10 };
      },
    });
    // On a kernel without CONFIG_RT_GROUP_SCHED, or with cgroup v2 alone, root may have it.
    if (run.status === 0) expect(run.stdout).toMatch(/policy 1\n[\s\S]*priority 10\n/);
    else {
      expect(run.stderr).toMatch(
        /^tguard: setting the scheduling policy: EPERM\n {2}from {2}config\.json \/process\/scheduler/,
      );
      expect(run.stderr).toContain("CAP_SYS_NICE");
    }
  });

  test.each([
    [
      { policy: "SCHED_FIFO", priority: 0 },
      "/process/scheduler/priority must be a number from 1 to 99",
    ],
    [
      { policy: "SCHED_IDLE", nice: 3 },
      "/process/scheduler/nice goes with SCHED_OTHER or SCHED_BATCH alone",
    ],
    [
      { policy: "SCHED_OTHER", runtime: 3 },
      "/process/scheduler/runtime goes with SCHED_DEADLINE alone",
    ],
    [
      { policy: "SCHED_OTHER", nice: 20 },
      "/process/scheduler/nice must be a number from -20 to 19",
    ],
    [{ policy: "SCHED_NEW" }, "/process/scheduler/policy must be one of"],
    [
      { policy: "SCHED_OTHER", flags: ["SCHED_FLAG_X"] },
      "/process/scheduler/flags/0 must be one of",
    ],
  ])("%j is refused with its place", (scheduler, sentence) => {
    const run = bundle.run("true", {
      change: (config) => {
        config.process.scheduler = scheduler;
      },
    });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain(sentence);
  });
});

describe("process.ioPriority", () => {
  test.each([
    ["IOPRIO_CLASS_BE", 6, "2"],
    ["IOPRIO_CLASS_IDLE", 0, "3"],
  ])("%s %d", (name, priority, number) => {
    const seen = scheduled((config) => {
      config.process.ioPriority = { class: name, priority };
    });
    expect(seen).toMatchObject({ "io-class": number, "io-level": String(priority) });
  });

  test.skipIf(!isRoot)(
    "real time is root's, in a user namespace too (skipped for ordinary users)",
    () => {
      const seen = scheduled((config) => {
        withUserNamespace(config);
        config.process.ioPriority = { class: "IOPRIO_CLASS_RT", priority: 1 };
      });
      expect(seen).toMatchObject({ "io-class": "1", "io-level": "1" });
    },
  );

  test("an unknown class and a level that no class has are refused with their place", () => {
    const run = bundle.run("true", {
      change: (config) => {
        config.process.ioPriority = { class: "IOPRIO_CLASS_FAST", priority: 8 };
      },
    });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain("/process/ioPriority/class must be one of");
    expect(run.stderr).toContain("/process/ioPriority/priority must be a number from 0 to 7");
  });
});

describe("linux.personality", () => {
  test.each([
    ["LINUX32", "8"],
    ["LINUX", "0"],
  ])("%s", (domain, number) => {
    const seen = scheduled((config) => {
      config.linux.personality = { domain };
    });
    expect(seen["personality"]).toBe(number);
  });

  test("flags are refused: there are none", () => {
    const run = bundle.run("true", {
      change: (config) => {
        config.linux.personality = { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] };
      },
    });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain("/linux/personality/flags must be empty");
  });
});

describe("linux.memoryPolicy", () => {
  const online = readNodes();
  test.skipIf(online === undefined)("nodes, mode and flags (skipped without NUMA)", () => {
    const seen = scheduled((config) => {
      config.linux.memoryPolicy = {
        mode: "MPOL_BIND",
        nodes: "0",
        flags: ["MPOL_F_STATIC_NODES"],
      };
    });
    expect(seen).toMatchObject({ memory: String(2 | (1 << 15)), nodes: "1" });
  });

  test.skipIf(online === undefined).each([
    ["MPOL_DEFAULT", "", "0"],
    ["MPOL_PREFERRED", "0", "1"],
    ["MPOL_INTERLEAVE", "0", "3"],
    ["MPOL_LOCAL", "", "4"],
    ["MPOL_PREFERRED_MANY", "0", "5"],
  ])("%s (skipped without NUMA)", (mode, nodes, number) => {
    const seen = scheduled((config) => {
      config.linux.memoryPolicy = { mode, nodes };
    });
    expect(seen["memory"]).toBe(number);
  });

  test.skipIf(online === undefined)(
    "a node that is not there is an error of the operation (skipped without NUMA)",
    () => {
      const run = bundle.run("true", {
        change: (config) => {
          config.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "1023" };
        },
      });
      expect(run.status).toBe(125);
      expect(run.stderr).toContain("setting the memory policy: EINVAL");
      expect(run.stderr).toContain("config.json /linux/memoryPolicy");
    },
  );

  test.each([
    [{ mode: "MPOL_BIND" }, "/linux/memoryPolicy/nodes is missing"],
    [{ mode: "MPOL_LOCAL", nodes: "0" }, "/linux/memoryPolicy/nodes must be empty"],
    [{ mode: "MPOL_BIND", nodes: "0-" }, "/linux/memoryPolicy/nodes must be a list"],
    [{ nodes: "0" }, "/linux/memoryPolicy/mode is missing"],
    [{ mode: "MPOL_NEW" }, "/linux/memoryPolicy/mode must be one of"],
  ])("%j is refused with its place", (memoryPolicy, sentence) => {
    const run = bundle.run("true", {
      change: (config) => {
        config.linux.memoryPolicy = memoryPolicy;
      },
    });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain(sentence);
  });
});

test("execCPUAffinity is for exec: the container's own process keeps its processors", () => {
  const run = bundle.run("nproc", {
    change: (config) => {
      config.process.execCPUAffinity = { initial: "0", final: "0" };
    },
  });
  expect(run).toMatchObject({ status: 0, stdout: `${availableParallelism()}\n` });
});

describe("exec", () => {
  const withProcess = (change: (process: Config) => void): string => {
    const { process } = bundle.spec();
    process.args = ["sh", "-c", "nproc; sched"];
    change(process);
    const file = join(bundle.base, "process.json");
    writeFileSync(file, JSON.stringify(process));
    const run = bundle.tguard("exec", "--process", file, bundle.id);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    return run.stdout;
  };

  test("a process that joins has its own scheduler, I/O priority and processors, the container's persona", () => {
    bundle.write(
      bundle.spec("sleep 1000", (config) => {
        config.linux.personality = { domain: "LINUX32" };
      }),
    );
    expect(bundle.detach("--no-harden")).toBe(0);
    const seen = withProcess((process) => {
      process.scheduler = { policy: "SCHED_BATCH", nice: 4 };
      process.ioPriority = { class: "IOPRIO_CLASS_IDLE", priority: 0 };
      process.execCPUAffinity = { initial: "0", final: "0" };
    });
    expect(seen).toMatch(/^1\n[\s\S]*policy 3\n[\s\S]*nice 4\n[\s\S]*io-class 3\n/);
    expect(seen).toContain("personality 8\n");
    const all = withProcess(() => undefined);
    expect(all).toMatch(new RegExp(`^${availableParallelism()}\\n[\\s\\S]*policy 0\\n`));
    bundle.tguard("delete", "--force", bundle.id);
  });

  test("processors that are not there are an error with its place", () => {
    bundle.write(bundle.spec("sleep 1000"));
    expect(bundle.detach("--no-harden")).toBe(0);
    const { process } = bundle.spec();
    process.args = ["true"];
    process.execCPUAffinity = { final: "4000" };
    const file = join(bundle.base, "process.json");
    writeFileSync(file, JSON.stringify(process));
    const run = bundle.tguard("exec", "--process", file, bundle.id);
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain("choosing processors: EINVAL");
    expect(run.stderr).toContain("/process/execCPUAffinity/final");
    bundle.tguard("delete", "--force", bundle.id);
  });
});

describe("Intel RDT and labels on a machine without them", () => {
  test.each([
    ["/linux/intelRdt", "resctrl", { linux: { intelRdt: { closID: "guaranteed" } } }],
    ["/process/apparmorProfile", "AppArmor", { process: { apparmorProfile: "some-profile" } }],
    [
      "/process/selinuxLabel",
      "SELinux",
      { process: { selinuxLabel: "system_u:system_r:container_t:s0" } },
    ],
    [
      "/linux/mountLabel",
      "SELinux",
      { linux: { mountLabel: "system_u:object_r:container_file_t:s0" } },
    ],
  ])("%s is refused, and the layer named", (pointer, layer, entries: Config) => {
    const run = bundle.run("true", {
      change: (config) => {
        Object.assign(config.process, entries.process);
        Object.assign(config.linux, entries.linux);
      },
    });
    // A machine that has the layer refuses the profile, the label, the class: nobody made them.
    expect(run.status).toBe(125);
    expect(run.stderr).toContain(pointer);
    if (run.stderr.includes("disabled or not supported") || layer === "resctrl")
      expect(run.stderr).toContain(layer);
  });
});

describe.skipIf(!isRoot)(
  "linux.netDevices (skipped for ordinary users: moving a device is root's)",
  () => {
    let name = "";
    beforeEach(() => {
      name = `tg${process.pid % 100000}${Math.floor(Math.random() * 1000)}`;
      ip(
        "link",
        "add",
        name,
        "mtu",
        "1400",
        "address",
        "02:00:00:12:34:56",
        "type",
        "veth",
        "peer",
        "name",
        `${name}p`,
      );
    });
    afterEach(() => {
      // It went with the container, unless that never started.
      outcomeOf("ip", ["link", "del", `${name}p`]);
    });
    const ip = (...args: readonly string[]): void => {
      expect(outcomeOf("ip", args)).toMatchObject({ status: 0 });
    };

    test("moved and renamed: up, with its MTU, its hardware address and its permanent global addresses", () => {
      ip("addr", "add", "10.99.7.1/24", "dev", name);
      ip("addr", "add", "2001:db8::7/64", "dev", name, "nodad");
      ip("addr", "add", "169.254.9.9/16", "dev", name, "scope", "link");
      ip("link", "set", name, "up");
      const run = bundle.run("ip addr show dev web0; ip link show", {
        change: (config) => {
          config.linux.netDevices = { [name]: { name: "web0" } };
        },
      });
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout).toContain("mtu 1400");
      expect(run.stdout).toContain("02:00:00:12:34:56");
      expect(run.stdout).toContain("inet 10.99.7.1/24");
      expect(run.stdout).toContain("inet6 2001:db8::7/64");
      expect(run.stdout).not.toContain("169.254.9.9");
      expect(run.stdout).toMatch(/web0[^\n]*<[^>]*UP/);
      expect(run.stdout).not.toContain(name);
    });

    test("in a user namespace, keeping its name", () => {
      const run = bundle.run("ip link show", {
        change: (config) => {
          withUserNamespace(config);
          config.linux.netDevices = { [name]: {} };
        },
      });
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout).toContain(`${name}@`);
    });

    test("a template takes the first number that is free", () => {
      ip("link", "add", `${name}x`, "type", "veth", "peer", "name", `${name}y`);
      const run = bundle.run("ip link show", {
        change: (config) => {
          config.linux.netDevices = {
            [name]: { name: "net%d" },
            [`${name}x`]: { name: "net%d" },
          };
        },
      });
      outcomeOf("ip", ["link", "del", `${name}y`]);
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout).toContain(" net0@");
      expect(run.stdout).toContain(" net1@");
    });

    test("a device that is not there, and a name that is taken, are errors with their place", () => {
      const none = bundle.run("true", {
        change: (config) => {
          config.linux.netDevices = { "no-such-dev": {} };
        },
      });
      expect(none.status).toBe(125);
      expect(none.stderr).toContain(
        "moving the network device no-such-dev into the container: ENODEV",
      );
      expect(none.stderr).toContain("config.json /linux/netDevices/no-such-dev");
      const taken = bundle.run("true", {
        change: (config) => {
          config.linux.netDevices = { [name]: { name: "lo" } };
        },
      });
      expect(taken.status).toBe(125);
      expect(taken.stderr).toContain("EEXIST");
      // It is still the host's.
      expect(outcomeOf("ip", ["link", "show", name]).status).toBe(0);
    });
  },
);

describe.skipIf(!isRoot)(
  "linux.rootfsPropagation (skipped for ordinary users: peer groups differ)",
  () => {
    test.each([
      ["private", /^$/],
      ["rprivate", /^$/],
      ["slave", /^master:\d+/],
      ["rslave", /^master:\d+/],
      ["shared", /shared:\d+/],
      ["rshared", /shared:\d+/],
      ["unbindable", /unbindable/],
      ["runbindable", /unbindable/],
    ])("%s", (value, expected) => {
      const run = bundle.run("grep ' / / \\| / rw\\| / ro' /proc/self/mountinfo", {
        change: (config) => {
          config.linux.rootfsPropagation = value;
        },
      });
      expect(run).toMatchObject({ status: 0, stderr: "" });
      const root = run.stdout.split("\n").find((line) => line.split(" ")[4] === "/") ?? "";
      // proc_pid_mountinfo(5): optional fields end at "-"; a slave of a private mount has no master.
      const optional = root.split(" ").slice(6).join(" ").split("-")[0]?.trim() ?? "";
      const isHostShared = / - /.test(root) && hostRootIsShared();
      if (expected.source.includes("master") && !isHostShared) expect(optional).toBe("");
      else expect(optional).toMatch(expected);
    });
  },
);

function hostRootIsShared(): boolean {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === "/" && / shared:/.test(line));
}

function readNodes(): string | undefined {
  try {
    readFileSync("/proc/self/numa_maps");
    return readFileSync("/sys/devices/system/node/online", "utf8").trim();
  } catch {
    return undefined;
  }
}
