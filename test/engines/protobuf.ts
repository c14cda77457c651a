/** Protocol buffers by hand, as much as the CRI's messages need: varints, strings and messages. */
export type Field = readonly [number: number, value: string | number | boolean | readonly Field[]];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number" || typeof value === "boolean") {
        return Buffer.concat([varint(number * 8), varint(Number(value))]);
      }
      const bytes = typeof value === "string" ? Buffer.from(value) : encode(value);
      return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
    }),
  );
}

/** A message's fields by number; each may come several times. */
export class Message {
  readonly #fields = new Map<number, (Buffer | number)[]>();

  constructor(bytes: Buffer) {
    let at = 0;
    const readVarint = (): number => {
      let result = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++] ?? 0;
        result |= BigInt(byte & 127) << shift;
        if (byte < 128) return Number(result);
      }
    };
    const take = (length: number): Buffer => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    while (at < bytes.length) {
      const tag = readVarint();
      const kind = tag & 7;
      const value =
        kind === 0 ? readVarint() : take(kind === 2 ? readVarint() : kind === 5 ? 4 : 8);
      const number = tag >>> 3;
      this.#fields.set(number, [...(this.#fields.get(number) ?? []), value]);
    }
  }

  messages(number: number): Message[] {
    return (this.#fields.get(number) ?? []).map((value) => new Message(value as Buffer));
  }

  message(number: number): Message {
    return this.messages(number)[0] ?? new Message(Buffer.alloc(0));
  }

  text(number: number): string {
    return this.#fields.get(number)?.[0]?.toString() ?? "";
  }

  number(number: number): number {
    return Number(this.#fields.get(number)?.[0] ?? 0);
  }
}
