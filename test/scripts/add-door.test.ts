import { describe, expect, test } from "vitest";
import { addDoor } from "../../scripts/add-door.ts";

const MAGIC = "tguard-door-here";
const BUILD = "ab".repeat(32);
const ENTRY = 0x401234n;

/** A door: some code, then the place for its facts. */
const door = Buffer.concat([Buffer.from([0x90, 0xc3]), Buffer.from(MAGIC), Buffer.alloc(112)]);
const init = Buffer.from("init");

interface Segment {
  readonly type: number;
  readonly address?: bigint;
  readonly memory?: bigint;
}

/** The least that is an executable. */
function elf(segments: readonly Segment[]): Buffer {
  const file = Buffer.alloc(64 + 56 * segments.length + 100, 0xee);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(file);
  file.writeBigUInt64LE(ENTRY, 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(segments.length, 56);
  for (const [i, { type, address = 0n, memory = 0n }] of segments.entries()) {
    file.writeUInt32LE(type, 64 + 56 * i);
    file.writeBigUInt64LE(address, 64 + 56 * i + 16);
    file.writeBigUInt64LE(memory, 64 + 56 * i + 40);
  }
  return file;
}

const LOAD = { type: 1, address: 0x400000n, memory: 0x5678n };
const NOTE = { type: 4 };

describe("the door", () => {
  const before = elf([LOAD, NOTE]);
  const after = addDoor(before, door, { build: BUILD, init });
  const note = 64 + 56;
  const offset = Number(after.readBigUInt64LE(note + 8));
  const address = after.readBigUInt64LE(note + 16);

  test("is a segment behind all others, to be read and executed", () => {
    expect(after.readUInt32LE(note)).toBe(1);
    expect(after.readUInt32LE(note + 4)).toBe(5);
    expect(address).toBeGreaterThan(LOAD.address + LOAD.memory);
    expect(BigInt(offset) % 0x10000n).toBe(address % 0x10000n);
    expect(after.readBigUInt64LE(note + 32)).toBe(BigInt(door.length));
    expect(after.length).toBe(offset + door.length);
  });

  test("is entered first and knows the way on", () => {
    expect(after.readBigUInt64LE(24)).toBe(address);
    const facts = offset + 2;
    expect(after.toString("latin1", facts, facts + 16)).toBe(MAGIC);
    expect(address + after.readBigInt64LE(facts + 16)).toBe(ENTRY);
    expect(after.readBigInt64LE(facts + 24)).toBe(4n);
    expect(after.toString("latin1", facts + 32, facts + 96)).toBe(BUILD);
    expect(after.toString("latin1", facts + 96, facts + 128)).toMatch(/^[0-9a-f]{32}$/);
  });

  test("moves nothing of the program", () => {
    const same = Buffer.from(after.subarray(0, before.length));
    before.copy(same, 24, 24, 32); // the entry point
    before.copy(same, note, note, note + 56);
    expect(Buffer.compare(same, before)).toBe(0);
  });
});

test.each([
  ["no ELF file", Buffer.from("#!/bin/sh\n".repeat(20)), /not a 64-bit/],
  ["no note", elf([LOAD]), /no program header/],
  ["a note in front of the last segment", elf([NOTE, LOAD]), /no program header/],
])("%s is refused", (_, file, message) => {
  expect(() => addDoor(file, door, { build: BUILD, init })).toThrow(message);
});

test("a door without a place for its facts, or with two, is refused", () => {
  const facts = { build: BUILD, init };
  expect(() => addDoor(elf([LOAD, NOTE]), Buffer.from([0xc3]), facts)).toThrow(/exactly one/);
  expect(() => addDoor(elf([LOAD, NOTE]), Buffer.concat([door, door]), facts)).toThrow(
    /exactly one/,
  );
});
