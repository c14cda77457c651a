/** Workloads that misbehave inside their limits: they end when told, nothing of them stays, and others do not notice. */
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, isRoot, TestBundle } from "../support/bundle.ts";

const ROOT = "/sys/fs/cgroup";
const canLimit = isRoot && existsSync(`${ROOT}/memory`) && existsSync(`${ROOT}/pids`);

let bundle: TestBundle;
let other: TestBundle;
let before: number;
beforeEach(() => {
  bundle = new TestBundle();
  other = new TestBundle();
  other.write(other.spec("sleep 1000"));
  expect(other.detach("--no-harden")).toBe(0);
  before = stateOf(other).pid;
});
afterEach(() => {
  try {
    bundle.tguard("delete", "--force", bundle.id);
    expect(bundle.leftovers()).toEqual([]);
    expect(stateOf(other)).toMatchObject({ pid: before, status: "running" });
    other.tguard("delete", "--force", other.id);
    expect(other.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
    other.remove();
  }
});

const stateOf = (of: TestBundle): { pid: number; status: string } =>
  JSON.parse(of.tguard("state", of.id).stdout);
const control = (path: string): string => {
  const [controller = "", file = ""] = path.split("/");
  return readFileSync(`${ROOT}/${controller}/tguard/${bundle.id}/${file}`, "utf8").trim();
};
const limit =
  (resources: object) =>
  (c: Config): void => {
    c.linux.resources = { ...c.linux.resources, ...resources };
  };
const detach = (script: string, change?: (c: Config) => void): void => {
  bundle.write(bundle.spec(script, change));
  expect(bundle.detach("--no-harden")).toBe(0);
};

describe.skipIf(!canLimit)("inside its limits", () => {
  test("a fork bomb", async () => {
    detach("f() { f | f & }; f; sleep 1000", limit({ pids: { limit: 40 } }));
    await eventually(() => Number(control("pids/pids.current")) >= 20);
    expect(Number(control("pids/pids.current"))).toBeLessThanOrEqual(40);
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
  });

  test("a fork bomb in the foreground ends with its first process", () => {
    const { status } = bundle.run("f() { f | f & }; f 2>/dev/null; exit 3", {
      change: limit({ pids: { limit: 40 } }),
    });
    expect([2, 3]).toContain(status);
    expect(bundle.leftovers()).toEqual([]);
  });

  test("out of memory", () => {
    const change = limit({ memory: { limit: 16 << 20, swap: 16 << 20 } });
    const { status } = bundle.run("exec dd if=/dev/zero of=/dev/null bs=64M count=1", { change });
    expect(status).toBe(137);
    expect(bundle.leftovers()).toEqual([]);
  });

  test("SIGTERM ignored", async () => {
    detach("trap '' TERM; while :; do sleep 1; done");
    const ignored = (): boolean => {
      const mask = /^SigIgn:\t(\w+)$/m.exec(
        readFileSync(`/proc/${stateOf(bundle).pid}/status`, "utf8"),
      )?.[1];
      return (BigInt(`0x${mask}`) & (1n << 14n)) !== 0n;
    };
    await eventually(ignored);
    expect(bundle.tguard("kill", bundle.id, "TERM").status).toBe(0);
    expect(stateOf(bundle).status).toBe("running");
    expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
    await eventually(() => stateOf(bundle).status === "stopped");
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });
});
