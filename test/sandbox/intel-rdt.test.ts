import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IntelRdt, RuntimeConfig } from "../../src/oci/runtime-config.ts";
import { planRdt, type RdtOps, readRdtFacts } from "../../src/sandbox/intel-rdt.ts";

// A tree as Documentation/filesystems/resctrl.rst draws it; no machine of ours has the hardware.
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-resctrl-"));
  writeFileSync(join(root, "schemata"), "    MB:0=100;1=100\n    L3:0=7ff;1=7ff\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const makeClass = (name: string, schemata: string): void => {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, "schemata"), schemata);
};

const config = (intelRdt: IntelRdt): RuntimeConfig => ({
  ociVersion: "1.3.0",
  linux: { intelRdt },
});
const plan = (intelRdt: IntelRdt): RdtOps =>
  planRdt(config(intelRdt), "web", readRdtFacts(config(intelRdt), "web", root));

/** The operations as lines, with the tree's root left out. */
function lines(ops: RdtOps["host"]): readonly string[] {
  return ops.map((op) => {
    if (op.op === "write_file")
      return `${op.path.slice(root.length)} = ${new TextDecoder().decode(op.data).trim()}`;
    return "path" in op ? `${op.op} ${op.path.slice(root.length)}` : op.op;
  });
}

test("without the section nothing is looked at", () => {
  expect(readRdtFacts({ ociVersion: "1.3.0" }, "web", "/nonexistent")).toBeUndefined();
  expect(planRdt({ ociVersion: "1.3.0" }, "web", undefined).host).toEqual([]);
});

describe("a class of the container's own (no closID)", () => {
  test("is made, filled in the specification's order, entered, and removed", () => {
    const ops = plan({
      memBwSchema: "MB:0=20;1=70",
      l3CacheSchema: "L3:0=7f0;1=1f",
      schemata: ["L2:0=f", "MB:0=30"],
    });
    expect(lines(ops.host)).toEqual([
      "mkdir /web",
      "/web/schemata = L3:0=7f0;1=1f",
      "/web/schemata = MB:0=20;1=70",
      "/web/schemata = L2:0=f",
      "/web/schemata = MB:0=30",
    ]);
    expect(lines(ops.join)).toEqual(["/web/tasks = 0"]);
    expect(lines(ops.cleanup)).toEqual(["rmdir /web"]);
    expect(ops.directories).toEqual([join(root, "web")]);
  });

  test("that exists already is somebody else's", () => {
    makeClass("web", "L3:0=1\n");
    expect(() => plan({ schemata: ["L3:0=1"] })).toThrow(/exists already/);
  });
});

describe("a named class", () => {
  test("is made when there is something to write, and stays", () => {
    const ops = plan({ closID: "gold", schemata: ["L3:0=f"] });
    expect(lines(ops.host)).toEqual(["mkdir /gold", "/gold/schemata = L3:0=f"]);
    expect(ops.cleanup).toEqual([]);
    expect(ops.directories).toEqual([]);
  });

  test("must be there when there is nothing to write", () => {
    expect(() => plan({ closID: "gold" })).toThrow(/no class of service "gold"/);
    makeClass("gold", "L3:0=f\n");
    expect(lines(plan({ closID: "gold" }).host)).toEqual([]);
    expect(lines(plan({ closID: "gold" }).join)).toEqual(["/gold/tasks = 0"]);
  });

  test.each([
    [{ l3CacheSchema: "L3:0=7f0;1=1f" }, undefined],
    [{ l3CacheSchema: "L3:0=007f0" }, undefined],
    [{ memBwSchema: "MB:0=20" }, undefined],
    [{ l3CacheSchema: "L3:0=7f0;1=f" }, /has L3:1=1f, not f/],
    [{ memBwSchema: "MB:2=20" }, /has MB:2=nothing, not 20/],
    [{ memBwSchema: "MB:0=32" }, /has MB:0=20, not 32/],
  ])("that exists is compared with %j", (rdt, refusal) => {
    makeClass("gold", "    MB:0=20;1=70\n    L3:0=7f0;1=1f\n");
    const make = (): RdtOps => plan({ closID: "gold", ...rdt });
    if (refusal === undefined) expect(make().cleanup).toEqual([]);
    else expect(make).toThrow(refusal);
  });

  test('"/" is the default class', () => {
    expect(lines(plan({ closID: "/" }).join)).toEqual(["/tasks = 0"]);
  });

  test.each(["", ".", "..", "a/b", "/gold", "a\nb"])("%j is no name", (closID) => {
    expect(() => plan({ closID, schemata: ["L3:0=1"] })).toThrow(/no name of a class/);
  });
});

test("monitoring has a group named as the container, which goes with it, before its class", () => {
  const own = plan({ enableMonitoring: true, schemata: ["L3:0=1"] });
  expect(lines(own.host).at(-1)).toBe("mkdir /web/mon_groups/web");
  expect(lines(own.join)).toEqual(["/web/tasks = 0", "/web/mon_groups/web/tasks = 0"]);
  expect(lines(own.cleanup)).toEqual(["rmdir /web/mon_groups/web", "rmdir /web"]);
  makeClass("gold", "L3:0=f\n");
  const named = plan({ closID: "gold", enableMonitoring: true });
  expect(lines(named.cleanup)).toEqual(["rmdir /gold/mon_groups/web"]);
});

test("a machine without resctrl is an error that says so", () => {
  rmSync(join(root, "schemata"));
  expect(() => plan({ closID: "gold" })).toThrow(/has no resctrl filesystem/);
});
