import { describe, expect, it } from "vitest";
import { simulate, verify } from "../../src/seccomp/interpret.ts";

type Instruction = readonly [code: number, k?: number, jt?: number, jf?: number];

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, k = 0, jt = 0, jf = 0]] of program.entries()) {
    view.setUint16(8 * i, code, true);
    bytes[8 * i + 2] = jt;
    bytes[8 * i + 3] = jf;
    view.setUint32(8 * i + 4, k, true);
  }
  return bytes;
}

const call = {
  arch: 0xc000003e,
  nr: 5,
  instructionPointer: 0x1122334455667788n,
  args: [0xaaaaaaaabbbbbbbbn, 2n, 3n, 4n, 5n, 0xffffffffffffffffn],
};
const RETURN_A: Instruction = [0x16];
/** A = first, X = second, then the operation. */
const withX = (a: number, x: number, code: number): Instruction[] => [
  [0x01, x],
  [0x00, a],
  [code],
  RETURN_A,
];

describe("simulate", () => {
  it.each<[string, Instruction[], number]>([
    ["return a constant", [[0x06, 0x7fff0000]], 0x7fff0000],
    ["load nr", [[0x20, 0], RETURN_A], 5],
    ["load arch", [[0x20, 4], RETURN_A], 0xc000003e],
    ["load the instruction pointer", [[0x20, 12], RETURN_A], 0x11223344],
    ["load an argument, low half", [[0x20, 16], RETURN_A], 0xbbbbbbbb],
    ["load an argument, high half", [[0x20, 20], RETURN_A], 0xaaaaaaaa],
    ["load the last word", [[0x20, 60], RETURN_A], 0xffffffff],
    ["load the length", [[0x80], RETURN_A], 64],
    ["load the length into X", [[0x81], [0x87], RETURN_A], 64],
    ["add and wrap", [[0x00, 0xffffffff], [0x04, 2], RETURN_A], 1],
    ["subtract and wrap", [[0x00, 1], [0x14, 2], RETURN_A], 0xffffffff],
    ["multiply and wrap", [[0x00, 0xffffffff], [0x24, 0xffffffff], RETURN_A], 1],
    ["divide unsigned", [[0x00, 0xfffffffe], [0x34, 2], RETURN_A], 0x7fffffff],
    ["or", [[0x00, 0x80000000], [0x44, 1], RETURN_A], 0x80000001],
    ["and", [[0x00, 0xf0f0f0f0], [0x54, 0xff000000], RETURN_A], 0xf0000000],
    ["shift left", [[0x00, 3], [0x64, 31], RETURN_A], 0x80000000],
    ["shift right unsigned", [[0x00, 0x80000000], [0x74, 31], RETURN_A], 1],
    ["xor", [[0x00, 0xffffffff], [0xa4, 1], RETURN_A], 0xfffffffe],
    ["negate", [[0x00, 1], [0x84], RETURN_A], 0xffffffff],
    ["add X", withX(1, 2, 0x0c), 3],
    ["divide by X", withX(9, 2, 0x3c), 4],
    ["divide by X = 0 ends with 0", withX(9, 0, 0x3c), 0],
    ["copy A to X and back", [[0x00, 7], [0x07], [0x00, 1], [0x87], RETURN_A], 7],
    ["keep A in memory", [[0x00, 7], [0x02, 15], [0x00, 1], [0x60, 15], RETURN_A], 7],
    ["keep X in memory", [[0x01, 7], [0x03, 3], [0x61, 3], [0x87], RETURN_A], 7],
    [
      "jump",
      [
        [0x05, 1],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "jump if equal",
      [
        [0x20, 0],
        [0x15, 5, 1, 0],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "jump if not equal",
      [
        [0x20, 0],
        [0x15, 6, 0, 1],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "compare unsigned",
      [
        [0x20, 60],
        [0x25, 1, 1, 0],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "greater or equal",
      [
        [0x20, 0],
        [0x35, 5, 1, 0],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "test bits",
      [
        [0x20, 0],
        [0x45, 0x84, 1, 0],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
    [
      "compare with X",
      [
        [0x01, 5],
        [0x20, 0],
        [0x1d, 0, 1, 0],
        [0x06, 1],
        [0x06, 2],
      ],
      2,
    ],
  ])("can %s", (_, program, expected) => {
    expect(simulate(encode(program), call)).toBe(expected);
  });

  it("throws on what the kernel would refuse", () => {
    expect(() => simulate(encode([[0x20, 0]]), call)).toThrow("does not end in a return");
  });
});

describe("verify", () => {
  it.each<[string, Uint8Array]>([
    ["not a whole number", new Uint8Array(0)],
    ["not a whole number", new Uint8Array(12)],
    ["4097 instructions", encode(Array.from({ length: 4097 }, (): Instruction => [0x06]))],
    ["not allowed in seccomp", encode([[0x28, 0], [0x06]])], // LD H ABS
    ["not allowed in seccomp", encode([[0x94, 2], [0x06]])], // MOD
    ["load at offset 64", encode([[0x20, 64], [0x06]])],
    ["load at offset 2", encode([[0x20, 2], [0x06]])],
    ["jump out of the program", encode([[0x05, 1], [0x06]])],
    ["jump out of the program", encode([[0x15, 0, 1, 0], [0x06]])],
    ["jump out of the program", encode([[0x15, 0, 0, 1], [0x06]])],
    ["scratch memory", encode([[0x02, 16], [0x06]])],
    ["division by zero", encode([[0x34, 0], [0x06]])],
    ["shift by more than 31", encode([[0x64, 32], [0x06]])],
  ])("finds: %s", (problem, bpf) => {
    expect(verify(bpf)).toContain(problem);
  });

  it("takes the longest program the kernel takes", () => {
    expect(verify(encode(Array.from({ length: 4096 }, (): Instruction => [0x06])))).toBeUndefined();
  });
});
