/**
 * The commands on control groups, on a kernel with cgroup v2 whose process 1 is systemd, through the built executable: the
 * machine's systemd, a user's own, and groups of tguard's own beside them. run.sh systemd boots the machine and starts this.
 */

import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { Linux, RuntimeConfig } from "../../src/oci/runtime-config.ts";
import { defaultSpec } from "../../src/oci/spec.ts";

const DIST = resolve(import.meta.dirname, "../../dist");
/** A copy in memory: the shared directory is not cached, and each start would read all of it over 9p. */
const TGUARD = "/tmp/tguard-bin/tguard";
mkdirSync("/tmp/tguard-bin");
for (const name of ["tguard", "tguard-init"])
  copyFileSync(join(DIST, name), `/tmp/tguard-bin/${name}`);
const MIB = 1 << 20;
const ROOT = "/sys/fs/cgroup";
const BUNDLE = "/tmp/bundle";

type Result = SpawnSyncReturns<string>;

function sh(command: string, ...args: readonly string[]): Result {
  return spawnSync(command, args, { encoding: "utf8", timeout: 120_000 });
}

/** tguard as root, or as the user "vm". */
function tguard(...args: readonly string[]): Result {
  return sh(TGUARD, "--root", "/run/tg", ...args);
}
const AS_USER = ["--reuid=1000", "--regid=1000", "--clear-groups", "env", "-i"];
const USER_ENV = [
  "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/home/vm",
  "XDG_RUNTIME_DIR=/run/user/1000",
];
function asUser(command: string, ...args: readonly string[]): Result {
  return sh("setpriv", ...AS_USER, ...USER_ENV, command, ...args);
}

for (const dir of ["bin", "proc", "sys", "dev", "tmp", "etc", "root"])
  mkdirSync(`${BUNDLE}/rootfs/${dir}`, { recursive: true });
const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path)) ?? "";
copyFileSync(busybox, `${BUNDLE}/rootfs/bin/busybox`);
for (const applet of "sh true sleep cat echo ls dd mkdir mknod head rm kill".split(" "))
  symlinkSync("busybox", `${BUNDLE}/rootfs/bin/${applet}`);
writeFileSync(`${BUNDLE}/rootfs/etc/mode`, "");

interface Wanted {
  readonly script: string;
  readonly linux?: Linux;
  readonly user?: boolean;
  /** Whose files they are; the caller's unless told otherwise. */
  readonly owner?: number;
  /** Leave /sys/fs/cgroup writable. */
  readonly writable?: boolean;
  readonly args?: readonly string[];
}

function bundle({
  script,
  linux = {},
  user = false,
  owner,
  writable = false,
  args,
}: Wanted): string {
  const spec = defaultSpec(user ? { rootless: { uid: 1000, gid: 1000 } } : {}) as RuntimeConfig;
  const uid = owner ?? (user ? 1000 : 0);
  const dir = uid === 0 ? BUNDLE : `/tmp/bundle-${uid}`;
  if (!existsSync(dir)) {
    sh("cp", "-a", BUNDLE, dir);
    sh("chown", "-R", `${uid}:${uid}`, dir);
  }
  const view = {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "noexec", "nodev", ...(writable ? [] : ["ro"])],
  };
  const config = {
    ...spec,
    process: { ...spec.process, terminal: false, args: args ?? ["sh", "-c", script] },
    mounts: [
      ...(spec.mounts ?? []).filter(({ destination }) => destination !== view.destination),
      view,
    ],
    linux: { ...spec.linux, ...linux, resources: { ...spec.linux?.resources, ...linux.resources } },
  };
  writeFileSync(`${dir}/config.json`, JSON.stringify(config));
  return dir;
}

const stateOf = (id: string): { status: string; pid: number } =>
  JSON.parse(tguard("state", id).stdout || "{}");
const groupOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().replace(/^0::/, "");
const read = (path: string): string => readFileSync(path, "utf8").trim();
const show = (unit: string, ...properties: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    sh("systemctl", "show", unit, "-p", properties.join(","))
      .stdout.trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
const isGone = (unit: string): boolean => show(unit, "LoadState")["LoadState"] === "not-found";

async function until(what: string, isDone: () => boolean): Promise<void> {
  for (let tries = 0; !isDone(); tries++) {
    assert.ok(tries < 600, `not within a minute: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

function detach(id: string, wanted: Wanted, ...flags: readonly string[]): void {
  const dir = bundle(wanted);
  const args = ["--root", "/run/tg", ...flags, "run", "--no-harden", "-d", "-b", dir, id];
  // A pipe would stay open in the container.
  const { status } = spawnSync(TGUARD, args, {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 120_000,
  });
  assert.equal(status, 0);
}

let passed = 0;
let failed = 0;
/** Only checks whose names have this in them. */
const only = process.argv[2] ?? "";
async function check(name: string, work: () => Promise<void> | void): Promise<void> {
  if (!name.includes(only)) return;
  try {
    await work();
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${String(error)}`);
  }
  for (const id of readdirSync("/run/tg").filter((entry) => !/^\.|:/.test(entry)))
    tguard("delete", "--force", id);
}
mkdirSync("/run/tg", { mode: 0o700 });

const LIMITS: Linux = {
  cgroupsPath: "machine.slice:test:a",
  resources: {
    memory: { limit: 128 * MIB, reservation: 32 * MIB },
    cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: "0" },
    pids: { limit: 30 },
  },
};
const UNIT = "test-a.scope";
const GROUP = `${ROOT}/machine.slice/${UNIT}`;

await check(
  "system: the scope has the limits, its slice, and the container's process alone",
  async () => {
    detach("a", { script: "exec sleep 1000", linux: LIMITS }, "--systemd-cgroup");
    const { pid } = stateOf("a");
    assert.equal(groupOf(pid), `/machine.slice/${UNIT}`);
    await until("the placeholder is gone", () => read(`${GROUP}/cgroup.procs`) === String(pid));
    assert.deepEqual(
      show(
        UNIT,
        "Slice",
        "Delegate",
        "MemoryMax",
        "MemoryLow",
        "TasksMax",
        "CPUWeight",
        "CPUQuotaPerSecUSec",
        "AllowedCPUs",
        "ActiveState",
      ),
      {
        Slice: "machine.slice",
        Delegate: "yes",
        MemoryMax: String(128 * MIB),
        MemoryLow: String(32 * MIB),
        TasksMax: "30",
        CPUWeight: "59",
        CPUQuotaPerSecUSec: "500ms",
        AllowedCPUs: "0",
        ActiveState: "active",
      },
    );
    for (const [file, value] of [
      ["memory.max", String(128 * MIB)],
      ["memory.low", String(32 * MIB)],
      ["pids.max", "30"],
      ["cpu.weight", "59"],
      ["cpu.max", "50000 100000"],
      ["cpuset.cpus", "0"],
    ] as const)
      assert.equal(read(`${GROUP}/${file}`), value, file);

    // Later limits are systemd's too: it would put its own back when it reloads.
    const { status, stderr } = tguard(
      ...[
        "update",
        "--memory",
        "64m",
        "--pids-limit",
        "40",
        "--cpu-quota",
        "20000",
        "--cpu-share",
        "1024",
        "a",
      ],
    );
    assert.equal(status, 0, stderr);
    assert.equal(sh("systemctl", "daemon-reload").status, 0);
    assert.deepEqual(show(UNIT, "MemoryMax", "TasksMax", "CPUQuotaPerSecUSec", "CPUWeight"), {
      MemoryMax: String(64 * MIB),
      TasksMax: "40",
      CPUQuotaPerSecUSec: "200ms",
      CPUWeight: "100",
    });
    assert.equal(read(`${GROUP}/memory.max`), String(64 * MIB));
    assert.equal(read(`${GROUP}/pids.max`), "40");
    assert.equal(read(`${GROUP}/cpu.max`), "20000 100000");

    assert.equal(tguard("pause", "a").status, 0);
    assert.equal(stateOf("a").status, "paused");
    assert.match(read(`${GROUP}/cgroup.events`), /frozen 1/);
    assert.equal(tguard("resume", "a").status, 0);
    assert.equal(stateOf("a").status, "running");

    const { data } = JSON.parse(tguard("events", "--stats", "a").stdout);
    assert.equal(data.memory.usage.limit, 64 * MIB);
    assert.deepEqual(data.pids, { current: 1, limit: 40 });
    assert.ok(data.cpu.usage.total > 0);

    assert.equal(tguard("delete", "--force", "a").status, 0);
    assert.ok(isGone(UNIT));
    assert.equal(existsSync(GROUP), false);
  },
);

await check("system: a foreground run ends with its scope, also out of memory", () => {
  const dir = bundle({
    script:
      "read group </proc/self/cgroup; echo $group; exec dd if=/dev/zero of=/dev/null bs=64M count=1",
    linux: {
      cgroupsPath: ":test:a",
      resources: { memory: { limit: 16 * MIB, swap: 16 * MIB }, pids: { limit: 1 } },
    },
  });
  const { status, stdout, stderr } = tguard(
    "--systemd-cgroup",
    "run",
    "--no-harden",
    "-b",
    dir,
    "a",
  );
  assert.equal(stdout, "0::/\n", stderr);
  assert.equal(status, 137, stderr);
  assert.ok(isGone(UNIT));
  assert.equal(existsSync(`${ROOT}/system.slice/${UNIT}`), false);
});

await check("system: create, start, delete", async () => {
  const dir = bundle({ script: "exec sleep 1000", linux: { cgroupsPath: "a-b.slice:test:a" } });
  const args = ["--root", "/run/tg", "--systemd-cgroup", "create", "-b", dir, "a"];
  assert.equal(spawnSync(TGUARD, args, { stdio: ["ignore", "ignore", "inherit"] }).status, 0);
  assert.equal(stateOf("a").status, "created");
  assert.equal(groupOf(stateOf("a").pid), `/a.slice/a-b.slice/${UNIT}`);
  assert.equal(tguard("start", "a").status, 0);
  assert.equal(tguard("kill", "a", "KILL").status, 0);
  await until("stopped", () => stateOf("a").status === "stopped");
  assert.equal(tguard("delete", "a").status, 0);
  assert.ok(isGone(UNIT));
});

await check("system: a start that fails leaves no unit; a wrong cgroupsPath is told", () => {
  const linux: Linux = { cgroupsPath: ":test:a" };
  let dir = bundle({ script: "", args: ["/nonexistent"], linux });
  const failedRun = tguard("--systemd-cgroup", "run", "--no-harden", "-b", dir, "a");
  assert.equal(failedRun.status, 127, failedRun.stderr);
  assert.ok(isGone(UNIT));
  dir = bundle({ script: "true", linux: { cgroupsPath: "/plain/path" } });
  const { status, stderr } = tguard("--systemd-cgroup", "run", "--no-harden", "-b", dir, "a");
  assert.equal(status, 125);
  assert.match(stderr, /cannot use cgroupsPath "\/plain\/path"/);
  assert.match(stderr, /slice:prefix:name/);
});

await check("v2: pause holds groups below too, kill and delete reach them", async () => {
  detach("b", {
    script:
      "mkdir /sys/fs/cgroup/sub; (echo 0 >/sys/fs/cgroup/sub/cgroup.procs; exec sleep 1000) & exec sleep 1000",
    writable: true,
  });
  const group = `${ROOT}/tguard/b`;
  await until(
    "the group below",
    () => existsSync(`${group}/sub`) && read(`${group}/sub/cgroup.procs`) !== "",
  );
  assert.equal(tguard("pause", "b").status, 0);
  assert.match(read(`${group}/sub/cgroup.events`), /frozen 1/);
  assert.equal(tguard("pause", "b").status, 1);
  assert.equal(tguard("update", "--pids-limit", "9", "b").status, 0);
  assert.equal(stateOf("b").status, "paused");
  assert.equal(tguard("resume", "b").status, 0);
  assert.equal(tguard("pause", "b").status, 0);
  assert.equal(tguard("delete", "--force", "b").status, 0);
  assert.equal(existsSync(group), false);
});

await check("v2: update of every kind, and none where one fails", () => {
  detach("b", { script: "exec sleep 1000" });
  const group = `${ROOT}/tguard/b`;
  const files: readonly (readonly [readonly string[], Record<string, string>])[] = [
    [
      ["--memory", "64m", "--memory-swap", "96m"],
      { "memory.max": String(64 * MIB), "memory.swap.max": String(32 * MIB) },
    ],
    [["--memory-swap", "80m"], { "memory.swap.max": String(16 * MIB) }],
    [["--memory", "-1"], { "memory.max": "max", "memory.swap.max": "max" }],
    [["--memory-reservation", "8m"], { "memory.low": String(8 * MIB) }],
    [
      ["--cpu-period", "200000", "--cpu-quota", "50000", "--cpu-burst", "10000"],
      { "cpu.max": "50000 200000", "cpu.max.burst": "10000" },
    ],
    [["--cpu-period", "100000"], { "cpu.max": "50000 100000" }],
    [["--cpu-quota", "-1"], { "cpu.max": "max 100000" }],
    [["--cpuset-cpus", "0", "--cpuset-mems", "0"], { "cpuset.cpus": "0", "cpuset.mems": "0" }],
    [["--cpu-idle", "1"], { "cpu.idle": "1" }],
    [["--pids-limit", "-1"], { "pids.max": "max" }],
    [["--pids-limit", "7"], { "pids.max": "7" }],
  ];
  for (const [args, wanted] of files) {
    const { status, stderr } = tguard("update", ...args, "b");
    assert.equal(status, 0, stderr);
    for (const [file, value] of Object.entries(wanted))
      assert.equal(read(`${group}/${file}`), value, args.join(" "));
  }
  assert.equal(tguard("update", "--pids-limit", "5", "--cpuset-cpus", "4000", "b").status, 1);
  assert.equal(read(`${group}/pids.max`), "7");
  writeFileSync("/tmp/r", '{"unified":{"memory.high":"33554432"}}');
  assert.equal(tguard("update", "-r", "/tmp/r", "b").status, 0);
  assert.equal(read(`${group}/memory.high`), "33554432");
});

await check("v2: update of device rules takes the old program's place", async () => {
  detach("b", {
    script:
      "while :; do (: >/dev/k) 2>/dev/null && echo yes >/tmp/said || echo no >/tmp/said; (: </dev/null) && : >/tmp/null-works; sleep 0.1; done",
    linux: {
      devices: [{ type: "c", path: "/dev/k", major: 1, minor: 11, fileMode: 0o666 }],
      resources: { devices: [{ allow: false, access: "rwm" }] },
    },
  });
  const said = (): string => {
    const path = `/proc/${stateOf("b").pid}/root/tmp/said`;
    return existsSync(path) ? read(path) : "";
  };
  const update = (devices: unknown): void => {
    writeFileSync("/tmp/r", JSON.stringify({ devices }));
    const { status, stderr } = tguard("update", "-r", "/tmp/r", "b");
    assert.equal(status, 0, stderr);
  };
  await until("denied", () => said() === "no");
  update([{ allow: true, type: "c", major: 1, minor: 11, access: "rwm" }]);
  await until("allowed", () => said() === "yes");
  update([]);
  await until("denied again", () => said() === "no");
  assert.ok(existsSync(`/proc/${stateOf("b").pid}/root/tmp/null-works`));
});

await check("v2: out of memory is told by events, which end with the container", async () => {
  detach("b", {
    script:
      "while [ ! -e /tmp/go ]; do sleep 0.1; done; dd if=/dev/zero of=/dev/null bs=64M count=1; exec sleep 1000",
    linux: { resources: { memory: { limit: 16 * MIB, swap: 16 * MIB } } },
  });
  const watcher = spawn(TGUARD, ["--root", "/run/tg", "events", "--interval", "100ms", "b"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let ended = false;
  watcher.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  watcher.on("close", () => {
    ended = true;
  });
  await until("statistics", () => text.includes('"type":"stats"'));
  writeFileSync(`/proc/${stateOf("b").pid}/root/tmp/go`, "");
  await until("the notice", () => text.includes('{"type":"oom","id":"b"}'));
  tguard("kill", "b", "KILL");
  await until("the end", () => ended);
});

await check(
  "v2: a fork bomb, one that is out of memory and one that ignores SIGTERM end, and leave another alone",
  async () => {
    detach("other", { script: "exec sleep 1000" });
    const { pid } = stateOf("other");
    detach("bomb", {
      script: "f() { f | f & }; f; exec sleep 1000",
      linux: { resources: { pids: { limit: 40 } } },
    });
    await until(
      "the bomb is at its limit",
      () => Number(read(`${ROOT}/tguard/bomb/pids.current`)) >= 20,
    );
    detach("deaf", { script: "trap '' TERM; while :; do sleep 1; done" });
    tguard("kill", "deaf", "TERM");
    assert.equal(stateOf("deaf").status, "running");
    for (const id of ["bomb", "deaf"]) {
      assert.equal(tguard("delete", "--force", id).status, 0);
      assert.equal(existsSync(`${ROOT}/tguard/${id}`), false);
    }
    assert.deepEqual(stateOf("other").pid, pid);
    assert.equal(stateOf("other").status, "running");
  },
);

await check("v2: pids.limit 0 and 1 start", () => {
  for (const limit of [0, 1]) {
    const dir = bundle({
      script: "echo here; (true) || echo no",
      linux: { resources: { pids: { limit } } },
    });
    const { stdout } = tguard("run", "--no-harden", "-b", dir, "b");
    assert.match(stdout, /^here\n/);
  }
});

await check("v2: a user namespace's root gets its group, and not its limits", () => {
  const dir = bundle({
    script:
      "mkdir /sys/fs/cgroup/sub && echo 0 >/sys/fs/cgroup/sub/cgroup.procs && cat /proc/self/cgroup; echo 1 >/sys/fs/cgroup/pids.max",
    writable: true,
    owner: 100000,
    linux: {
      namespaces: ["user", "cgroup", "mount", "pid", "ipc", "uts", "network"].map(
        (type) => ({ type }) as { type: "user" },
      ),
      uidMappings: [{ containerID: 0, hostID: 100000, size: 1000 }],
      gidMappings: [{ containerID: 0, hostID: 100000, size: 1000 }],
    },
  });
  const { stdout, stderr } = tguard("run", "--no-harden", "-b", dir, "b");
  assert.equal(stdout, "0::/sub\n", stderr);
  assert.match(stderr, /pids.max: Permission denied/);
});

// --- as a user: delegated groups ---

assert.equal(sh("systemctl", "start", "user@1000.service").status, 0, "no user manager");
mkdirSync("/home/vm/tg", { recursive: true });
sh("chown", "1000:1000", "/home/vm/tg");
const MANAGER = "/user.slice/user-1000.slice/user@1000.service";
const USER_LINUX: Linux = {
  cgroupsPath: "user.slice:test:u",
  resources: { memory: { limit: 64 * MIB }, pids: { limit: 20 } },
};
const ownTguard = (...args: readonly string[]): readonly string[] => [
  TGUARD,
  "--root",
  "/home/vm/tg",
  ...args,
];
const RUN_AS_USER = ["--systemd-cgroup", "run", "--no-harden", "-b", "/tmp/bundle-1000", "u"];
const SHOWN = `cat /proc/self/cgroup; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max`;

await check("user: systemd moves the process where the user may not", () => {
  bundle({ script: SHOWN, linux: USER_LINUX, user: true });
  const [command = "", ...args] = ownTguard(...RUN_AS_USER);
  const { status, stdout, stderr } = asUser(command, ...args);
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`0::/\\n${64 * MIB}\\n20\\n`), stdout + stderr);
  assert.equal(existsSync(`${ROOT}${MANAGER}/user.slice/test-u.scope`), false);
});

await check("user: inside the user's own scope the container is born in its group", () => {
  bundle({ script: SHOWN, linux: USER_LINUX, user: true });
  const { status, stdout, stderr } = asUser(
    "systemd-run",
    "--user",
    "--scope",
    "--quiet",
    ...ownTguard(...RUN_AS_USER),
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`0::/\\n${64 * MIB}\\n20\\n`), stdout + stderr);
});

await check("user: without systemd's help, below a delegated group", () => {
  bundle({
    script: SHOWN,
    linux: { resources: { memory: { limit: 64 * MIB }, pids: { limit: 20 } } },
    user: true,
  });
  const { status, stdout, stderr } = asUser(
    ...(["systemd-run", "--user", "--scope", "--quiet"] as const),
    ...ownTguard("run", "--no-harden", "-b", "/tmp/bundle-1000", "u"),
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`0::/\\n${64 * MIB}\\n20\\n`), stdout + stderr);
});

await check(
  "user: without any group of their own it runs, or the limit that cannot be had is told",
  () => {
    bundle({ script: "echo fine", user: true });
    const [command = "", ...args] = ownTguard("run", "--no-harden", "-b", "/tmp/bundle-1000", "u");
    const plain = asUser(command, ...args);
    assert.equal(plain.stdout, "fine\n", plain.stderr);
    bundle({
      script: "echo fine",
      linux: { resources: { memory: { limit: 64 * MIB } } },
      user: true,
    });
    const { status, stderr } = asUser(command, ...args);
    assert.equal(status, 125);
    assert.match(stderr, /cannot set a memory limit/);
  },
);

await check("user: no manager to reach is told", () => {
  bundle({ script: "true", linux: USER_LINUX, user: true });
  const { status, stderr } = sh(
    "setpriv",
    ...AS_USER,
    "HOME=/home/vm",
    "XDG_RUNTIME_DIR=/nonexistent",
    ...ownTguard(...RUN_AS_USER),
  );
  assert.equal(status, 125);
  assert.match(stderr, /^tguard: cannot reach your systemd\n/);
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
