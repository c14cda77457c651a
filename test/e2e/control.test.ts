/** pause, resume, update, events on this machine's own control groups, through the built executable. */

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";

const ROOT = "/sys/fs/cgroup";
const isV1 = existsSync(`${ROOT}/freezer`) && existsSync(`${ROOT}/memory`);

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  try {
    bundle.tguard("delete", "--force", bundle.id);
    expect(bundle.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
  }
});

function detach(script: string, change?: (c: Config) => void): void {
  bundle.write(bundle.spec(script, change));
  expect(bundle.detach("--no-harden")).toBe(0);
}
const withTmp = (c: Config): void => {
  c.mounts.push({ destination: "/tmp", type: "tmpfs", source: "t", options: [] });
};
const status = (): string => JSON.parse(bundle.tguard("state", bundle.id).stdout).status;
const pid = (): number => JSON.parse(bundle.tguard("state", bundle.id).stdout).pid;
const control = (controller: string, file: string): string =>
  readFileSync(`${ROOT}/${controller}/tguard/${bundle.id}/${file}`, "utf8").trim();
const inContainer = (path: string): string => readFileSync(`/proc/${pid()}/root${path}`, "utf8");

describe.skipIf(!isRoot || !isV1)("cgroup v1, as root", () => {
  test("pause stops all processes, resume lets them go on", async () => {
    detach("while :; do echo x >> /tmp/n; sleep 0.01; done", withTmp);
    const size = (): number => inContainer("/tmp/n").length;
    await eventually(() => existsSync(`/proc/${pid()}/root/tmp/n`) && size() > 0);
    expect(bundle.tguard("pause", bundle.id)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(status()).toBe("paused");
    expect(bundle.tguard("list").stdout).toContain("paused");
    const still = size();
    for (let i = 0; i < 5; i++) bundle.tguard("state", bundle.id);
    expect(size()).toBe(still);

    expect(bundle.tguard("pause", bundle.id)).toMatchObject({ status: 1 });
    expect(bundle.tguard("resume", bundle.id)).toMatchObject({ status: 0, stdout: "" });
    expect(status()).toBe("running");
    await eventually(() => size() > still);
    const again = bundle.tguard("resume", bundle.id);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/^tguard: container not paused\n/);
  });

  test("groups below it are paused with it", async () => {
    detach(
      "mkdir /sys/fs/cgroup/freezer/sub; (echo 0 > /sys/fs/cgroup/freezer/sub/tasks; while :; do echo x >> /tmp/n; sleep 0.01; done) & wait",
      (c) => {
        withTmp(c);
        const mount = c.mounts.find((m: Config) => m.type === "cgroup");
        mount.options = mount.options.filter((o: string) => o !== "ro");
      },
    );
    await eventually(() => existsSync(`/proc/${pid()}/root/tmp/n`));
    bundle.tguard("pause", bundle.id);
    expect(control("freezer/", "freezer.state")).toBe("FROZEN");
    const still = inContainer("/tmp/n").length;
    for (let i = 0; i < 5; i++) bundle.tguard("state", bundle.id);
    expect(inContainer("/tmp/n").length).toBe(still);
    bundle.tguard("resume", bundle.id);
    await eventually(() => inContainer("/tmp/n").length > still);
  });

  test("kill and delete reach a paused container", async () => {
    detach("sleep 1000");
    bundle.tguard("pause", bundle.id);
    expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
    await eventually(() => status() === "stopped");
    expect(bundle.tguard("pause", bundle.id).stderr).toMatch(/container not running/);
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
    detach("sleep 1000");
    bundle.tguard("pause", bundle.id);
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
    expect(bundle.leftovers()).toEqual([]);
  });

  const files: readonly (readonly [string, readonly string[], Record<string, string>])[] = [
    ["pids", ["--pids-limit", "10"], { "pids/pids.max": "10" }],
    ["no pids limit", ["--pids-limit", "-1"], { "pids/pids.max": "max" }],
    [
      "memory and swap, up then down",
      ["--memory", "128m", "--memory-swap", "256m", "--memory-reservation", "32m"],
      {
        "memory/memory.limit_in_bytes": String(128 << 20),
        "memory/memory.memsw.limit_in_bytes": String(256 << 20),
        "memory/memory.soft_limit_in_bytes": String(32 << 20),
      },
    ],
    [
      "down",
      ["--memory", "32m", "--memory-swap", "48m"],
      {
        "memory/memory.limit_in_bytes": String(32 << 20),
        "memory/memory.memsw.limit_in_bytes": String(48 << 20),
      },
    ],
    [
      "no memory limit, nor one of swap",
      ["--memory", "-1"],
      {
        "memory/memory.limit_in_bytes": "9223372036854771712",
        "memory/memory.memsw.limit_in_bytes": "9223372036854771712",
      },
    ],
    [
      "cpu",
      ["--cpu-period", "200000", "--cpu-quota", "50000", "--cpu-share", "512"],
      {
        "cpu/cpu.cfs_period_us": "200000",
        "cpu/cpu.cfs_quota_us": "50000",
        "cpu/cpu.shares": "512",
      },
    ],
    [
      "cpu quota alone",
      ["--cpu-quota", "20000"],
      { "cpu/cpu.cfs_period_us": "200000", "cpu/cpu.cfs_quota_us": "20000" },
    ],
    ["no quota", ["--cpu-quota", "-1"], { "cpu/cpu.cfs_quota_us": "-1" }],
    [
      "cpuset",
      ["--cpuset-cpus", "0", "--cpuset-mems", "0"],
      { "cpuset/cpuset.cpus": "0", "cpuset/cpuset.mems": "0" },
    ],
  ];
  test("update: every option reaches its file, one after the other, and the state keeps them", () => {
    detach("sleep 1000");
    for (const [name, args, wanted] of files) {
      expect(bundle.tguard("update", ...args, bundle.id), name).toMatchObject({
        status: 0,
        stderr: "",
      });
      const found = Object.fromEntries(
        Object.keys(wanted).map((path) => {
          const [controller = "", file = ""] = path.split("/");
          return [path, control(controller, file)];
        }),
      );
      expect(found, name).toEqual(wanted);
    }
    const state = JSON.parse(
      readFileSync(join(bundle.state, bundle.id, "config.json"), "utf8"),
    ).linux;
    expect(state.resources).toMatchObject({ pids: { limit: -1 }, cpu: { quota: -1, shares: 512 } });
  });

  test("update: burst and idle where the kernel has them, else an error that names the file", () => {
    detach("sleep 1000");
    for (const [option, file] of [
      ["--cpu-burst=1000", "cpu.cfs_burst_us"],
      ["--cpu-idle=1", "cpu.idle"],
    ] as const) {
      bundle.tguard("update", "--cpu-quota", "50000", bundle.id);
      const result = bundle.tguard("update", option, bundle.id);
      if (existsSync(`${ROOT}/cpu/tguard/${bundle.id}/${file}`)) expect(result.status).toBe(0);
      else expect(result.stderr).toContain(file);
    }
  });

  test("update -r: a file, standard input, and what is wrong with them", () => {
    detach("sleep 1000");
    const file = join(bundle.base, "r.json");
    writeFileSync(
      file,
      '{"pids":{"limit":7},"memory":{"limit":33554432,"swap":null},"blockIO":null}',
    );
    expect(bundle.tguard("update", "--resources", file, bundle.id).status).toBe(0);
    expect(control("pids", "pids.max")).toBe("7");
    expect(control("memory", "memory.limit_in_bytes")).toBe("33554432");
    const piped = spawnSync(TGUARD, ["--root", bundle.state, "update", "-r", "-", bundle.id], {
      input: '{"pids":{"limit":8}}',
      encoding: "utf8",
    });
    expect(piped).toMatchObject({ status: 0, stderr: "" });
    expect(control("pids", "pids.max")).toBe("8");
    for (const [text, message] of [
      ["{", /not JSON/],
      ['{"pids":{"limit":"x"}}', /\/pids\/limit/],
    ] as const) {
      writeFileSync(file, text);
      const { status, stderr } = bundle.tguard("update", "-r", file, bundle.id);
      expect(status).toBe(1);
      expect(stderr).toMatch(message);
    }
    expect(bundle.tguard("update", "-r", "/nonexistent", bundle.id).stderr).toMatch(/cannot read/);
  });

  test("update: what the kernel refuses leaves all as it was", () => {
    detach("sleep 1000", (c) => {
      c.linux.resources = {
        ...c.linux.resources,
        memory: { limit: 64 << 20 },
        pids: { limit: 30 },
      };
    });
    const { status, stderr } = bundle.tguard(
      "update",
      "--pids-limit",
      "5",
      "--cpuset-cpus",
      "4000",
      bundle.id,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/cpuset.cpus/);
    expect(control("pids", "pids.max")).toBe("30");
    expect(bundle.tguard("update", "--memory", "1", bundle.id).stderr).toMatch(
      /unable to set memory limit to 1 \(current usage: \d+, peak usage: \d+\)/,
    );
    expect(control("memory", "memory.limit_in_bytes")).toBe(String(64 << 20));
    writeFileSync(join(bundle.base, "r"), '{"memory":{"limit":4096,"checkBeforeUpdate":true}}');
    expect(bundle.tguard("update", "-r", join(bundle.base, "r"), bundle.id).stderr).toMatch(
      /rejecting memory limit 4096 <= usage/,
    );
    expect(bundle.tguard("update", "--l3-cache-schema", "L3:0=f", bundle.id).stderr).toMatch(
      /Intel RDT/,
    );
  });

  test("update of device rules: allowed, then denied again, the default ones all the time", () => {
    detach("sleep 1000");
    const update = (devices: unknown): void => {
      writeFileSync(join(bundle.base, "r"), JSON.stringify({ devices }));
      expect(bundle.tguard("update", "-r", join(bundle.base, "r"), bundle.id)).toMatchObject({
        status: 0,
      });
    };
    update([{ allow: true, type: "c", major: 10, minor: 229, access: "rw" }]);
    expect(control("devices", "devices.list")).toMatch(/^c 10:229 rw$/m);
    expect(control("devices", "devices.list")).toMatch(/^c 1:3 rwm$/m);
    update([{ allow: false, access: "rwm" }]);
    expect(control("devices", "devices.list")).not.toMatch(/10:229/);
    expect(control("devices", "devices.list")).toMatch(/^c 1:3 rwm$/m);
  });

  test("a paused container can be updated, and stays paused", () => {
    detach("sleep 1000");
    bundle.tguard("pause", bundle.id);
    expect(bundle.tguard("update", "--pids-limit", "9", bundle.id).status).toBe(0);
    expect(control("pids", "pids.max")).toBe("9");
    expect(status()).toBe("paused");
  });

  test("events --stats: runc's document", () => {
    detach("sleep 1000", (c) => {
      c.linux.resources = {
        ...c.linux.resources,
        memory: { limit: 64 << 20 },
        pids: { limit: 30 },
      };
    });
    const { stdout, status } = bundle.tguard("events", "--stats", bundle.id);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\{"type":"stats","id":"[^"]+","data":\{"cpu":\{"usage":.*\}\}\n$/);
    const { data } = JSON.parse(stdout);
    expect(Object.keys(data)).toEqual([
      ...["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"],
    ]);
    expect(data.pids).toEqual({ current: 1, limit: 30 });
    expect(data.memory.usage.limit).toBe(64 << 20);
    expect(data.cpuset.sched_load_balance).toBe(1);
  });

  test("events: statistics at the interval, a notice when memory runs out, the end with the container", async () => {
    detach(
      "while [ ! -e /tmp/go ]; do sleep 0.05; done; dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1000",
      (c) => {
        withTmp(c);
        c.linux.resources = { ...c.linux.resources, memory: { limit: 16 << 20, swap: 16 << 20 } };
      },
    );
    const watcher = bundle.start("events", "--interval", "20ms", bundle.id);
    let text = "";
    watcher.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    const ended = once(watcher, "close");
    await eventually(() => text.split('"type":"stats"').length > 3);
    writeFileSync(`/proc/${pid()}/root/tmp/go`, "");
    await eventually(() => text.includes(`{"type":"oom","id":"${bundle.id}"}\n`));
    bundle.tguard("kill", bundle.id, "KILL");
    const [code] = await ended;
    expect(code).toBe(0);
    for (const line of text.trimEnd().split("\n")) JSON.parse(line);
  });

  test.each([
    ["--interval=0s", /duration interval must be greater than 0/],
    ["--interval=5", /invalid duration/],
  ])("events %s is refused", (option, message) => {
    detach("sleep 1000");
    const { status, stderr } = bundle.tguard("events", option, bundle.id);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test.each(["pause", "resume", "update", "events"])(
    "%s of what is not there, or stopped",
    async (command) => {
      expect(bundle.tguard(command, "nobody").status).toBe(1);
      detach("true");
      await eventually(() => status() === "stopped");
      const { status: code, stderr } = bundle.tguard(command, bundle.id);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^tguard: container not (running|paused)\n/);
    },
  );
});

describe.skipIf(!isRoot || !isV1)("linux.resources, at the start", () => {
  const hasFile = (path: string): boolean => existsSync(`${ROOT}/${path}`);
  const disk = existsSync("/sys/block")
    ? readdirSync("/sys/block")
        .map((name) => readFileSync(`/sys/block/${name}/dev`, "utf8").trim())
        .find((device) => device !== "")
    : undefined;
  const [major, minor] = (disk ?? "0:0").split(":").map(Number);
  const rows: readonly (readonly [string, string, unknown, string])[] = [
    ["swappiness", "memory/memory.swappiness", { memory: { swappiness: 10 } }, "10"],
    [
      "disableOOMKiller",
      "memory/memory.oom_control",
      { memory: { disableOOMKiller: true } },
      "oom_kill_disable 1",
    ],
    [
      "kernelTCP",
      "memory/memory.kmem.tcp.limit_in_bytes",
      { memory: { kernelTCP: 1 << 23 } },
      String(1 << 23),
    ],
    ["cpu.idle", "cpu/cpu.idle", { cpu: { idle: 1 } }, "1"],
    [
      "cpu.burst",
      "cpu/cpu.cfs_burst_us",
      { cpu: { quota: 50_000, period: 100_000, burst: 10_000 } },
      "10000",
    ],
    ...(["Read", "Write"] as const).flatMap((way) => [
      [
        `throttle${way}BpsDevice`,
        `blkio/blkio.throttle.${way.toLowerCase()}_bps_device`,
        { blockIO: { [`throttle${way}BpsDevice`]: [{ major, minor, rate: 1 << 20 }] } },
        `${disk} ${1 << 20}`,
      ] as const,
      [
        `throttle${way}IOPSDevice`,
        `blkio/blkio.throttle.${way.toLowerCase()}_iops_device`,
        { blockIO: { [`throttle${way}IOPSDevice`]: [{ major, minor, rate: 100 }] } },
        `${disk} 100`,
      ] as const,
    ]),
  ];
  test.each(rows)("%s reaches %s", (_, path, resources, wanted) => {
    const inGroup = ([controller, file] = path.split("/")) =>
      `${controller}/tguard/${bundle.id}/${file}`;
    const isThere = path.startsWith("blkio") ? disk !== undefined : true;
    bundle.write(
      bundle.spec("sleep 1000", (c) => {
        c.linux.resources = { ...c.linux.resources, ...(resources as object) };
      }),
    );
    if (!isThere) return;
    const started = bundle.detach("--no-harden");
    // Burst and idle are younger than some kernels that the suite runs on: then the start is refused, not unlimited.
    if (started !== 0) expect(hasFile(path.replace("/", "/tguard/"))).toBe(false);
    else expect(readFileSync(`${ROOT}/${inGroup()}`, "utf8")).toContain(wanted);
  });

  test("kernel memory is told to be no limit any more", () => {
    const { stderr, status } = bundle.run("true", {
      change: (c) => {
        c.linux.resources = { ...c.linux.resources, memory: { kernel: 1 << 24 } };
      },
    });
    expect(status).toBe(0);
    expect(stderr).toContain("/linux/resources/memory/kernel has no effect");
  });

  test("unified is refused on v1, with its place", () => {
    const { stderr, status } = bundle.run("true", {
      change: (c) => {
        c.linux.resources = { ...c.linux.resources, unified: { "memory.high": "1" } };
      },
    });
    expect(status).toBe(125);
    expect(stderr).toMatch(/config.json \/linux\/resources\/unified\/memory.high/);
  });
});

describe.skipIf(!isRoot || !isV1)("limits that the set-up itself would meet", () => {
  test.each([0, 1, 2])("pids.limit %i: the program starts, and cannot fork beyond it", (limit) => {
    const { status, stdout } = bundle.run("echo here; (true) || echo no; exit 3", {
      change: (c) => {
        c.linux.resources = { ...c.linux.resources, pids: { limit } };
      },
    });
    expect(stdout).toMatch(/^here\n/);
    expect(status).toBe(limit < 2 ? 2 : 3);
  });
});

describe.skipIf(!isRoot || !isV1)("a group that is there already", () => {
  const name = (): string => `/tguard/own-${bundle.id}`;
  const inPath = (c: Config): void => {
    c.linux.cgroupsPath = name();
  };
  const each = (work: (dir: string) => void): void => {
    for (const controller of readdirSync(ROOT)) {
      const dir = `${ROOT}/${controller}`;
      if (existsSync(`${dir}/cgroup.procs`)) work(`${dir}${name()}`);
    }
  };
  const remove = (): void =>
    each((dir) => {
      for (const path of [`${dir}/sub`, dir]) if (existsSync(path)) rmdirSync(path);
    });

  test("empty: taken, and removed with the container", () => {
    each((dir) => mkdirSync(dir, { recursive: true }));
    expect(bundle.run("exit 4", { change: inPath }).status).toBe(4);
    each((dir) => expect(existsSync(dir)).toBe(false));
  });

  test("with a process, or one below it: refused, and left alone", async () => {
    const { spawn } = await import("node:child_process");
    const sleeper = spawn("sleep", ["1000"], { stdio: "ignore" });
    try {
      for (const sub of ["", "/sub"]) {
        mkdirSync(`${ROOT}/pids${name()}${sub}`, { recursive: true });
        writeFileSync(`${ROOT}/pids${name()}${sub}/cgroup.procs`, String(sleeper.pid));
        const { status, stderr } = bundle.run("true", { change: inPath });
        expect(status).toBe(125);
        expect(stderr).toContain("container's cgroup is not empty");
        expect(readFileSync(`/proc/${sleeper.pid}/cgroup`, "utf8")).toContain(name());
        writeFileSync(`${ROOT}/pids/cgroup.procs`, String(sleeper.pid));
      }
    } finally {
      sleeper.kill("SIGKILL");
      await once(sleeper, "exit");
      remove();
    }
  });

  test("frozen: refused", () => {
    const dir = `${ROOT}/freezer${name()}`;
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${dir}/freezer.state`, "FROZEN");
    try {
      const { status, stderr } = bundle.run("true", { change: inPath });
      expect(status).toBe(125);
      expect(stderr).toContain("container's cgroup unexpectedly frozen");
    } finally {
      writeFileSync(`${dir}/freezer.state`, "THAWED");
      remove();
    }
  });
});
