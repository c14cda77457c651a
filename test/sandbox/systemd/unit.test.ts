import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Resources } from "../../../src/oci/runtime-config.ts";
import {
  expandSlice,
  parseUnitName,
  resourceProperties,
  toBitMask,
  unitProperties,
} from "../../../src/sandbox/systemd/unit.ts";

const INFINITY = 0xffffffffffffffffn;

test.each([
  ["system.slice:libpod:abc", "system.slice", "libpod-abc.scope", "/system.slice"],
  [":docker:abc", "system.slice", "docker-abc.scope", "/system.slice"],
  ["a-b-c.slice::x", "a-b-c.slice", "x.scope", "/a.slice/a-b.slice/a-b-c.slice"],
  ["-.slice:p:x", "-.slice", "p-x.scope", ""],
  ["machine.slice:p:a@b:c".replace("@b:c", ""), "machine.slice", "p-a.scope", "/machine.slice"],
  [undefined, "system.slice", "tguard-id.scope", "/system.slice"],
])("%s", (path, slice, unit, slicePath) => {
  expect(parseUnitName(path, "id", false)).toEqual({ slice, unit, slicePath });
});

test("a user's containers lie in the user's own slice", () => {
  expect(parseUnitName(undefined, "id", true).slice).toBe("user.slice");
});

test.each([
  "/absolute/path",
  "a:b",
  "a:b:c:d",
  "a.scope:p:x",
  "a--b.slice:p:x",
  "-a.slice:p:x",
  "../a.slice:p:x",
  "a.slice:p:../x",
  "a.slice::",
  "a.slice:p:b.slice",
  `a.slice:p:${"x".repeat(300)}`,
])("%s is refused", (path) => {
  expect(() => parseUnitName(path, "id", false)).toThrow("cannot use cgroupsPath");
});

test("a slice lies in the slices that its name is made of", () => {
  const part = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const path = expandSlice(`${parts.join("-")}.slice`, "");
      const levels = path.split("/").slice(1);
      expect(levels).toHaveLength(parts.length);
      for (const [i, level] of levels.entries())
        expect(level).toBe(`${parts.slice(0, i + 1).join("-")}.slice`);
    }),
  );
});

test("the bits of a CPU list", () => {
  expect(toBitMask("0-2,8")).toEqual([7, 1]);
  expect(toBitMask("x")).toBeUndefined();
  expect(toBitMask("3-1")).toBeUndefined();
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(300), { minLength: 1 }), (cpus) => {
      const bytes = toBitMask(cpus.join(",")) ?? [];
      const found = bytes.flatMap((byte, i) =>
        [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => i * 8 + bit),
      );
      expect(found).toEqual([...cpus].sort((a, b) => a - b));
    }),
  );
});

const named = (resources: Resources, version: 1 | 2) =>
  Object.fromEntries(resourceProperties(resources, version).map(([n, { value }]) => [n, value]));

describe("limits as properties", () => {
  test.each<[Resources, Record<string, unknown>]>([
    [{}, {}],
    [
      { memory: { limit: 64, swap: 96, reservation: 32 } },
      { MemoryMax: 64n, MemoryLow: 32n, MemorySwapMax: 32n },
    ],
    [{ memory: { limit: -1 } }, { MemoryMax: INFINITY, MemorySwapMax: INFINITY }],
    [{ cpu: { shares: 1024 } }, { CPUWeight: 100n }],
    [
      { cpu: { quota: 50000, period: 100000 } },
      { CPUQuotaPeriodUSec: 100000n, CPUQuotaPerSecUSec: 500000n },
    ],
    [{ cpu: { quota: 3333 } }, { CPUQuotaPerSecUSec: 40000n }],
    [{ cpu: { quota: -1 } }, { CPUQuotaPerSecUSec: INFINITY }],
    [{ cpu: { period: 5000 } }, { CPUQuotaPeriodUSec: 5000n, CPUQuotaPerSecUSec: INFINITY }],
    [{ cpu: { cpus: "0-1", mems: "0" } }, { AllowedCPUs: [3], AllowedMemoryNodes: [1] }],
    [{ pids: { limit: 20 } }, { TasksMax: 20n }],
    [{ pids: { limit: -1 } }, { TasksMax: INFINITY }],
    [{ pids: { limit: 0 } }, {}],
    [
      { unified: { "memory.high": "5", "pids.max": "max", "cpu.max": "1000 2000", "io.max": "x" } },
      {
        MemoryHigh: 5n,
        TasksMax: INFINITY,
        CPUQuotaPeriodUSec: 2000n,
        CPUQuotaPerSecUSec: 500000n,
      },
    ],
  ])("v2: %j", (resources, expected) => {
    expect(named(resources, 2)).toEqual(expected);
  });

  test("v1", () => {
    const resources: Resources = {
      memory: { limit: 64 },
      cpu: { shares: 512, quota: 50000, period: 100000 },
      blockIO: { weight: 500 },
      pids: { limit: 5 },
    };
    expect(named(resources, 1)).toEqual({
      MemoryLimit: 64n,
      CPUShares: 512n,
      CPUQuotaPeriodUSec: 100000n,
      CPUQuotaPerSecUSec: 500000n,
      BlockIOWeight: 500n,
      TasksMax: 5n,
    });
  });
});

describe("annotations", () => {
  const of = (key: string, value: string) =>
    unitProperties(parseUnitName(undefined, "id", false), "id", [1], {
      [`org.systemd.property.${key}`]: value,
      other: "x",
    }).at(-1);

  test.each([
    ["CollectMode", "'inactive-or-failed'", { type: "s", value: "inactive-or-failed" }],
    ["SendSIGHUP", "true", { type: "b", value: true }],
    ["LimitNOFILE", "uint64 5", { type: "t", value: 5n }],
    ["OOMScoreAdjust", "int32 -5", { type: "i", value: -5 }],
    ["After", "['a.service', 'b.service']", { type: "as", value: ["a.service", "b.service"] }],
  ])("%s = %s", (name, text, value) => {
    expect(of(name, text)).toEqual([name, value]);
  });

  test("seconds become microseconds", () => {
    expect(of("TimeoutStopSec", "uint64 5")).toEqual([
      "TimeoutStopUSec",
      { type: "t", value: 5_000_000n },
    ]);
  });

  test.each([
    ["CollectMode", "{"],
    ["lower", "true"],
  ])("%s = %s is refused", (name, text) => {
    expect(() => of(name, text)).toThrow("cannot read the systemd property");
  });
});
