import { UserError } from "../../base/error.ts";
import type { Problem } from "./model.ts";

/** Largest Dockerfile that is read, in bytes: a hundred times what people and generators write. */
export const maxSourceBytes: number = 16 * 1024 * 1024;

/** Text of a file and what was wrong with its bytes. */
export interface DecodedSource {
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** What is decoded, in words, and how large it may be. */
interface DecodeOptions {
  readonly kind?: string;
  readonly maxBytes?: number;
}

/**
 * Decode a Dockerfile or another source: UTF-8, a byte order mark is dropped, CRLF is kept. Bytes that are no UTF-8 become U+FFFD and
 * a problem of kind `decode` at the first of them.
 * @throws UserError when the file is larger than `maxSourceBytes`, UTF-16, or binary (has NUL bytes).
 */
export function decodeSource(
  bytes: Uint8Array,
  where: string,
  { kind = "Dockerfile", maxBytes = maxSourceBytes }: DecodeOptions = {},
): DecodedSource {
  if (bytes.length > maxBytes)
    throw new UserError(`cannot read a ${kind} larger than ${maxBytes / 1024 / 1024} MiB`, {
      where,
      hint: `name the ${kind} itself, or exclude this file`,
    });
  if (isUtf16(bytes))
    throw new UserError(`cannot read a ${kind} in UTF-16`, {
      where,
      hint: "save the file as UTF-8, which is all that builders read",
    });
  const nul = bytes.indexOf(0);
  if (nul !== -1)
    throw new UserError(`cannot read a binary file as a ${kind}`, {
      where,
      cause: new Error(`NUL byte at offset ${nul}`),
      hint: `name the ${kind} itself, or exclude this file`,
    });
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), problems: [] };
  } catch (error) {
    // TextDecoder throws TypeError for bytes that are no UTF-8, and nothing else.
    if (!(error instanceof TypeError)) throw error;
  }
  const start = validLength(bytes);
  const message = "the file is not valid UTF-8; the bytes at fault are read as U+FFFD";
  return {
    text: new TextDecoder("utf-8").decode(bytes),
    problems: [{ kind: "decode", message, span: { start, end: start + 1 } }],
  };
}

/** A byte order mark of UTF-16, or Latin text in it, where every other byte is NUL. */
function isUtf16(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  return bytes.length >= 4 && (a === 0 && c === 0) !== (b === 0 && d === 0) && (a !== 0 || b !== 0);
}

/** UTF-16 length of the longest valid beginning, found by halving. */
function validLength(bytes: Uint8Array): number {
  const decoded = (length: number): number | undefined => {
    try {
      // `stream` lets a character that the cut goes through pass.
      const decoder = new TextDecoder("utf-8", { fatal: true });
      return decoder.decode(bytes.subarray(0, length), { stream: true }).length;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return undefined;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (decoded(middle) === undefined) high = middle;
    else low = middle;
  }
  return decoded(low) ?? 0;
}
