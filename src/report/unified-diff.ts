/** Lines kept around a change. */
const context = 3;
/** Beyond so many changed lines the middle is shown as one replacement: the search is quadratic in them. */
const maxChanges = 4000;

type Mark = " " | "-" | "+";
type Step = readonly [mark: Mark, line: string];

/** A unified diff of two texts (POSIX diff -u) with git's `a/` and `b/` names; empty when they are the same. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const steps = compare(linesOf(before), linesOf(after));
  const hunks = hunksOf(steps);
  const body = hunks.map(({ from, to }) => formatHunk(steps, from, to)).join("");
  return `--- a/${path}\n+++ b/${path}\n${body}`;
}

/** Lines with their ends, so that a missing last one shows. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

/** Shortest edit script (Myers 1986) between what the two texts have not in common at both ends. */
function compare(before: readonly string[], after: readonly string[]): readonly Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const same = (line: string): Step => [" ", line];
  return [
    ...before.slice(0, head).map(same),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function shortest(a: readonly string[], b: readonly string[]): readonly Step[] {
  const trace: Int32Array[] = [];
  const limit = Math.min(a.length + b.length, maxChanges);
  const size = 2 * limit + 3;
  let furthest = new Int32Array(size);
  const at = (k: number): number => k + limit + 1;
  for (let d = 0; d <= limit; d++) {
    trace.push(furthest.slice());
    const next = furthest.slice();
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (next[at(k - 1)] ?? 0) < (next[at(k + 1)] ?? 0));
      let x = down ? (next[at(k + 1)] ?? 0) : (next[at(k - 1)] ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next[at(k)] = x;
      if (x >= a.length && x - k >= b.length) return backtrack(a, b, trace, d, at);
    }
    furthest = next;
  }
  return [...a.map((line): Step => ["-", line]), ...b.map((line): Step => ["+", line])];
}

function backtrack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Int32Array[],
  changes: number,
  at: (k: number) => number,
): readonly Step[] {
  const steps: Step[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = changes; d > 0; d--) {
    const furthest = trace[d] ?? new Int32Array();
    const k = x - y;
    const down = k === -d || (k !== d && (furthest[at(k - 1)] ?? 0) < (furthest[at(k + 1)] ?? 0));
    const fromX = furthest[at(down ? k + 1 : k - 1)] ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      steps.push([" ", a[--x] ?? ""]);
      y--;
    }
    if (down) steps.push(["+", b[--y] ?? ""]);
    else steps.push(["-", a[--x] ?? ""]);
  }
  while (x > 0) steps.push([" ", a[--x] ?? ""]);
  return steps.reverse();
}

/** Ranges of steps around the changes; those that touch are one. */
function hunksOf(
  steps: readonly Step[],
): readonly { readonly from: number; readonly to: number }[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [i, [mark]] of steps.entries()) {
    if (mark === " ") continue;
    const last = hunks.at(-1);
    const to = Math.min(steps.length, i + context + 1);
    if (last !== undefined && i - context <= last.to) last.to = to;
    else hunks.push({ from: Math.max(0, i - context), to });
  }
  return hunks;
}

function formatHunk(steps: readonly Step[], from: number, to: number): string {
  const count = (part: readonly Step[], mark: Mark): number =>
    part.filter(([m]) => m === " " || m === mark).length;
  const ahead = steps.slice(0, from);
  const part = steps.slice(from, to);
  const range = (mark: "-" | "+"): string => {
    const length = count(part, mark);
    const start = count(ahead, mark) + (length === 0 ? 0 : 1);
    return `${mark}${start}${length === 1 ? "" : `,${length}`}`;
  };
  const lines = part.map(([mark, line]) =>
    line.endsWith("\n") ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ ${range("-")} ${range("+")} @@\n${lines.join("")}`;
}
