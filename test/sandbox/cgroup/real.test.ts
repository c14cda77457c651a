/** The plan carried out on this machine's own control groups, by node instead of init. Needs root and writable groups. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Linux } from "../../../src/oci/runtime-config.ts";
import { readCgroupFacts } from "../../../src/sandbox/cgroup/detect.ts";
import {
  checkPaths,
  freeze,
  isFrozen,
  killAll,
  pidsOf,
  readMemoryEvents,
  removeCgroup,
  signalAll,
  thaw,
} from "../../../src/sandbox/cgroup/manage.ts";
import { planCgroupMount } from "../../../src/sandbox/cgroup/mount.ts";
import { type CgroupPlan, planCgroup } from "../../../src/sandbox/cgroup/plan.ts";
import { launch } from "../../support/launch.ts";
import { entering, runOps } from "../../support/run-ops.ts";

const facts = readCgroupFacts();
const canMake =
  process.getuid?.() === 0 && facts.v1.length > 0 && facts.v1.every(({ writable }) => writable);
const ID = `vitest-${process.pid}`;
const MIB = 1 << 20;

interface Group {
  readonly plan: CgroupPlan;
  readonly made: Set<string>;
}
const open: Group[] = [];
const children: ChildProcess[] = [];

function makeGroup(resources: Linux["resources"] = {}, id = ID): Group {
  const linux: Linux = { resources };
  const plan = planCgroup({
    config: { ociVersion: "1.2.0", linux },
    id,
    facts: readCgroupFacts(linux),
    rootless: false,
  });
  const group = { plan, made: new Set<string>() };
  open.push(group);
  runOps(plan.host, group.made);
  return group;
}

/** A shell that enters the group by the plan's own writes, then becomes the command. */
function enterWords({ plan }: Group, command: string): readonly string[] {
  return ["-c", `set -e; ${entering(plan).join("; ")}; set +e; ${command}`];
}

async function startInside(group: Group, command: string): Promise<ChildProcess> {
  const child = spawn("/bin/sh", [...enterWords(group, `echo in; ${command}`)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout ?? child, "data");
  return child;
}

const runInside = (group: Group, command: string): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync("/bin/sh", [...enterWords(group, command)], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, output: `${stdout}${stderr}` };
};

const fileOf = ({ plan }: Group, controller: string, file: string): string =>
  readFileSync(`${plan.paths[controller] ?? ""}/${file}`, "utf8").trim();

describe.runIf(canMake)("on this machine's cgroup v1", () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const { plan, made } of open.splice(0)) runOps(plan.cleanup, made);
  });

  test("limits are in the kernel's files, devices in its list", () => {
    const group = makeGroup({
      cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: "0" },
      memory: { limit: 64 * MIB, swap: 96 * MIB, reservation: 32 * MIB, swappiness: 10 },
      pids: { limit: 16 },
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: 10, minor: 229, access: "rw" },
      ],
    });
    expect({
      shares: fileOf(group, "cpu", "cpu.shares"),
      quota: fileOf(group, "cpu", "cpu.cfs_quota_us"),
      period: fileOf(group, "cpu", "cpu.cfs_period_us"),
      cpus: fileOf(group, "cpuset", "cpuset.cpus"),
      mems: fileOf(group, "cpuset", "cpuset.mems") !== "",
      limit: fileOf(group, "memory", "memory.limit_in_bytes"),
      sum: fileOf(group, "memory", "memory.memsw.limit_in_bytes"),
      soft: fileOf(group, "memory", "memory.soft_limit_in_bytes"),
      swappiness: fileOf(group, "memory", "memory.swappiness"),
      pids: fileOf(group, "pids", "pids.max"),
      devices: fileOf(group, "devices", "devices.list").split("\n"),
    }).toEqual({
      shares: "512",
      quota: "50000",
      period: "100000",
      cpus: "0",
      mems: true,
      limit: String(64 * MIB),
      sum: String(96 * MIB),
      soft: String(32 * MIB),
      swappiness: "10",
      pids: "16",
      devices: [
        "c 10:229 rw",
        ...["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "136:*"].map(
          (device) => `c ${device} rwm`,
        ),
      ],
    });
  });

  test("every hierarchy is entered, and everything is gone afterwards", async () => {
    const group = makeGroup();
    const child = await startInside(group, "exec sleep 1000");
    const { pid = 0 } = child;
    const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
    expect(lines.filter((line) => !line.endsWith(`:/tguard/${ID}`))).toEqual([]);
    expect(pidsOf(group.plan.paths)).toEqual([pid]);
    checkPaths(group.plan.paths);

    const ended = once(child, "exit");
    runOps(group.plan.cleanup, group.made);
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect([...group.made].filter((path) => existsSync(path))).toEqual([]);
  });

  test("pids.max holds", () => {
    const group = makeGroup({ pids: { limit: 4 } });
    const { output } = runInside(
      group,
      "for i in 1 2 3 4 5 6; do sleep 100 >/dev/null 2>&1 & done",
    );
    expect(output).toMatch(/[Cc]annot fork|Resource temporarily unavailable/);
    expect(pidsOf(group.plan.paths).length).toBeLessThan(4);
  });

  test("the memory limit holds, and what it killed is counted", () => {
    const group = makeGroup({ memory: { limit: 16 * MIB, swap: 16 * MIB } });
    expect(readMemoryEvents(group.plan.paths)).toEqual({ oomKills: 0 });
    const eater = "dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null; echo $?";
    expect(runInside(group, eater)).toEqual({ status: 0, output: "137\n" });
    expect(readMemoryEvents(group.plan.paths)).toEqual({ oomKills: 1 });
  });

  test("devices that no rule allows are denied, the default ones work", () => {
    const group = makeGroup();
    const [block] = readdirSync("/sys/block").filter((name) => existsSync(`/dev/${name}`));
    const denied = runInside(group, `cat < /dev/${block ?? "kmsg"}`);
    expect(denied.output).toMatch(/Operation not permitted/);
    expect(runInside(group, "head -c 4 /dev/zero | wc -c; echo x > /dev/null").output.trim()).toBe(
      "4",
    );
  });

  test("freeze stops, thaw goes on, killAll ends even a frozen group", async () => {
    const group = makeGroup();
    const { paths } = group.plan;
    const child = await startInside(group, "trap 'exit 7' TERM; while :; do sleep 0.01; done");
    expect(isFrozen(paths)).toBe(false);
    await freeze(paths);
    expect(isFrozen(paths)).toBe(true);
    await thaw(paths);
    expect(isFrozen(paths)).toBe(false);
    const ended = once(child, "exit");
    signalAll(paths, "SIGTERM");
    expect(await ended).toEqual([7, null]);

    const second = await startInside(group, "exec sleep 1000");
    const secondEnded = once(second, "exit");
    await freeze(paths);
    await killAll(paths);
    expect(await secondEnded).toEqual([null, "SIGKILL"]);
    expect(pidsOf(paths)).toEqual([]);
  });

  test("sub-groups that a workload made go too, processes and all", async () => {
    const group = makeGroup();
    const { paths } = group.plan;
    for (const path of new Set(Object.values(paths))) mkdirSync(`${path}/a/b`, { recursive: true });
    const pids = paths["pids"] ?? "";
    const child = await startInside(group, `echo 0 > ${pids}/a/b/cgroup.procs; exec sleep 1000`);
    const ended = once(child, "exit");
    expect(pidsOf(paths)).toEqual([child.pid]);
    await killAll(paths);
    await ended;
    await removeCgroup(paths);
    expect(Object.values(paths).filter((path) => existsSync(path))).toEqual([]);
    await removeCgroup(paths);
  });

  test("a group that holds a process already is refused, and the failed start does not touch it", async () => {
    const first = makeGroup();
    const child = await startInside(first, "exec sleep 1000");
    expect(() => makeGroup()).toThrow(/ENOTEMPTY/);
    const second = open[open.length - 1];
    expect(second?.made.size).toBe(0);
    runOps(second?.plan.cleanup.filter(({ op }) => op !== "write_file") ?? [], new Set());
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect(pidsOf(first.plan.paths)).toEqual([child.pid]);
  });

  test.each([
    ["a hierarchy's root", { pids: "/sys/fs/cgroup/pids" }, /no hierarchy of pids/],
    ["no group at all", { pids: "/etc/x" }, /no hierarchy of pids/],
    ["another hierarchy's group", { pids: "/sys/fs/cgroup/memory/x" }, /no hierarchy of pids/],
    ["a way out", { pids: "/sys/fs/cgroup/pids/x/../../../../etc" }, /not a plain path/],
    ["a trailing slash", { pids: "/sys/fs/cgroup/pids/" }, /not a plain path/],
  ])("state.json may not name %s", (_, paths, message) => {
    expect(() => checkPaths(paths)).toThrow(message);
  });

  const mine = facts.v1.find(({ own }) => own !== "/");
  test.runIf(mine)("state.json may not name the group that tguard runs in", () => {
    const [controller = ""] = mine?.controllers ?? [];
    expect(() => checkPaths({ [controller]: `${mine?.mountpoint}${mine?.own}` })).toThrow(
      /tguard itself runs in it/,
    );
  });
});

const INIT = resolve(import.meta.dirname, "../../../dist/tguard-init");

describe.runIf(canMake && existsSync(INIT))("on this machine's cgroup v1, by tguard-init", () => {
  test.each([
    ["in a cgroup namespace", true],
    ["bound, without one", false],
  ])("the container sees its groups and no others: %s", async (_, hasCgroupNamespace) => {
    const view = mkdtempSync(join(tmpdir(), "tguard-view-"));
    const plan = planCgroup({
      config: { ociVersion: "1.2.0", linux: { resources: { pids: { limit: 9 } } } },
      id: `${ID}-${hasCgroupNamespace}`,
      facts,
      rootless: false,
    });
    const mount = planCgroupMount({
      at: "/mounts/0",
      destination: view,
      attrs: 15,
      facts,
      paths: plan.paths,
      hasCgroupNamespace,
      root: 1,
    });
    const commands = [
      `cat ${view}/pids/pids.max`,
      `ls ${view}`,
      `grep -v ':/$' /proc/self/cgroup`,
      `echo 1 > ${view}/pids/pids.max`,
      `mkdir ${view}/new`,
      `find ${view} -name '${ID}*'`,
    ];
    const { output } = await launch(INIT, plan, commands.join("; "), mount).result;
    rmdirSync(view);
    const names = facts.v1.map(({ mountpoint }) => basename(mountpoint)).sort();
    const lines = output.split("\n");
    expect(lines.slice(0, names.length + 1)).toEqual(["9", ...names]);
    expect(lines.slice(names.length + 1)).toEqual([
      expect.stringMatching(/pids\.max: Read-only file system/),
      expect.stringMatching(/new.*: Read-only file system/),
      "",
    ]);
    expect(Object.values(plan.paths).filter((path) => existsSync(path))).toEqual([]);
  });

  test("a failed start leaves no group", async () => {
    const linux: Linux = { resources: { cpu: { cpus: "4000" } } };
    const plan = planCgroup({
      config: { ociVersion: "1.2.0", linux },
      id: `${ID}-failed`,
      facts: readCgroupFacts(linux),
      rootless: false,
    });
    await expect(launch(INIT, plan, "true").exited).rejects.toMatchObject({
      where: expect.stringContaining("/linux/resources/cpu/cpus"),
    });
    expect(Object.values(plan.paths).filter((path) => existsSync(path))).toEqual([]);
  });
});
