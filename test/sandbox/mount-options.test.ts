import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import {
  MOUNT_ATTR,
  MS,
  parseMountOptions,
  parseRootfsPropagation,
} from "../../src/sandbox/mount-options.ts";

describe("parseMountOptions", () => {
  test.each([
    [["ro", "nosuid", "nodev", "noexec"], { set: 0xf, clear: 0 }],
    [["ro", "rw"], { set: 0, clear: MOUNT_ATTR.RDONLY }],
    [["rw", "ro"], { set: MOUNT_ATTR.RDONLY, clear: 0 }],
    [["noatime"], { set: MOUNT_ATTR.NOATIME, clear: MOUNT_ATTR.ATIME }],
    [["noatime", "strictatime"], { set: MOUNT_ATTR.STRICTATIME, clear: MOUNT_ATTR.ATIME }],
    [
      ["nodiratime", "nosymfollow"],
      { set: MOUNT_ATTR.NODIRATIME | MOUNT_ATTR.NOSYMFOLLOW, clear: 0 },
    ],
    [["defaults", "async", ""], { set: 0, clear: 0 }],
  ])("%j changes the mount's attributes", (options, attrs) => {
    const parsed = parseMountOptions(options);
    expect(parsed.attrs).toEqual(attrs);
    expect(parsed.data).toEqual([]);
  });

  test("r in front means the whole tree", () => {
    const { attrs, recursiveAttrs } = parseMountOptions(["rro", "rnosuid", "rexec"]);
    expect(attrs).toEqual({ set: 0, clear: 0 });
    expect(recursiveAttrs).toEqual({
      set: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID,
      clear: MOUNT_ATTR.NOEXEC,
    });
  });

  test("relatime and rw are options of their own, not recursive ones", () => {
    expect(parseMountOptions(["relatime", "rw"]).recursiveAttrs).toEqual({ set: 0, clear: 0 });
  });

  test("propagation keeps its order", () => {
    expect(parseMountOptions(["rslave", "shared"]).propagation).toEqual([
      { type: MS.SLAVE, recursive: true },
      { type: MS.SHARED, recursive: false },
    ]);
  });

  test("what is left over is the filesystem's, with its place in the list", () => {
    expect(
      parseMountOptions(["bind", "size=64k", "mode=755", "sync", "quota", "a=b=c"]).data,
    ).toEqual([
      { key: "size", value: "64k", index: 1 },
      { key: "mode", value: "755", index: 2 },
      { key: "sync", index: 3, flag: 0x10 },
      { key: "quota", index: 4 },
      { key: "a", value: "b=c", index: 5 },
    ]);
  });

  test.each([
    [["bind"], "bind"],
    [["rbind"], "rbind"],
    [["ro"], "none"],
  ])("%j", (options, bind) => expect(parseMountOptions(options).bind).toBe(bind));

  test("no bit is both set and cleared, but for access times", () => {
    const known = [
      "ro",
      "rw",
      "suid",
      "nosuid",
      "noatime",
      "atime",
      "rro",
      "rrw",
      "exec",
      "noexec",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known)), (options) => {
        const { attrs } = parseMountOptions(options);
        expect(attrs.set & attrs.clear & ~MOUNT_ATTR.ATIME).toBe(0);
      }),
    );
  });

  test("names of Object.prototype are no options", () => {
    expect(parseMountOptions(["constructor", "toString"]).data.map((d) => d.key)).toEqual([
      "constructor",
      "toString",
    ]);
  });
});

test("parseRootfsPropagation", () => {
  expect(parseRootfsPropagation(undefined)).toBeUndefined();
  expect(parseRootfsPropagation("rshared")).toBe(MS.SHARED);
  expect(parseRootfsPropagation("slave")).toBe(MS.SLAVE);
  expect(() => parseRootfsPropagation("sharde")).toThrow(UserError);
});
