import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIdMap, requireMapped, toContainerId, toHostId } from "../../src/sandbox/idmap.ts";
import { isSelfMapped } from "../../src/sandbox/process.ts";

const TWO = [
  { containerID: 0, hostID: 1000, size: 1 },
  { containerID: 1, hostID: 100000, size: 65535 },
];

test("formatIdMap writes a line a range", () => {
  expect(formatIdMap(TWO)).toBe("0 1000 1\n1 100000 65535\n");
});

test.each([
  [0, 1000],
  [1, 100000],
  [65535, 165534],
  [65536, undefined],
])("container id %i is host id %s", (inside, outside) => {
  expect(toHostId(TWO, inside)).toBe(outside);
});

test("toContainerId undoes toHostId", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65535 }), (id) => {
      expect(toContainerId(TWO, toHostId(TWO, id) ?? -1)).toBe(id);
    }),
  );
});

describe("requireMapped", () => {
  test("lets a mapped id pass and names the ranges otherwise", () => {
    expect(() => requireMapped(TWO, 5, "user id", "here")).not.toThrow();
    expect(() => requireMapped(TWO, 70000, "user id", "here")).toThrow(
      /user id 70000 is not mapped/,
    );
  });
});

test.each([
  [[{ containerID: 0, hostID: 1000, size: 1 }], true],
  [[{ containerID: 0, hostID: 0, size: 1 }], false],
  [TWO, false],
  [[], false],
])("isSelfMapped(%j) is %s", (mappings, expected) => {
  expect(isSelfMapped(mappings)).toBe(expected);
});
