import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/base/error.ts";
import {
  filesystemOf,
  findProgram,
  isAtLeast,
  isWholeIdentity,
  parseEffectiveCapabilities,
  parseIdMap,
  parseSubIds,
  readHostFacts,
  rootfsFacts,
  userNameIn,
} from "../../src/sys/host.ts";

const dir = mkdtempSync(join(tmpdir(), "tguard-host-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("parseEffectiveCapabilities", () => {
  it.each([
    ["Name:\tcat\nCapPrm:\t000001ffffffffff\nCapEff:\t00000000a80425fb\n", 0xa80425fbn],
    ["CapEff:\t000001ffffffffff\n", 0x1ffffffffffn],
    ["CapEff: zz\n", 0n],
    ["", 0n],
  ])("%j", (text, mask) => expect(parseEffectiveCapabilities(text)).toBe(mask));
});

describe("parseIdMap", () => {
  it.each([
    ["         0          0 4294967295\n", [{ inside: 0, outside: 0, size: 4294967295 }]],
    [
      "0 1000 1\n1 100000 65536\nnot a line\n",
      [
        { inside: 0, outside: 1000, size: 1 },
        { inside: 1, outside: 100000, size: 65536 },
      ],
    ],
    ["", []],
  ])("%j", (text, lines) => expect(parseIdMap(text)).toEqual(lines));

  it.each([
    ["0 0 4294967295", true],
    ["65536 65536 4294901759\n0 0 65536", true],
    ["0 0 65536", false],
    ["0 1000 1", false],
    ["0 100000 4294967295", false],
    ["", false],
  ])("whole identity: %j is %s", (text, whole) =>
    expect(isWholeIdentity(parseIdMap(text))).toBe(whole),
  );
});

describe("parseSubIds", () => {
  it.each<[string, string, { start: number; count: number }[]]>([
    ["by name", "ann:100000:65536\nbob:165536:65536\n", [{ start: 100000, count: 65536 }]],
    ["by number", "1000:200000:1000\n", [{ start: 200000, count: 1000 }]],
    [
      "both, in order, once",
      "1000:5:1\nann:7:2\nann:7:2\n",
      [
        { start: 5, count: 1 },
        { start: 7, count: 2 },
      ],
    ],
    [
      "malformed lines are no ranges",
      "ann\nann:1\nann:x:5\nann:1:-5\n#ann:1:5\nann:1:2:3\n:1:2\nann:1:0\n",
      [],
    ],
    ["beyond 32 bits", "ann:4294967295:2\nann:99999999999:1\n", []],
    ["CRLF", "ann:10:20\r\n", [{ start: 10, count: 20 }]],
    ["another's name that begins the same", "anna:1:2\n", []],
  ])("%s", (_, text, ranges) => expect(parseSubIds(text, "ann", 1000)).toEqual(ranges));

  it("never throws, and gives ranges within 32 bits only", () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z0-9:\n-]{0,80}$/), (name, text) => {
        for (const { start, count } of parseSubIds(text, name, 0)) {
          expect(count).toBeGreaterThan(0);
          expect(start + count).toBeLessThanOrEqual(0xffffffff);
        }
      }),
    );
  });
});

describe("userNameIn", () => {
  const passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/:\n:x:7:7::/:\nbroken\n";
  it.each([
    ["0", "root"],
    ["1000", "ann"],
    ["100", undefined],
    ["7", undefined],
  ])("%s is %s", (uid, name) => expect(userNameIn(passwd, uid)).toBe(name));
});

describe("filesystemOf", () => {
  it.each<[number, string, string, boolean]>([
    [0xef53, "6.1.0-18-amd64", "ext4", true],
    [0xef53, "5.10.0", "ext4", false],
    [0x01021994, "6.2.0", "tmpfs", false],
    [0x01021994, "6.3.0-rc1", "tmpfs", true],
    [0x58465342, "5.12.1", "xfs", true],
    // Its layers may be idmapped, it cannot be.
    [0x794c7630, "6.18.0", "overlay", false],
    // statfsSync gives f_type as a signed number.
    [0x9123683e - 2 ** 32, "6.1.0", "btrfs", true],
    [0x1234, "6.1.0", "unknown (0x1234)", false],
  ])("%x on %s", (magic, release, name, idmapSupported) =>
    expect(filesystemOf(magic, release)).toEqual({ name, idmapSupported }),
  );

  it.each([
    ["6.10.3", "6.9", true],
    ["6.1", "6.10", false],
    ["5.15.0-microsoft", "5.15", true],
    ["7.0", "6.12", true],
    ["garbage", "5.0", false],
  ])("%s is at least %s: %s", (release, version, yes) =>
    expect(isAtLeast(release, version)).toBe(yes),
  );
});

describe("findProgram", () => {
  it("takes the first executable file of PATH and skips the rest", () => {
    for (const name of ["a", "b", "c"]) mkdirSync(join(dir, name));
    writeFileSync(join(dir, "a", "tool"), "");
    mkdirSync(join(dir, "b", "tool"));
    writeFileSync(join(dir, "c", "tool"), "#!/bin/sh\n");
    chmodSync(join(dir, "c", "tool"), 0o755);
    const path = ["a", "b", "c"].map((name) => join(dir, name)).join(":");
    expect(findProgram("tool", `.:${path}`)).toBe(join(dir, "c", "tool"));
    expect(findProgram("tool-that-is-not-there", path)).toBeUndefined();
  });
  it("looks into /usr/bin without a PATH", () => {
    expect(findProgram("env", undefined)).toBe("/usr/bin/env");
  });
});

describe("rootfsFacts", () => {
  it("tells owner, rights and which directories are there without following links", () => {
    const root = join(dir, "root");
    mkdirSync(join(root, "var/log"), { recursive: true });
    mkdirSync(join(root, "tmp"));
    symlinkSync("/run", join(root, "var/run"));
    writeFileSync(join(root, "file"), "");
    const probe = ["/tmp", "/var/log", "/var/run", "/var/run/x", "/file", "/none", "/../root"];
    const facts = rootfsFacts(root, "6.1.0", probe);
    expect(facts.present).toEqual(["/tmp", "/var/log"]);
    expect(facts.writable).toBe(true);
    expect(facts.uid).toBe(process.getuid?.());
  });
  it("fails with the place in config.json", () => {
    expect(() => rootfsFacts(join(dir, "none"), "6.1.0")).toThrow(UserError);
  });
});

describe("readHostFacts", () => {
  it.runIf(process.platform === "linux")("reads this machine", () => {
    const facts = readHostFacts();
    expect(facts.namespaces.has("mnt")).toBe(true);
    expect([...facts.namespaces].some((name) => name.includes("for_children"))).toBe(false);
    expect(facts.euid).toBe(process.geteuid?.());
    expect(facts.lastCap).toBeGreaterThanOrEqual(36);
    expect(facts.uidMap.length).toBeGreaterThan(0);
    expect(facts.overflowUid).toBe(65534);
    expect(facts.memoryTotalBytes).toBeGreaterThan(1 << 20);
    // Read once: the same object again.
    expect(facts.uidMap).toBe(facts.uidMap);
  });
});
