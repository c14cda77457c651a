import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frontHeader } from "../../scripts/gen-front-commands.ts";
import { defaultSpec } from "../../src/oci/spec.ts";
import { encodePlan } from "../../src/sandbox/encode.ts";
import { fillPlan, keyHash, PIECE, piecesOf, startKey } from "../../src/sandbox/kept-plan.ts";
import { type PlanRequest, planLaunch } from "../../src/sandbox/plan.ts";
import type { ContainerRecord } from "../../src/sandbox/store.ts";
import { asRoot, readHostFacts } from "../../src/sys/host.ts";

const HOLE = "0123456789abcdef";

const ids = fc.stringMatching(/^[A-Za-z0-9_+-][A-Za-z0-9_+.-]{0,199}$/);

function requestFor(id: string, mode: PlanRequest["mode"], cgroupsPath?: string): PlanRequest {
  const config = structuredClone(defaultSpec({}));
  if (config.process === undefined) throw new Error("the default has a process");
  return {
    id,
    config: {
      ...config,
      process: { ...config.process, terminal: false },
      linux: { ...config.linux, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) },
    },
    bundleDir: "/bundle",
    rootfs: "/bundle/rootfs",
    rootfsFacts: {
      fsType: "ext4",
      uid: 0,
      gid: 0,
      idmapSupported: true,
      writable: true,
      present: [],
    },
    host: asRoot(readHostFacts()),
    cgroups: {
      mode: "v2",
      v1: [],
      unified: {
        mountpoint: "/sys/fs/cgroup",
        root: "/",
        own: "/",
        writable: true,
        controllers: ["memory", "pids", "cpu"],
        enabled: [],
      },
      kernel: ["memory", "pids", "cpu"],
      cpuset: [],
      hugepageSizes: [],
      io: { bfq: false, cost: false },
    },
    seccomp: undefined,
    mode,
    stateDir: `/run/tguard/${id}`,
  };
}

test("a template with the id filled in is the plan for that id, byte by byte", () => {
  const modes = fc.constantFrom<PlanRequest["mode"]>("foreground", "detach", "create");
  const paths = fc.constantFrom(undefined, "below", "/absolute/path");
  fc.assert(
    fc.property(ids, modes, paths, (id, mode, path) => {
      const template = planLaunch(requestFor(HOLE, mode, path)).plan;
      const filled = encodePlan(fillPlan(template, HOLE, id));
      const planned = encodePlan(planLaunch(requestFor(id, mode, path)).plan);
      expect(Buffer.compare(filled, planned)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

describe("pieces of state.json", () => {
  const record: ContainerRecord = {
    version: 1,
    ociVersion: "1.3.0",
    id: "web",
    phase: "creating",
    bundle: '/b"undle',
    rootfs: "/b/rootfs",
    created: "2026-01-02T03:04:05.678Z",
    owner: "root",
    annotations: { a: 'q"uo\\te' },
    cgroupPaths: { memory: "/sys/fs/cgroup/memory/tguard/web" },
    maker: { pid: 12, startTime: "345" },
  };

  test("make the text that the store writes", () => {
    const values: Readonly<Record<number, string>> = {
      [PIECE.id]: record.id,
      [PIECE.phase]: record.phase,
      [PIECE.created]: record.created,
      [PIECE.makerPid]: String(record.maker.pid),
      [PIECE.makerStart]: record.maker.startTime,
    };
    const template = {
      ...record,
      cgroupPaths: { memory: `/sys/fs/cgroup/memory/tguard/${HOLE}` },
    };
    const text = piecesOf(template, HOLE)
      .map(({ kind, value }) => values[kind] ?? value)
      .join("");
    expect(text).toBe(JSON.stringify(record));
  });
});

test("keys differ where anything that was said differs", () => {
  const base = {
    id: "a",
    bundle: ".",
    profile: "default",
    mode: "foreground",
    stateDir: "/run/tguard/a",
    cacheDir: "/c",
  } as const;
  const keys = [
    startKey(base, "/b"),
    startKey(base, "/c"),
    startKey({ ...base, profile: undefined }, "/b"),
    startKey({ ...base, profile: "strict" }, "/b"),
    startKey({ ...base, mode: "detach" }, "/b"),
    startKey({ ...base, noPivot: true }, "/b"),
    startKey({ ...base, noNewKeyring: true }, "/b"),
    startKey({ ...base, keep: true }, "/b"),
    startKey({ ...base, handover: { consoleSocket: "/s" } }, "/b"),
    startKey({ ...base, stateDir: "/run/other/a" }, "/b"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(keys.map(keyHash)).size).toBe(keys.length);
  expect(startKey({ ...base, id: "b", stateDir: "/run/tguard/b" }, "/b")).toBe(keys[0]);
});

test.each([
  ["", "cbf29ce484222325"],
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
])("FNV-1a of %j (draft-eastlake-fnv)", (text, hash) => {
  expect(keyHash(text)).toBe(hash);
});

test("the front's table of commands is the current one", () => {
  const path = join(import.meta.dirname, "../../src/sandbox/init/front-commands.generated.h");
  expect(readFileSync(path, "utf8")).toBe(frontHeader());
});
