import { afterEach, expect, test } from "vitest";
import {
  LOOK,
  recordedLooks,
  recordLooks,
  sawCgroupMounts,
  sawNames,
  sawReal,
  sawStat,
  sawText,
  sawType,
  sawWritable,
} from "../../src/base/look.ts";

afterEach(() => {
  recordedLooks();
});

/** SHA-256 of "abc" (FIPS 180-4, appendix). */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("nothing is noted while nothing records", () => {
  sawText("/a", "abc");
  expect(recordedLooks()).toBeUndefined();
});

test("each kind spells its answer as init does", () => {
  recordLooks();
  sawText("/text", "abc");
  sawText("/no-text", undefined);
  sawStat("/stat", { dev: 1, ino: 2, mode: 0o40755, uid: 3, gid: 4 });
  sawType("/type", 0o100644);
  sawReal("/real", "/where");
  sawWritable("/writable", false);
  expect(recordedLooks()).toEqual([
    { kind: LOOK.TEXT, path: "/text", seen: ABC },
    { kind: LOOK.TEXT, path: "/no-text", seen: "-" },
    { kind: LOOK.STAT, path: "/stat", seen: "1 2 16877 3 4" },
    { kind: LOOK.TYPE, path: "/type", seen: "100000" },
    { kind: LOOK.REAL, path: "/real", seen: "/where" },
    { kind: LOOK.WRITABLE, path: "/writable", seen: "0" },
  ]);
});

test("the same answer twice is one look", () => {
  recordLooks();
  sawText("/a", "abc");
  sawText("/a", Buffer.from("abc"));
  expect(recordedLooks()).toHaveLength(1);
});

test("two answers to one question void the record", () => {
  recordLooks();
  sawText("/a", "abc");
  sawText("/a", "abd");
  sawText("/a", "abd");
  expect(recordedLooks()).toBeUndefined();
});

test("a record that was begun again forgets the first", () => {
  recordLooks();
  sawReal("/a", undefined);
  recordLooks();
  expect(recordedLooks()).toEqual([]);
});

test("the order of names and the numbers of mounts do not count", () => {
  const seen = (note: () => void): string | undefined => {
    recordLooks();
    note();
    return recordedLooks()?.[0]?.seen;
  };
  expect(seen(() => sawNames("/d", ["b", "a"]))).toBe(seen(() => sawNames("/d", ["a", "b"])));
  expect(seen(() => sawNames("/d", ["a"]))).not.toBe(seen(() => sawNames("/d", ["a", "b"])));
  const mount = { root: "/", mountpoint: "/c", type: "cgroup2", options: ["rw"] };
  expect(seen(() => sawCgroupMounts([mount]))).not.toBe(
    seen(() => sawCgroupMounts([{ ...mount, mountpoint: "/d" }])),
  );
});
