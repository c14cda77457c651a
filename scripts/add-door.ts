/**
 * Put the door (src/sandbox/door) in front of an executable's entry point. The PT_NOTE entry of its program headers, which
 * nothing reads at run time, becomes a PT_LOAD for code appended to the file; no other byte moves, so that whatever Bun
 * looks up in its own file (the section `.bun`) stays where it is.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const PT_LOAD = 1;
const PT_NOTE = 4;
const FLAGS_READ_EXECUTE = 5;
/** Largest page of the processors we build for: offset and address of a segment must agree modulo a page. */
const PAGE = 0x10000n;
const PATCH_MAGIC = "tguard-door-here";

/** What the door is told at build time. */
export interface DoorFacts {
  readonly build: string;
  readonly init: Uint8Array;
}

/** The executable with the door in front. @throws Error when it is no 64-bit little-endian ELF file with a note to give up. */
export function addDoor(executable: Uint8Array, door: Uint8Array, facts: DoorFacts): Buffer {
  const file = Buffer.from(executable);
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error("not a 64-bit little-endian ELF file");
  const headers = programHeaders(file);
  const notes = headers.filter(({ type }) => type === PT_NOTE);
  const note = notes.at(-1);
  const loads = headers.filter(({ type }) => type === PT_LOAD);
  const last = headers.findLastIndex(({ type }) => type === PT_LOAD);
  // The loader wants segments in ascending order; ours has the highest address.
  if (note === undefined || headers.indexOf(note) < last)
    throw new Error("no program header to give up behind the last segment");
  const end = loads.reduce((most, { address, memory }) => max(most, address + memory), 0n);
  const offset = roundUp(BigInt(file.length));
  const address = roundUp(end) + PAGE;
  const entry = file.readBigUInt64LE(24);
  const code = patched(door, entry - address, facts);
  file.writeUInt32LE(PT_LOAD, note.at);
  file.writeUInt32LE(FLAGS_READ_EXECUTE, note.at + 4);
  const size = BigInt(code.length);
  for (const [i, value] of [offset, address, address, size, size, PAGE].entries())
    file.writeBigUInt64LE(value, note.at + 8 + 8 * i);
  file.writeBigUInt64LE(address, 24);
  return Buffer.concat([file, Buffer.alloc(Number(offset) - file.length), code]);
}

interface ProgramHeader {
  readonly at: number;
  readonly type: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly size: bigint;
  readonly memory: bigint;
}

function programHeaders(file: Buffer): readonly ProgramHeader[] {
  const start = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    return {
      at,
      type: file.readUInt32LE(at),
      offset: file.readBigUInt64LE(at + 8),
      address: file.readBigUInt64LE(at + 16),
      size: file.readBigUInt64LE(at + 32),
      memory: file.readBigUInt64LE(at + 40),
    };
  });
}

function patched(door: Uint8Array, entry: bigint, { build, init }: DoorFacts): Buffer {
  const code = Buffer.from(door);
  const at = code.indexOf(PATCH_MAGIC, 0, "latin1");
  if (at === -1 || code.indexOf(PATCH_MAGIC, at + 1, "latin1") !== -1)
    throw new Error("the door has not exactly one place for its facts");
  if (!/^[0-9a-f]{64}$/.test(build)) throw new Error("the build's name is no SHA-256");
  code.writeBigInt64LE(entry, at + 16);
  code.writeBigInt64LE(BigInt(init.length), at + 24);
  code.write(build, at + 32, "latin1");
  code.write(createHash("sha256").update(init).digest("hex").slice(0, 32), at + 96, "latin1");
  return code;
}

function roundUp(value: bigint): bigint {
  return ((value + PAGE - 1n) / PAGE) * PAGE;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The bytes of a linked door: door.ld makes one segment of it all. */
function codeOf(linked: Buffer): Uint8Array {
  const segment = programHeaders(linked).find(({ type }) => type === PT_LOAD);
  if (segment === undefined) throw new Error("the door has no segment");
  return linked.subarray(Number(segment.offset), Number(segment.offset + segment.size));
}

/** Do it to a file. */
export function addDoorToFile(
  path: string,
  doorPath: string,
  initPath: string,
  build: string,
): void {
  const facts = { build, init: readFileSync(initPath) };
  writeFileSync(path, addDoor(readFileSync(path), codeOf(readFileSync(doorPath)), facts));
}
