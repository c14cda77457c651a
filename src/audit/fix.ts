import type { Fix } from "./finding.ts";

/**
 * Apply the edits of fixes to the text they were made for. A fix whose edits touch those of an earlier
 * one is left out whole; running the audit again offers it anew.
 */
export function applyFixes(text: string, fixes: readonly Fix[]): string {
  const taken: Fix["edits"][number][] = [];
  for (const { edits } of fixes) {
    const clashes = edits.some(({ span }) =>
      taken.some(
        (other) =>
          (span.start < other.span.end && other.span.start < span.end) ||
          span.start === other.span.start,
      ),
    );
    if (!clashes) taken.push(...edits);
  }
  taken.sort((a, b) => a.span.start - b.span.start);
  let result = "";
  let at = 0;
  for (const { span, text: replacement } of taken) {
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}
