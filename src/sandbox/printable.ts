// C0 and C1 controls, line separators, what is not assigned, and the marks that reorder text (CVE-2021-42574).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** A text with all that could disturb a terminal escaped. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (c) => {
    const code = c.codePointAt(0) ?? 0;
    if (c === "\n") return "\\n";
    if (c === "\t") return "\\t";
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Columns that a text takes: East Asian wide characters count two, combining marks none (Unicode TR11, roughly). */
export function columns(text: string): number {
  let count = 0;
  for (const c of text) if (!/\p{M}/u.test(c)) count += isWide(c.codePointAt(0) ?? 0) ? 2 : 1;
  return count;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Cut to a number of columns, with an ellipsis in the last of them. */
export function cut(text: string, width: number): string {
  if (text.length <= width && columns(text) <= width) return text;
  let result = "";
  let used = 0;
  for (const c of text) {
    used += columns(c);
    if (used >= width) return columns(text) <= width ? text : `${result}…`;
    result += c;
  }
  return text;
}
