import type { Fix } from "./finding.ts";

type Edit = Fix["edits"][number];

/**
 * Apply the edits of fixes to the text they were made for. A fix whose edits touch those of an earlier
 * one is left out whole; running the audit again offers it anew.
 */
export function applyFixes(
  text: string,
  fixes: readonly Fix[],
): { readonly text: string; readonly applied: readonly Fix[] } {
  // In order of place, so that a clash is found by halving: generated files have thousands of fixes.
  const taken: Edit[] = [];
  const applied: Fix[] = [];
  for (const fix of fixes) {
    if (fix.edits.some((edit) => clashes(taken, edit))) continue;
    for (const edit of fix.edits) taken.splice(placeOf(taken, edit.span.start), 0, edit);
    applied.push(fix);
  }
  const parts: string[] = [];
  let at = 0;
  for (const { span, text: replacement } of taken) {
    parts.push(text.slice(at, span.start), replacement);
    at = span.end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(""), applied };
}

/** Index of the first edit that starts at or after an offset. */
function placeOf(taken: readonly Edit[], start: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.span.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function clashes(taken: readonly Edit[], { span }: Edit): boolean {
  const place = placeOf(taken, span.start);
  const before = taken[place - 1];
  const after = taken[place];
  return (
    (before !== undefined && before.span.end > span.start) ||
    (after !== undefined && (after.span.start === span.start || after.span.start < span.end))
  );
}
