import { type FieldKind, type LaunchPlan, OPS, type Op, SECTIONS } from "./ops.ts";

/** "TGP1", little-endian: the first word of an encoded plan. */
export const PLAN_MAGIC = 0x31504754;
/** Must equal what init was compiled with: a plan never meets an init that reads it differently. */
export const PLAN_VERSION = 1;
/** init refuses more than this many bytes. */
export const PLAN_MAX_BYTES: number = 16 << 20;

const utf8 = new TextEncoder();

/** Grows as it is written to; all numbers little-endian. */
class Writer {
  private buffer = new Uint8Array(16384);
  private view = new DataView(this.buffer.buffer);
  length = 0;

  private room(bytes: number): number {
    const at = this.length;
    if (at + bytes > this.buffer.length) {
      const bigger = new Uint8Array(Math.max(this.buffer.length * 2, at + bytes));
      bigger.set(this.buffer);
      this.buffer = bigger;
      this.view = new DataView(bigger.buffer);
    }
    this.length = at + bytes;
    return at;
  }
  u16(value: number): void {
    const at = this.room(2);
    this.view.setUint16(at, value, true);
  }
  u32(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
  }
  u64(value: number | bigint): void {
    const at = this.room(8);
    if (typeof value === "bigint" || value < 0) {
      this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
      return;
    }
    // Two halves: BigInt costs more than all the rest of an operation.
    this.view.setUint32(at, value % 0x1_0000_0000, true);
    this.view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }
  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length); // first: it may put another buffer in place
    this.buffer.set(bytes, at);
  }
  patch(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}

function text(value: string): Uint8Array {
  if (value.includes("\0")) throw new Error(`NUL in launch plan text ${JSON.stringify(value)}`);
  return utf8.encode(value);
}

function writeField(out: Writer, kind: FieldKind, value: unknown): void {
  switch (kind) {
    case "u64":
      out.u64(value as number | bigint);
      return;
    case "slot":
      out.u32(value as number);
      return;
    case "bytes":
      out.u32((value as Uint8Array).length);
      out.raw(value as Uint8Array);
      return;
    case "str": {
      const encoded = text(value as string);
      out.u32(encoded.length);
      out.raw(encoded);
      out.raw(NUL);
      return;
    }
    case "strv": {
      const list = (value as readonly string[]).map(text);
      out.u32(list.length);
      for (const item of list) {
        out.u32(item.length);
        out.raw(item);
        out.raw(NUL);
      }
      return;
    }
    case "u32v": {
      const list = value as readonly number[];
      out.u32(list.length);
      for (const item of list) out.u32(item);
    }
  }
}

const NUL = new Uint8Array(1);

function writeOp(out: Writer, op: Op): void {
  const { code, fields } = OPS[op.op];
  out.u16(code);
  out.u16(0);
  const lengthAt = out.length;
  out.u32(0);
  for (const name in fields)
    writeField(
      out,
      (fields as Record<string, FieldKind>)[name] as FieldKind,
      (op as unknown as Record<string, unknown>)[name],
    );
  out.patch(lengthAt, out.length - lengthAt - 4);
}

/**
 * The bytes that init reads: header (magic, version, total length, mode, operations per section), then the operations in plan order,
 * each with its code and length, fields as OPS lists them. JSON pointers stay here: failures come back as operation indexes.
 */
export function encodePlan(plan: LaunchPlan): Uint8Array {
  const out = new Writer();
  out.u32(PLAN_MAGIC);
  out.u32(PLAN_VERSION);
  out.u32(0);
  out.u32(plan.mode);
  for (const section of SECTIONS) out.u32(plan.sections[section].length);
  for (const section of SECTIONS) for (const op of plan.sections[section]) writeOp(out, op);
  out.patch(8, out.length);
  return out.bytes();
}
