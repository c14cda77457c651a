import { createHash } from "node:crypto";
import type { ReportedFinding } from "./result.ts";

/** Code units of a reported text that count; the rest of a very long one cannot matter. */
const maxLength = 4096;

/**
 * Stable keys of the findings of one source, in their order: 32 hexadecimal digits from the rule, the reported text
 * without its blanks and line breaks, and how many equal ones came before. Lines that come or go elsewhere in the file
 * do not change them. `text` must be masked: a key must not help to guess a secret.
 */
export function fingerprints(
  text: string,
  findings: readonly ReportedFinding[],
): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ ruleId, span }) => {
    const reported = text.slice(span.start, Math.min(span.end, span.start + maxLength));
    const key = `${ruleId}\0${reported.replace(/[\s\\]+/g, " ").trim()}`;
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    return createHash("sha256").update(`${key}\0${occurrence}`).digest("hex").slice(0, 32);
  });
}

const blockSize = 100;
const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const endOfFile = 65535;

/**
 * GitHub's `primaryLocationLineHash` of the lines asked for (numbers from 1), as github/codeql-action computes it
 * (src/fingerprints.ts): a rolling hash, base 37 modulo 2^64, of the 100 code units from the line's start, blanks left
 * out, then `:` and how often the hash came before. Its upload step warns when a report's value is another.
 */
export function lineHashes(text: string, wanted: ReadonlySet<number>): ReadonlyMap<number, string> {
  const hashes = new Map<number, string>();
  if (wanted.size === 0) return hashes;
  const counts = new Map<string, number>();
  const window = new Uint16Array(blockSize);
  const lineNumbers = new Int32Array(blockSize).fill(-1);
  // The 64-bit hash in two unsigned halves: BigInt would be a hundred times slower.
  let high = 0;
  let low = 0;
  let index = 0;
  let lineNumber = 0;
  let isLineStart = true;
  let wasCarriageReturn = false;

  const output = (): void => {
    const digits = low.toString(16);
    const value = high === 0 ? digits : high.toString(16) + digits.padStart(8, "0");
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    const line = lineNumbers[index] ?? -1;
    if (wanted.has(line)) hashes.set(line, `${value}:${count}`);
    lineNumbers[index] = -1;
  };
  const update = (current: number): void => {
    const oldest = window[index] ?? 0;
    window[index] = current;
    // hash = 37 * hash + current - 37^100 * oldest; every product stays below 2^53.
    const lowSum = low * 37 + current - firstLow * oldest;
    const carry = Math.floor(lowSum / 0x1_0000_0000);
    low = lowSum - carry * 0x1_0000_0000;
    const highSum = high * 37 - firstHigh * oldest + carry;
    high = highSum - Math.floor(highSum / 0x1_0000_0000) * 0x1_0000_0000;
    index = (index + 1) % blockSize;
  };
  const process = (character: number): void => {
    let current = character;
    if (current === space || current === tab || (wasCarriageReturn && current === lineFeed)) {
      wasCarriageReturn = false;
      return;
    }
    wasCarriageReturn = current === carriageReturn;
    if (wasCarriageReturn) current = lineFeed;
    if (lineNumbers[index] !== -1) output();
    if (isLineStart) {
      isLineStart = false;
      lineNumber++;
      lineNumbers[index] = lineNumber;
    }
    if (current === lineFeed) isLineStart = true;
    update(current);
  };

  for (let i = 0; i < text.length; i++) process(text.charCodeAt(i));
  process(endOfFile);
  for (let i = 0; i < blockSize; i++) {
    if (lineNumbers[index] !== -1) output();
    update(0);
  }
  return hashes;
}

/** 37^100 modulo 2^64. */
const first = (37n ** 100n) & 0xffff_ffff_ffff_ffffn;
const firstHigh = Number(first >> 32n);
const firstLow = Number(first & 0xffff_ffffn);
