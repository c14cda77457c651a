import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Seccomp } from "../../src/oci/runtime-config.ts";
import { cacheKey, loadOrCompile } from "../../src/seccomp/cache.ts";

const loads = vi.hoisted(() => ({ compiles: 0 }));
vi.mock("../../src/sys/libseccomp.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/sys/libseccomp.ts")>();
  return {
    ...original,
    loadLibseccomp: () => {
      loads.compiles++;
      return original.loadLibseccomp();
    },
  };
});

const host = { arch: "x64", kernelRelease: "6.1.0-18-amd64" } as const;
const seccomp: Seccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  syscalls: [{ names: ["read", "nonsense"], action: "SCMP_ACT_ALLOW" }],
};

let directory: string;
let cache: string;
let entry: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tguard-cache-"));
  cache = join(directory, "a", "seccomp");
  entry = join(cache, `${cacheKey(seccomp, host)}.filter`);
  loads.compiles = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function compiles(): Promise<number> {
  const before = loads.compiles;
  const filter = await loadOrCompile(seccomp, host, cache);
  expect(filter.skipped).toEqual(["nonsense"]);
  return loads.compiles - before;
}

describe("loadOrCompile", () => {
  it("gives the same filter again without libseccomp", async () => {
    const first = await loadOrCompile(seccomp, host, cache);
    const second = await loadOrCompile(seccomp, host, cache);
    expect(second).toEqual(first);
    expect(second.bpf.length).toBeGreaterThan(0);
    expect(loads.compiles).toBe(1);
  });

  it("keeps directory and files to the user and leaves no temporary file", async () => {
    await compiles();
    expect(lstatSync(cache).mode & 0o777).toBe(0o700);
    expect(lstatSync(entry).mode & 0o777).toBe(0o600);
    expect(readdirSync(cache)).toEqual([`${cacheKey(seccomp, host)}.filter`]);
  });

  const flipByte = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };
  it.each<[string, () => void]>([
    ["a flipped bit", () => flipByte(entry, 100)],
    ["a flipped bit in the checksum", () => flipByte(entry, 3)],
    ["nothing", () => writeFileSync(entry, "")],
    ["half of it", () => writeFileSync(entry, readFileSync(entry).subarray(0, 200))],
    ["something else", () => writeFileSync(entry, "\n{}")],
    ["a file open to others", () => chmodSync(entry, 0o666)],
    [
      "a symlink",
      () => {
        renameSync(entry, join(directory, "elsewhere"));
        symlinkSync(join(directory, "elsewhere"), entry);
      },
    ],
  ])("compiles anew and rewrites the entry when it finds %s", async (_, damage) => {
    await compiles();
    expect(await compiles()).toBe(0);
    damage();
    expect(await compiles()).toBe(1);
    expect(await compiles()).toBe(0);
    expect(lstatSync(entry).isFile()).toBe(true);
  });

  it("does not trust a well-formed entry whose program is not one", async () => {
    const { createHash } = await import("node:crypto");
    await compiles();
    const body = JSON.stringify({ flags: 0, listener: false, skipped: [], bpf: "AAAA" });
    writeFileSync(entry, `${createHash("sha256").update(body).digest("hex")}\n${body}`);
    expect(await compiles()).toBe(1);
  });

  it.each<[string, () => void]>([
    ["is a file", () => writeFileSync(cache, "")],
    [
      "is a symlink",
      () => {
        mkdirSync(join(directory, "target"), { mode: 0o700 });
        symlinkSync(join(directory, "target"), cache);
      },
    ],
    [
      "is open to others",
      () => {
        mkdirSync(cache);
        chmodSync(cache, 0o777);
      },
    ],
  ])("works without a cache when its directory %s", async (_, make) => {
    mkdirSync(join(directory, "a"));
    make();
    expect(await compiles()).toBe(1);
    expect(await compiles()).toBe(1);
    if (lstatSync(cache).isDirectory()) expect(readdirSync(cache)).toEqual([]);
  });

  it("works without a cache where it may not write", async () => {
    cache = "/proc/self/no-such-place";
    expect(await compiles()).toBe(1);
  });

  it("works when the entry cannot be written", async () => {
    await compiles();
    rmSync(entry);
    mkdirSync(entry); // rename(2) fails with EISDIR
    expect(await compiles()).toBe(1);
    expect(readdirSync(cache)).toEqual([`${cacheKey(seccomp, host)}.filter`]);
  });

  it.runIf(process.geteuid?.() === 0)("ignores what belongs to another user", async () => {
    await compiles();
    chownSync(entry, 12345, 12345);
    expect(await compiles()).toBe(1);
    expect(lstatSync(entry).uid).toBe(0);
    chownSync(cache, 12345, 12345);
    expect(await compiles()).toBe(1);
    expect(await compiles()).toBe(1);
  });

  it("tells errors of the profile as the compiler does", async () => {
    const broken = { defaultAction: "SCMP_ACT_NOPE" };
    await expect(loadOrCompile(broken, host, cache)).rejects.toThrow("SCMP_ACT_NOPE");
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe("cacheKey", () => {
  const key = cacheKey(seccomp, host);

  it("ignores the order of keys, the kernel's patch level and where the listener is", () => {
    const reordered = {
      syscalls: seccomp.syscalls,
      defaultAction: seccomp.defaultAction,
    } as Seccomp;
    expect(cacheKey(reordered, host)).toBe(key);
    expect(cacheKey(seccomp, { ...host, kernelRelease: "6.1.99" })).toBe(key);
    expect(cacheKey({ ...seccomp, listenerPath: "/a", listenerMetadata: "b" }, host)).toBe(key);
  });

  it("covers every field of the profile", () => {
    const full: Seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      architectures: ["SCMP_ARCH_X86"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      syscalls: [
        {
          names: ["read"],
          action: "SCMP_ACT_ERRNO",
          errnoRet: 2,
          args: [{ index: 1, op: "SCMP_CMP_EQ", value: 3, valueTwo: 4 }],
        },
      ],
    };
    const variants = [
      full,
      ...[...JSON.stringify(full).matchAll(/:(\d)|SCMP_[A-Z_0-9]+|SECCOMP_[A-Z_]+|"read"/g)].map(
        ({ index, 0: found }): Seccomp => {
          const text = JSON.stringify(full);
          const other = found.startsWith(":") ? ":5" : found === '"read"' ? '"open"' : "OTHER";
          return JSON.parse(text.slice(0, index) + other + text.slice(index + found.length));
        },
      ),
    ];
    expect(variants).toHaveLength(12);
    expect(new Set(variants.map((variant) => cacheKey(variant, host))).size).toBe(12);
  });

  it.each<[string, Seccomp, Parameters<typeof cacheKey>[1]]>([
    ["architecture", seccomp, { ...host, arch: "arm64" }],
    ["kernel", seccomp, { ...host, kernelRelease: "6.10.0" }],
    ["errno", { ...seccomp, defaultErrnoRet: 1 }, host],
    ["flags", { ...seccomp, flags: [] }, host],
    ["rules", { ...seccomp, syscalls: [] }, host],
    [
      "an argument's second value",
      {
        ...seccomp,
        syscalls: [
          {
            names: ["read", "nonsense"],
            action: "SCMP_ACT_ALLOW",
            args: [{ index: 0, op: "SCMP_CMP_EQ", value: 0, valueTwo: Number.POSITIVE_INFINITY }],
          },
        ],
      },
      host,
    ],
    ["an error", { ...seccomp, listenerMetadata: "b" }, host],
  ])("differs by %s", (_, profile, machine) => {
    expect(cacheKey(profile, machine)).not.toBe(key);
  });
});
