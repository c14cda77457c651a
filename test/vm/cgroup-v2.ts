/**
 * Control groups on a kernel with pure cgroup v2, by tguard-init itself; run.sh boots the machine and starts this in it.
 * One boot, many checks: each prints a line, the last line counts them.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { DeviceRule, Linux, Resources } from "../../src/oci/runtime-config.ts";
import { readCgroupFacts } from "../../src/sandbox/cgroup/detect.ts";
import { isAccessAllowed, planDevicePolicy } from "../../src/sandbox/cgroup/devices.ts";
import {
  checkPaths,
  freeze,
  isFrozen,
  killAll,
  pidsOf,
  readMemoryEvents,
  removeCgroup,
  thaw,
} from "../../src/sandbox/cgroup/manage.ts";
import { planCgroupMount } from "../../src/sandbox/cgroup/mount.ts";
import { type CgroupPlan, planCgroup } from "../../src/sandbox/cgroup/plan.ts";
import { type Launched, launch } from "../support/launch.ts";

const INIT = resolve(import.meta.dirname, "../../dist/tguard-init");
const GROUP = "/sys/fs/cgroup/tguard/box";
const MIB = 1 << 20;

if (process.argv[2] === "facts") {
  process.stdout.write(JSON.stringify(readCgroupFacts()));
  process.exit();
}

const plan = (resources: Resources = {}, more: Linux = {}, rootless = false): CgroupPlan => {
  const linux: Linux = { ...more, resources };
  return planCgroup({
    config: { ociVersion: "1.2.0", linux },
    id: "box",
    facts: readCgroupFacts(linux),
    rootless,
  });
};
const run = (resources: Resources, command: string): Promise<Launched> =>
  launch(INIT, plan(resources), command).result;

let passed = 0;
let failed = 0;
async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    assert.equal(existsSync(GROUP), false, "the group is still there");
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${String(error)}`);
    await killAll({ "": GROUP });
    await removeCgroup({ "": GROUP });
  }
}

await check("the machine is found to be v2, with its controllers", async () => {
  const { mode, v1, unified } = readCgroupFacts();
  assert.deepEqual({ mode, v1 }, { mode: "v2", v1: [] });
  for (const name of ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"])
    assert.ok(unified?.controllers.includes(name), name);
});

await check("every limit reaches its file", async () => {
  execFileSync("sh", [
    "-c",
    "modprobe loop && truncate -s 1M /tmp/disk && losetup /dev/loop0 /tmp/disk",
  ]);
  const resources: Resources = {
    cpu: { shares: 512, quota: 50_000, period: 200_000, burst: 10_000, cpus: "0", mems: "0" },
    memory: { limit: 128 * MIB, swap: 192 * MIB, reservation: 32 * MIB },
    pids: { limit: 32 },
    blockIO: {
      throttleReadBpsDevice: [{ major: 7, minor: 0, rate: 1_048_576 }],
      throttleWriteIOPSDevice: [{ major: 7, minor: 0, rate: 100 }],
    },
    hugepageLimits: [{ pageSize: "2MB", limit: 4 * MIB }],
    unified: { "memory.high": String(96 * MIB), "cgroup.max.depth": "3" },
  };
  const files = {
    "cpu.weight": "59",
    "cpu.max": "50000 200000",
    "cpu.max.burst": "10000",
    "cpuset.cpus": "0",
    "cpuset.mems": "0",
    "memory.max": String(128 * MIB),
    "memory.swap.max": String(64 * MIB),
    "memory.low": String(32 * MIB),
    "memory.high": String(96 * MIB),
    "pids.max": "32",
    "io.max": "7:0 rbps=1048576 wbps=max riops=max wiops=100",
    "hugetlb.2MB.max": String(4 * MIB),
    "hugetlb.2MB.rsvd.max": String(4 * MIB),
    "cgroup.max.depth": "3",
  };
  const { output, status } = await run(
    resources,
    `cd ${GROUP} && for f in ${Object.keys(files).join(" ")}; do echo "$f: $(cat $f)"; done`,
  );
  assert.equal(status, 0, output);
  assert.deepEqual(
    output.trim().split("\n"),
    Object.entries(files).map(([name, value]) => `${name}: ${value}`),
  );
});

await check("block I/O weight, by whichever the kernel has", async () => {
  const linux: Linux = { resources: { blockIO: { weight: 500 } } };
  const { io } = readCgroupFacts(linux);
  assert.ok(io.bfq || io.cost, "neither BFQ nor io.cost");
  const file = io.bfq ? "io.bfq.weight" : "io.weight";
  const { output } = await run(linux.resources ?? {}, `cat ${GROUP}/${file}`);
  assert.equal(output, io.bfq ? "default 500\n" : "default 4950\n");
});

await check("an idle group", async () => {
  const { output } = await run({ cpu: { idle: 1, shares: 512 } }, `cat ${GROUP}/cpu.idle`);
  assert.equal(output, "1\n");
});

await check("pids.max holds", async () => {
  const { output } = await run(
    { pids: { limit: 4 } },
    "for i in 1 2 3 4 5 6; do sleep 100 & done; echo not reached",
  );
  assert.match(output, /[Cc]annot fork/);
});

await check("memory.max holds, and what it killed is counted", async () => {
  const container = launch(
    INIT,
    plan({ memory: { limit: 16 * MIB, swap: 16 * MIB } }),
    "dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null; echo $?; : >/tmp/told; exec sleep 1000",
  );
  await container.started;
  const paths = { "": GROUP };
  while (!existsSync("/tmp/told")) await pause();
  assert.deepEqual(readMemoryEvents(paths), { oomKills: 1 });
  container.signal(9);
  assert.deepEqual(await container.result, { status: 137, output: "137\n" });
});

await check("devices: the default ones only", async () => {
  const { output } = await run(
    {},
    "head -c 3 /dev/zero | wc -c; cat </dev/kmsg; mknod /tmp/n c 10 229; mknod /tmp/z c 1 3 && echo made; rm -f /tmp/n /tmp/z; cat </dev/loop0",
  );
  assert.match(output, /^3\n/);
  assert.match(output, /kmsg: Operation not permitted/);
  assert.match(output, /\/tmp\/n: Operation not permitted/);
  assert.match(output, /^made$/m);
  assert.match(output, /loop0: Operation not permitted/);
});

await check(
  "devices: the kernel decides as the rules say, for every device and access",
  async () => {
    const rules: readonly DeviceRule[] = [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 1, access: "r" },
      { allow: true, type: "c", major: 1, minor: 2, access: "w" },
      { allow: false, type: "c", major: 1, minor: 3, access: "w" },
      { allow: true, minor: 4, access: "rw" },
      { allow: false, type: "c", minor: 11, access: "r" },
      { allow: true, type: "b", major: 7, access: "w" },
      { allow: true, type: "b", major: 7, minor: 1, access: "r" },
      { allow: false, type: "b", major: 7, minor: 4 },
    ];
    const policy = planDevicePolicy({
      ociVersion: "1.2.0",
      linux: { resources: { devices: rules } },
    });
    mkdirSync("/tmp/nodes");
    const devices = (["c", "b"] as const).flatMap((type) =>
      [1, 7].flatMap((major) => [0, 1, 2, 3, 4, 11].map((minor) => ({ type, major, minor }))),
    );
    const script: string[] = [];
    const expected: string[] = [];
    for (const device of devices) {
      const node = `/tmp/nodes/${device.type}-${device.major}-${device.minor}`;
      execFileSync("mknod", [node, device.type, String(device.major), String(device.minor)]);
      for (const [redirection, access] of [
        ["<", 2],
        [">>", 4],
        ["<>", 6],
      ] as const) {
        const name = `${device.type} ${device.major}:${device.minor} ${redirection}`;
        // Only the filter answers EPERM; a missing driver answers ENXIO or ENODEV later.
        script.push(
          `case "$( (: ${redirection} ${node}) 2>&1)" in *"not permitted"*) echo '${name} no';; *) echo '${name} yes';; esac`,
        );
        expected.push(`${name} ${isAccessAllowed(policy, device, access) ? "yes" : "no"}`);
      }
    }
    const { output } = await run({ devices: rules }, script.join("\n"));
    assert.deepEqual(output.trim().split("\n"), expected);
    assert.ok(
      expected.some((line) => line.endsWith("yes")) && expected.some((line) => line.endsWith("no")),
    );
  },
);

await check(
  "devices: the longest program that config.json may ask for passes the verifier",
  async () => {
    const devices = Array.from(
      { length: 4096 },
      (_, index): DeviceRule => ({
        allow: index % 3 !== 0,
        type: index % 2 === 0 ? "c" : "b",
        major: 200 + (index >> 8),
        minor: index & 255,
        access: "rw",
      }),
    );
    const { output } = await run({ devices }, "echo x >/dev/null && echo fine");
    assert.equal(output, "fine\n");
  },
);

await check("freeze, thaw, list, kill", async () => {
  const { paths } = plan();
  const container = launch(INIT, plan(), "sleep 1000 & exec sleep 1000");
  await container.started;
  while (pidsOf(paths).length < 2) await pause();
  checkPaths(paths);
  assert.equal(isFrozen(paths), false);
  await freeze(paths);
  assert.equal(isFrozen(paths), true);
  await thaw(paths);
  assert.equal(isFrozen(paths), false);
  await freeze(paths);
  await killAll(paths);
  assert.equal((await container.result).status, 137);
});

await check("groups that the workload made go too, with the processes in them", async () => {
  const { output, status } = await run(
    {},
    `mkdir -p ${GROUP}/a/b && sh -c 'echo 0 >${GROUP}/a/b/cgroup.procs; exec sleep 1000' & sleep 0.5; cat ${GROUP}/a/b/cgroup.procs | wc -l`,
  );
  assert.deepEqual({ output, status }, { output: "1\n", status: 0 });
});

await check("an existing group with a process is refused and left alone", async () => {
  const first = launch(INIT, plan(), "exec sleep 1000");
  await first.started;
  const before = pidsOf({ "": GROUP });
  const second = launch(INIT, plan({ pids: { limit: 3 } }), "true");
  await assert.rejects(second.result, (error: unknown) =>
    String((error as Error).cause).includes("cgroup is not empty"),
  );
  assert.deepEqual(pidsOf({ "": GROUP }), before);
  assert.equal(readFileSync(`${GROUP}/pids.max`, "utf8"), "max\n");
  first.signal(9);
  assert.equal((await first.result).status, 137);
});

await check("a limit that the kernel refuses is told with its place", async () => {
  await assert.rejects(run({ cpu: { cpus: "4000" } }, "true"), (error: unknown) =>
    String((error as { where?: string }).where).includes("/linux/resources/cpu/cpus"),
  );
});

for (const [name, hasCgroupNamespace] of [
  ["in its own namespace", true],
  ["without one, bound", false],
] as const)
  await check(`the container sees its group and no other: ${name}`, async () => {
    mkdirSync("/tmp/view");
    const cgroup = plan({ pids: { limit: 9 } });
    const mount = planCgroupMount({
      at: "/mounts/0",
      destination: "/tmp/view",
      attrs: 15,
      facts: readCgroupFacts(),
      paths: cgroup.paths,
      hasCgroupNamespace,
      root: 1,
    });
    const { output } = await launch(
      INIT,
      cgroup,
      "cat /tmp/view/pids.max /proc/self/cgroup; echo 1 >/tmp/view/pids.max; ls /tmp/view | grep -c tguard",
      mount,
    ).result;
    rmdirSync("/tmp/view");
    assert.match(output, /^9\n0::\/\n/);
    assert.match(output, /Read-only file system/);
    assert.match(output, /\n0\n$/);
  });

await check("an ordinary user's delegated group is found and used", async () => {
  const parent = "/sys/fs/cgroup/user.slice/app.slice";
  const scope = `${parent}/me.scope`;
  mkdirSync(scope, { recursive: true });
  for (const path of ["/sys/fs/cgroup", "/sys/fs/cgroup/user.slice"])
    writeFileSync(`${path}/cgroup.subtree_control`, "+memory +pids");
  for (const file of ["", "/cgroup.procs", "/cgroup.subtree_control"])
    chownSync(`${parent}${file}`, 65534, 65534);
  const ask = `echo 0 >${scope}/cgroup.procs && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0" "$1" facts`;
  const facts = JSON.parse(
    execFileSync("sh", ["-c", ask, process.execPath, import.meta.filename], { encoding: "utf8" }),
  );
  assert.equal(facts.unified.writable, false);
  assert.equal(facts.unified.delegated, "/user.slice/app.slice");
  assert.deepEqual(facts.unified.controllers, ["memory", "pids"]);
  const { paths, host } = planCgroup({
    config: { ociVersion: "1.2.0", linux: { resources: { pids: { limit: 3 } } } },
    id: "mine",
    facts,
    rootless: true,
  });
  assert.equal(paths[""], `${parent}/tguard/mine`);
  assert.ok(!host.some(({ op }) => op === "bpf_device"));
});

console.log(`${passed} passed, ${failed} failed`);
// A check that failed may have left a child behind, which must not keep the machine up.
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 10));
}
