import type { Change, Hardened } from "./harden.ts";
import { cut, visible } from "./printable.ts";

/** How to print changes. */
export interface DiffFormat {
  readonly width?: number;
  readonly isColoured?: boolean;
}

/**
 * What harden changed, as text for people: place, before and after, why, and the rule behind it, changes of one rule together.
 * @param title what was hardened and by which profile, the first line.
 */
export function formatChanges(title: string, hardened: Hardened, format: DiffFormat = {}): string {
  const { width = 100, isColoured = false } = format;
  const paint = (code: string, part: string): string =>
    isColoured ? `\x1b[${code}m${part}\x1b[0m` : part;
  const { changes, notes } = hardened;
  const count = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  const lines = [`${visible(title)}: ${changes.length === 0 ? "nothing to change" : count}`];
  for (const change of changes) {
    lines.push("", `${paint("1", visible(change.pointer))}  ${paint("2", `[${change.rule}]`)}`);
    for (const [sign, code, items] of parts(change))
      for (const [i, line] of wrap(items, width - 4).entries())
        lines.push(paint(code, cut(`  ${i === 0 ? sign : " "} ${line}`, Math.max(width, 44))));
    lines.push(...wrap(change.why.split(" "), width - 4).map((line) => `    ${line}`));
  }
  for (const note of notes) {
    const [first = "", ...rest] = wrap(visible(note).split(" "), width - 8);
    lines.push("", `${paint("33", "note")}    ${first}`, ...rest.map((line) => `        ${line}`));
  }
  return `${lines.join("\n")}\n`;
}

/** Removed and added parts: of two lists of plain values only the items that differ. */
function parts({
  before,
  after,
}: Change): readonly (readonly [sign: "-" | "+", code: string, items: readonly string[]])[] {
  let [gone, come] = [itemsOf(before), itemsOf(after)];
  if (isPlainList(before) && isPlainList(after)) {
    const removed = gone.filter((item) => !come.includes(item));
    const added = come.filter((item) => !gone.includes(item));
    // Nothing of either: only the order is new.
    if (removed.length + added.length > 0) [gone, come] = [removed, added];
  }
  return [
    ...(gone.length > 0 ? [["-", "31", gone] as const] : []),
    ...(come.length > 0 ? [["+", "32", come] as const] : []),
  ];
}

function itemsOf(item: unknown): readonly string[] {
  if (item === undefined) return [];
  return isPlainList(item) && item.length > 0 ? item.map(plain) : [value(item)];
}

function isPlainList(list: unknown): list is readonly unknown[] {
  return Array.isArray(list) && list.every((item) => typeof item !== "object");
}

function plain(item: unknown): string {
  return typeof item === "string" && /^[^\s"]+$/.test(item) ? visible(item) : value(item);
}

function value(item: unknown): string {
  if (isFilter(item)) {
    const names = item.syscalls.flatMap((entry) => entry.names ?? []);
    return `filter ${visible(String(item.defaultAction))}, ${new Set(names).size} system calls named`;
  }
  return visible(JSON.stringify(item) ?? "");
}

/** A seccomp section has thousands of characters that nobody reads here. */
function isFilter(
  item: unknown,
): item is { defaultAction: unknown; syscalls: readonly { names?: readonly string[] }[] } {
  return (
    typeof item === "object" &&
    item !== null &&
    "defaultAction" in item &&
    "syscalls" in item &&
    Array.isArray(item.syscalls)
  );
}

/** Words joined to lines of at most `width` columns, or of one word. */
function wrap(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > Math.max(width, 40)) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
