import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Resources } from "../../../src/oci/runtime-config.ts";
import { applyWrites, planUpdate } from "../../../src/sandbox/cgroup/update.ts";
import { planDeviceUpdate } from "../../../src/sandbox/cgroup/update-devices.ts";
import { V1_FACTS, V2_FACTS } from "./facts.ts";

const V1_PATHS = { cpu: "/c", cpuset: "/s", memory: "/m", pids: "/p", blkio: "/b", devices: "/d" };
const V2_PATHS = { "": "/u" };

function plan(version: 1 | 2, resources: Resources, files: Record<string, string> = {}): string[] {
  const [facts, paths] = version === 1 ? [V1_FACTS, V1_PATHS] : [V2_FACTS, V2_PATHS];
  return planUpdate(resources, facts, paths, (path) => files[path]).writes.map(
    ({ path, value }) => `${path} ${value}`,
  );
}

describe("v1", () => {
  test.each<[string, Resources, string[]]>([
    ["zeros leave everything", { memory: { limit: 0 }, cpu: { shares: 0, quota: 0 } }, []],
    ["one of period and quota", { cpu: { period: 5000 } }, ["/c/cpu.cfs_period_us 5000"]],
    [
      "no memory limit means none for swap",
      { memory: { limit: -1 } },
      ["/m/memory.limit_in_bytes -1", "/m/memory.memsw.limit_in_bytes -1"],
    ],
    ["pids", { pids: { limit: -1 } }, ["/p/pids.max max"]],
    ["pids, none more", { pids: { limit: 0 } }, ["/p/pids.max 0"]],
    ["cpuset", { cpu: { cpus: "0-1" } }, ["/s/cpuset.cpus 0-1"]],
  ])("%s", (_, resources, expected) => {
    expect(plan(1, resources, { "/m/memory.memsw.limit_in_bytes": "5" })).toEqual(expected);
  });
});

describe("v2", () => {
  test.each<[string, Resources, string[]]>([
    ["the period keeps the quota", { cpu: { period: 5000 } }, ["/u/cpu.max 40000 5000"]],
    ["the quota keeps the period", { cpu: { quota: 10000 } }, ["/u/cpu.max 10000 200000"]],
    ["no quota", { cpu: { quota: -1 } }, ["/u/cpu.max max 200000"]],
    ["shares become a weight", { cpu: { shares: 1024 } }, ["/u/cpu.weight 100"]],
    [
      "swap is counted from the present memory limit",
      { memory: { swap: 3 << 20 } },
      ["/u/memory.max 1048576", "/u/memory.swap.max 2097152"],
    ],
    [
      "no memory limit means none for swap",
      { memory: { limit: -1 } },
      ["/u/memory.max max", "/u/memory.swap.max max"],
    ],
    ["unified", { unified: { "memory.high": "4096" } }, ["/u/memory.high 4096"]],
  ])("%s", (_, resources, expected) => {
    const files = { "/u/cpu.max": "40000 200000\n", "/u/memory.max": "1048576\n" };
    expect(plan(2, resources, files)).toEqual(expected);
  });
});

test.each<[string, Resources, RegExp]>([
  ["swap below memory", { memory: { limit: 64, swap: 32 } }, /swap 32 is less/],
  ["realtime on v2", { cpu: { realtimePeriod: 5 } }, /no realtime limits/],
])("refused: %s, with its place", (_, resources, message) => {
  expect(() => plan(2, resources)).toThrow(message);
  try {
    plan(2, resources);
  } catch (error) {
    expect((error as { where?: string }).where).toMatch(/^resources \/(cpu|memory)\//);
  }
});

test("checkBeforeUpdate refuses what is in use", () => {
  const check = (limit: number): string[] =>
    plan(2, { memory: { limit, checkBeforeUpdate: true } }, { "/u/memory.current": "5000\n" });
  expect(() => check(5000)).toThrow("rejecting memory limit 5000 <= usage 5000");
  expect(check(5001)).toEqual(["/u/memory.max 5001"]);
});

describe("applyWrites", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tguard-update-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("what cannot be written puts back what was", () => {
    writeFileSync(join(dir, "a"), "1\n");
    const write = (file: string, optional: boolean) => ({
      at: `/linux/resources/${file}`,
      path: join(dir, file),
      value: "2",
      optional,
    });
    expect(() => applyWrites([write("a", false), write("missing", false)])).toThrow(
      'failed to write "2" to missing',
    );
    expect(readFileSync(join(dir, "a"), "utf8").trim()).toBe("1");
    applyWrites([write("a", false), write("missing", true)]);
    expect(readFileSync(join(dir, "a"), "utf8").trim()).toBe("2");
  });
});

describe("devices", () => {
  const present =
    "c 1:3 rwm\nc 1:5 rwm\nc 1:7 rwm\nc 1:8 rwm\nc 1:9 rwm\nc 5:0 rwm\nc 5:1 rwm\nc 5:2 rwm\nc 136:* rwm\n";
  const update = (list: string, devices: Resources["devices"]) =>
    planDeviceUpdate({ devices: devices ?? [] }, V1_PATHS, () => list).writes.map(
      ({ path, value }) => `${path} ${value}`,
    );

  test("only what differs is written, the defaults stay", () => {
    expect(
      update(`${present}b 7:* r\nc 10:200 rw\n`, [
        { allow: true, type: "c", major: 10, minor: 200, access: "r" },
        { allow: true, type: "c", major: 10, minor: 229, access: "rwm" },
      ]),
    ).toEqual([
      "/d/devices.deny b 7:* r",
      "/d/devices.deny c 10:200 w",
      "/d/devices.allow c 10:229 rwm",
    ]);
    expect(update(present, [])).toEqual([]);
  });

  test("another default starts the list anew", () => {
    expect(update("a *:* rwm\n", [{ allow: false, access: "rwm" }])[0]).toBe("/d/devices.deny a");
    expect(update(present, [{ allow: true, access: "rwm" }])).toEqual(["/d/devices.allow a"]);
  });

  test("v2 gets a program", () => {
    const { program, writes } = planDeviceUpdate({ devices: [] }, V2_PATHS, () => undefined);
    expect(writes).toEqual([]);
    expect(program?.path).toBe("/u");
    expect(program?.insns.length).toBeGreaterThan(0);
  });
});
