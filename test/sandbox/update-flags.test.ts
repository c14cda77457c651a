import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseResources, parseUpdateFlags } from "../../src/sandbox/update-flags.ts";

describe("options", () => {
  test.each<[Record<string, string>, unknown]>([
    [{}, {}],
    [{ memory: "64m", memorySwap: "-1" }, { memory: { limit: 64 << 20, swap: -1 } }],
    [{ memoryReservation: "1.5 GiB" }, { memory: { reservation: 1.5 * (1 << 30) } }],
    [{ memory: "512", kernelMemory: "1KB" }, { memory: { limit: 512, kernel: 1024 } }],
    [{ cpuShare: "200", cpuQuota: "-1" }, { cpu: { shares: 200, quota: -1 } }],
    [{ cpusetCpus: "0-2", cpusetMems: "0" }, { cpu: { cpus: "0-2", mems: "0" } }],
    [{ pidsLimit: "0" }, { pids: { limit: 0 } }],
    [
      { blkioWeight: "500", cpuIdle: "1" },
      { cpu: { idle: 1 }, blockIO: { weight: 500 } },
    ],
  ])("%j", (flags, expected) => {
    expect(parseUpdateFlags(flags)).toEqual(expected);
  });

  test.each([
    [{ memory: "5x" }, "invalid value for memory"],
    [{ memory: "-2" }, "invalid value for memory"],
    [{ cpuPeriod: "-1" }, "invalid value for cpu-period"],
    [{ cpuShare: "1e3" }, "invalid value for cpu-share"],
    [{ pidsLimit: "ten" }, "invalid value for pids-limit"],
  ])("%j is refused", (flags, message) => {
    expect(() => parseUpdateFlags(flags)).toThrow(message);
  });

  test("sizes are binary multiples, whatever the number", () => {
    fc.assert(
      fc.property(
        fc.nat(1 << 20),
        fc.constantFrom("", "k", "m", "g", "K", "MB", "GiB"),
        (n, unit) => {
          const power = { "": 0, k: 1, m: 2, g: 3 }[unit.charAt(0).toLowerCase()] ?? 0;
          expect(parseUpdateFlags({ memory: `${n}${unit}` })).toEqual({
            memory: { limit: n * 1024 ** power },
          });
        },
      ),
    );
  });
});

describe("JSON", () => {
  test("what Go writes as null is not set", async () => {
    const text = '{"memory":{"limit":5,"swap":null},"blockIO":null,"devices":null}';
    expect(await parseResources(text, "x")).toEqual({ memory: { limit: 5 } });
    expect(await parseResources("null", "x")).toEqual({});
  });

  test.each([
    ["{", "not JSON"],
    ['{"memory":{"limit":"5"}}', "not valid"],
    ['{"pids":[]}', "not valid"],
    ["[]", "not valid"],
  ])("%s is refused", async (text, message) => {
    await expect(parseResources(text, "x")).rejects.toThrow(message);
  });
});
