import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DBusValue,
  decodeMessage,
  encodeMessage,
  MESSAGE,
  type Message,
  splitSignature,
  type Variant,
} from "../../../src/sandbox/systemd/wire.ts";

/** A complete type and a value of it. */
type Typed = readonly [type: string, value: DBusValue];

const basic: fc.Arbitrary<Typed> = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((v): Typed => ["y", v]),
  fc.boolean().map((v): Typed => ["b", v]),
  fc.integer({ min: -32768, max: 32767 }).map((v): Typed => ["n", v]),
  fc.integer({ min: 0, max: 65535 }).map((v): Typed => ["q", v]),
  fc.integer().map((v): Typed => ["i", v]),
  fc.integer({ min: 0, max: 0xffffffff }).map((v): Typed => ["u", v]),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((v): Typed => ["x", v]),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((v): Typed => ["t", v]),
  fc.double({ noNaN: true }).map((v): Typed => ["d", v]),
  fc
    .string({ unit: "grapheme" })
    .filter((v) => !v.includes("\0"))
    .map((v): Typed => ["s", v]),
);

const { any } = fc.letrec<{ any: Typed }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    basic,
    tie("any").map(([type, value]): Typed => ["v", { type, value }]),
    // An array's elements have one type: the same value again is as good as another.
    fc
      .tuple(tie("any"), fc.nat(3))
      .map(([[type, value], n]): Typed => [`a${type}`, Array.from({ length: n }, () => value)]),
    fc
      .array(tie("any"), { minLength: 1, maxLength: 3 })
      .map((list): Typed => [`(${list.map(([t]) => t).join("")})`, list.map(([, v]) => v)]),
    fc
      .tuple(basic, tie("any"), fc.nat(2))
      .map(
        ([[k, key], [t, value], n]): Typed => [
          `a{${k}${t}}`,
          Array.from({ length: n }, () => [key, value]),
        ],
      ),
  ),
}));

const call = (list: readonly Typed[]): Message => ({
  kind: MESSAGE.CALL,
  serial: 7,
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
  member: "X",
  destination: "org.freedesktop.systemd1",
  signature: list.map(([type]) => type).join(""),
  body: list.map(([, value]) => value),
});

describe("round trip", () => {
  const list = fc
    .array(any, { maxLength: 5 })
    .filter((l) => l.map(([t]) => t).join("").length < 255);

  test("whatever the values", () => {
    fc.assert(
      fc.property(list, (typed) => {
        const bytes = encodeMessage(call(typed));
        const decoded = decodeMessage(bytes);
        expect(decoded?.length).toBe(bytes.length);
        const { signature, ...sent } = call(typed);
        expect(decoded?.message).toEqual(signature === "" ? sent : { ...sent, signature });
      }),
    );
  });

  test("a message that is cut is not there yet, and two that follow each other are told apart", () => {
    fc.assert(
      fc.property(list, fc.nat(1000), (typed, cut) => {
        const bytes = encodeMessage(call(typed));
        expect(decodeMessage(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
        const two = Buffer.concat([bytes, bytes]);
        expect(decodeMessage(two)?.length).toBe(bytes.length);
      }),
    );
  });

  test("bytes changed at random are a message, none yet, or an error, and never more", () => {
    fc.assert(
      fc.property(list, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (typed, changes) => {
        const bytes = encodeMessage(call(typed)).slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          const decoded = decodeMessage(bytes);
          if (decoded !== undefined) expect(decoded.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

test("the specification's own layout, byte by byte", () => {
  const bytes = encodeMessage({
    kind: MESSAGE.CALL,
    serial: 1,
    path: "/",
    member: "A",
    signature: "yu",
    body: [5, 6],
  });
  expect([...bytes]).toEqual([
    ...[0x6c, 1, 0, 1, 8, 0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0],
    ...[1, 1, 0x6f, 0, 1, 0, 0, 0, 0x2f, 0, 0, 0, 0, 0, 0, 0],
    ...[3, 1, 0x73, 0, 1, 0, 0, 0, 0x41, 0, 0, 0, 0, 0, 0, 0],
    ...[8, 1, 0x67, 0, 2, 0x79, 0x75, 0],
    ...[5, 0, 0, 0, 6, 0, 0, 0],
  ]);
});

test.each(["a", "(", "()", "{", "z", "(s", "a{", "a".repeat(70)])("%s is no signature", (text) => {
  expect(() => splitSignature(text)).toThrow("malformed D-Bus signature");
});

test.each<[string, DBusValue]>([
  ["s", "a\0b"],
  ["u", 1.5],
  ["v", { type: "s", value: "\0" } as Variant],
])("a value that does not fit %s is refused", (signature, value) => {
  expect(() => encodeMessage({ kind: 1, serial: 1, signature, body: [value] })).toThrow(
    /malformed/,
  );
});
