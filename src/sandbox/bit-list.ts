/** Processors and memory nodes beyond this number do not exist in any kernel (NR_CPUS of 8192). */
export const MAX_BIT = 8191;

/**
 * A list such as `0-3,7` as a bit mask: bit n of the little-endian bytes is set when n is listed, whole 64-bit words.
 * Undefined when it is no such list, or beyond MAX_BIT; the empty list is an empty mask.
 */
export function parseBitList(list: string): Uint8Array | undefined {
  const bits = new Set<number>();
  for (const part of list.split(",").map((text) => text.trim())) {
    if (part === "") continue;
    const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last > MAX_BIT) return undefined;
    for (let bit = first; bit <= last; bit++) bits.add(bit);
  }
  const words = bits.size === 0 ? 0 : Math.floor(Math.max(...bits) / 64) + 1;
  const mask = new Uint8Array(words * 8);
  for (const bit of bits) mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (1 << (bit & 7));
  return mask;
}

/** The list that a mask stands for: `0-3,7`; `none` when it is empty. */
export function bitList(mask: Uint8Array): string {
  const ranges: { first: number; last: number }[] = [];
  for (let bit = 0; bit < mask.length * 8; bit++) {
    if (((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
    const range = ranges.at(-1);
    if (range?.last === bit - 1) range.last = bit;
    else ranges.push({ first: bit, last: bit });
  }
  const text = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  return text.length === 0 ? "none" : text.join(",");
}
