/**
 * D-Bus messages as bytes (D-Bus specification, "Marshaling (Wire Format)" and "Message Protocol"): little-endian out, both in.
 * Values are plain data by their signature: numbers, strings, booleans; 64-bit integers as bigint; arrays and structures
 * as arrays, dictionary entries as pairs in an array, a variant as `{ type, value }`.
 */

/** A value that a signature describes. */
export type DBusValue = number | bigint | string | boolean | Variant | readonly DBusValue[];

/** A value that brings its signature (one complete type). */
export interface Variant {
  readonly type: string;
  readonly value: DBusValue;
}

/** Kinds of messages, by number. */
export const MESSAGE = { CALL: 1, RETURN: 2, ERROR: 3, SIGNAL: 4 } as const;

export interface Message {
  readonly kind: number;
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
}

/** Larger ones are refused (the specification allows 128 MiB); what systemd answers here is a few kilobytes. */
export const MAX_MESSAGE_BYTES: number = 16 << 20;
/** The specification's limit on nesting of arrays plus structures. */
const MAX_DEPTH = 64;
const MAX_ARRAY_BYTES = 1 << 26;
const FIXED_HEADER = 16;

const ALIGNMENT: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  s: 4,
  o: 4,
  a: 4,
  h: 4,
  x: 8,
  t: 8,
  d: 8,
  "(": 8,
  "{": 8,
};

const FIELDS = [
  ["path", 1, "o"],
  ["interface", 2, "s"],
  ["member", 3, "s"],
  ["errorName", 4, "s"],
  ["replySerial", 5, "u"],
  ["destination", 6, "s"],
  ["signature", 8, "g"],
] as const;

/** A signature's complete types: "a{sv}u" → "a{sv}", "u". @throws Error for one that is none. */
export function splitSignature(signature: string): readonly string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = typeEnd(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function typeEnd(signature: string, at: number, depth: number): number {
  const first = signature[at] ?? "";
  if (depth > MAX_DEPTH || ALIGNMENT[first] === undefined) throw malformed("signature");
  if (first === "a") return typeEnd(signature, at + 1, depth + 1);
  if (first !== "(" && first !== "{") return at + 1;
  const close = first === "(" ? ")" : "}";
  let next = at + 1;
  for (; signature[next] !== close; ) next = typeEnd(signature, next, depth + 1);
  if (next === at + 1) throw malformed("signature");
  return next + 1;
}

/** The message's bytes. @throws Error when a value does not fit its signature. */
export function encodeMessage(message: Message): Uint8Array {
  const body = new Writer();
  const types = splitSignature(message.signature ?? "");
  for (const [index, type] of types.entries()) body.value(type, message.body?.[index] ?? 0);
  const out = new Writer();
  const bodyBytes = body.bytes();
  for (const byte of [0x6c, message.kind, 0, 1]) out.value("y", byte);
  out.value("u", bodyBytes.length);
  out.value("u", message.serial);
  const fields = FIELDS.flatMap(([name, code, type]): DBusValue[][] => {
    const value = message[name];
    return value === undefined || value === "" ? [] : [[code, { type, value }]];
  });
  out.value("a(yv)", fields);
  out.align(8);
  const header = out.bytes();
  const bytes = new Uint8Array(header.length + bodyBytes.length);
  bytes.set(header);
  bytes.set(bodyBytes, header.length);
  return bytes;
}

/**
 * The first message in `bytes`, and how long it is; undefined while it is not whole.
 * @throws Error for bytes that are no message.
 */
export function decodeMessage(
  bytes: Uint8Array,
): { readonly message: Message; readonly length: number } | undefined {
  if (bytes.length < FIXED_HEADER) return undefined;
  const isLittle = bytes[0] === 0x6c;
  if ((!isLittle && bytes[0] !== 0x42) || bytes[3] !== 1) throw malformed("header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bodyLength = view.getUint32(4, isLittle);
  const fieldsLength = view.getUint32(12, isLittle);
  const headerLength = (FIXED_HEADER + fieldsLength + 7) & ~7;
  const length = headerLength + bodyLength;
  if (fieldsLength > MAX_MESSAGE_BYTES || length > MAX_MESSAGE_BYTES) throw malformed("length");
  if (bytes.length < length) return undefined;
  const header = new Reader(bytes.subarray(0, headerLength), isLittle, 12);
  const found: Record<string, DBusValue> = {};
  for (const field of header.value("a(yv)", 0) as readonly (readonly [number, Variant])[]) {
    const known = FIELDS.find(([, code]) => code === field[0]);
    if (known === undefined) continue;
    if (field[1].type !== known[2]) throw malformed("header field");
    found[known[0]] = field[1].value;
  }
  const signature = (found["signature"] as string | undefined) ?? "";
  const reader = new Reader(bytes.subarray(headerLength, length), isLittle, 0);
  const body = splitSignature(signature).map((type) => reader.value(type, 0));
  const kind = bytes[1] ?? 0;
  return { message: { ...found, kind, serial: view.getUint32(8, isLittle), body }, length };
}

class Writer {
  private buffer: Uint8Array = new Uint8Array(256);
  private view: DataView = new DataView(this.buffer.buffer);
  private at = 0;

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.at);
  }

  align(to: number): void {
    this.reserve(to);
    while (this.at % to !== 0) this.at++; // the buffer was zeroed
  }

  value(type: string, value: DBusValue, depth = 0): void {
    if (depth > MAX_DEPTH) throw malformed("value: nested too deeply");
    this.align(ALIGNMENT[type[0] ?? ""] ?? 1);
    switch (type[0]) {
      case "y":
      case "n":
      case "q":
      case "i":
      case "u":
      case "h":
      case "d":
        this.number(type, Number(value));
        break;
      case "b":
        this.number("u", value === true ? 1 : 0);
        break;
      case "x":
      case "t":
        this.big(type, BigInt(value as bigint));
        break;
      case "s":
      case "o":
        this.text(String(value), 4);
        break;
      case "g":
        this.text(String(value), 1);
        break;
      case "v": {
        const variant = value as Variant;
        this.text(variant.type, 1);
        this.value(variant.type, variant.value, depth + 1);
        break;
      }
      case "a":
        this.array(type.slice(1), value as readonly DBusValue[], depth);
        break;
      default: {
        const members = splitSignature(type.slice(1, -1));
        for (const [index, member] of members.entries())
          this.value(member, (value as readonly DBusValue[])[index] ?? 0, depth + 1);
      }
    }
  }

  private number(type: string, value: number): void {
    this.reserve(8);
    const { view, at } = this;
    if (type !== "d" && !Number.isInteger(value)) throw malformed(`value for ${type}`);
    switch (type) {
      case "y":
        view.setUint8(at, value);
        this.at += 1;
        return;
      case "n":
        view.setInt16(at, value, true);
        this.at += 2;
        return;
      case "q":
        view.setUint16(at, value, true);
        this.at += 2;
        return;
      case "i":
        view.setInt32(at, value, true);
        this.at += 4;
        return;
      case "d":
        view.setFloat64(at, value, true);
        this.at += 8;
        return;
      default:
        view.setUint32(at, value, true);
        this.at += 4;
    }
  }

  private big(type: string, value: bigint): void {
    this.reserve(8);
    if (type === "x") this.view.setBigInt64(this.at, value, true);
    else this.view.setBigUint64(this.at, value, true);
    this.at += 8;
  }

  private text(text: string, lengthBytes: 1 | 4): void {
    const bytes = new TextEncoder().encode(text);
    if (text.includes("\0") || (lengthBytes === 1 && bytes.length > 255)) throw malformed("text");
    this.number(lengthBytes === 1 ? "y" : "u", bytes.length);
    this.reserve(bytes.length + 1);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length + 1;
  }

  private array(type: string, items: readonly DBusValue[], depth: number): void {
    this.reserve(4);
    const lengthAt = this.at;
    this.at += 4;
    this.align(ALIGNMENT[type[0] ?? ""] ?? 1); // also before no element
    const from = this.at;
    for (const item of items) this.value(type, item, depth + 1);
    if (this.at - from > MAX_ARRAY_BYTES) throw malformed("array");
    this.view.setUint32(lengthAt, this.at - from, true);
  }

  private reserve(more: number): void {
    if (this.at + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.at + more));
    larger.set(this.buffer);
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly isLittle: boolean;
  private at: number;

  constructor(bytes: Uint8Array, isLittle: boolean, at: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.isLittle = isLittle;
    this.at = at;
  }

  value(type: string, depth: number): DBusValue {
    if (depth > MAX_DEPTH) throw malformed("value: nested too deeply");
    const alignment = ALIGNMENT[type[0] ?? ""] ?? 1;
    this.at = Math.ceil(this.at / alignment) * alignment;
    switch (type[0]) {
      case "y":
        return this.view.getUint8(this.take(1));
      case "n":
        return this.view.getInt16(this.take(2), this.isLittle);
      case "q":
        return this.view.getUint16(this.take(2), this.isLittle);
      case "b":
        return this.view.getUint32(this.take(4), this.isLittle) !== 0;
      case "i":
        return this.view.getInt32(this.take(4), this.isLittle);
      case "u":
      case "h":
        return this.view.getUint32(this.take(4), this.isLittle);
      case "x":
        return this.view.getBigInt64(this.take(8), this.isLittle);
      case "t":
        return this.view.getBigUint64(this.take(8), this.isLittle);
      case "d":
        return this.view.getFloat64(this.take(8), this.isLittle);
      case "s":
      case "o":
        return this.text(this.view.getUint32(this.take(4), this.isLittle));
      case "g":
        return this.text(this.view.getUint8(this.take(1)));
      case "v":
        return this.variant(depth);
      case "a":
        return this.array(type.slice(1), depth);
      default:
        return splitSignature(type.slice(1, -1)).map((member) => this.value(member, depth + 1));
    }
  }

  private variant(depth: number): Variant {
    const type = this.text(this.view.getUint8(this.take(1)));
    if (splitSignature(type).length !== 1) throw malformed("variant");
    return { type, value: this.value(type, depth + 1) };
  }

  private array(type: string, depth: number): readonly DBusValue[] {
    const length = this.view.getUint32(this.take(4), this.isLittle);
    const alignment = ALIGNMENT[type[0] ?? ""] ?? 1;
    this.at = Math.ceil(this.at / alignment) * alignment;
    const end = this.at + length;
    if (length > MAX_ARRAY_BYTES || end > this.bytes.length) throw malformed("array");
    const items: DBusValue[] = [];
    while (this.at < end) items.push(this.value(type, depth + 1));
    if (this.at !== end) throw malformed("array");
    return items;
  }

  private text(length: number): string {
    const from = this.take(length + 1);
    return new TextDecoder().decode(this.bytes.subarray(from, from + length));
  }

  private take(count: number): number {
    const from = this.at;
    if (from + count > this.bytes.length) throw malformed("message: it ends too early");
    this.at += count;
    return from;
  }
}

const malformed = (what: string): Error => new Error(`malformed D-Bus ${what}`);
