import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitList, MAX_BIT, parseBitList } from "../../src/sandbox/bit-list.ts";

describe("parseBitList", () => {
  test.each([
    ["", []],
    ["0", [0]],
    ["0-3,7", [0, 1, 2, 3, 7]],
    [" 1 , 3 - 4 ", [1, 3, 4]],
    ["63,64", [63, 64]],
    ["2,2,1-2", [1, 2]],
  ])("%j", (list, bits) => {
    const mask = parseBitList(list) ?? new Uint8Array();
    const set = [...Array(mask.length * 8).keys()].filter(
      (bit) => ((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0,
    );
    expect(set).toEqual(bits);
    expect(mask.length % 8).toBe(0);
  });

  test.each(["a", "1-", "-1", "3-1", "1.5", "0x1", "1;2", `${MAX_BIT + 1}`, "0-999999999"])(
    "%j is none",
    (list) => expect(parseBitList(list)).toBeUndefined(),
  );

  test("what is printed reads back, whatever it is", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(MAX_BIT), { maxLength: 40, minLength: 1 }), (bits) => {
        const mask = parseBitList(bits.join(","));
        expect(mask).toBeDefined();
        expect(parseBitList(bitList(mask ?? new Uint8Array()))).toEqual(mask);
      }),
    );
  });

  test("any text is a mask or none, never an exception", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseBitList(text)));
  });
});

test("an empty mask has a word", () => expect(bitList(new Uint8Array())).toBe("none"));
