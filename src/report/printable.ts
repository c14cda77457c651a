/** Control and invisible characters, and those that reorder text (CVE-2021-42574), by code point. */
function isHidden(codePoint: number): boolean {
  return (
    codePoint < 0x20 ||
    (codePoint >= 0x7f && codePoint <= 0x9f) ||
    codePoint === 0xad ||
    codePoint === 0x61c ||
    codePoint === 0x180e ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    (codePoint >= 0x2028 && codePoint <= 0x202e) ||
    (codePoint >= 0x2060 && codePoint <= 0x206f) ||
    (codePoint >= 0xd800 && codePoint <= 0xdfff) ||
    codePoint === 0xfeff ||
    (codePoint >= 0xfff9 && codePoint <= 0xfffb) ||
    (codePoint >= 0xe0000 && codePoint <= 0xe0fff)
  );
}

/** Columns of a tab in an excerpt. */
const tabColumns = 4;

/** How one character is shown, and how many terminal columns that takes. */
export interface Cell {
  readonly shown: string;
  readonly columns: number;
}

/** Show one character: hidden ones as `\x1b` or `\u{202e}`, so that a source cannot steer the terminal. */
export function cellOf(character: string): Cell {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint === 0x09) return { shown: " ".repeat(tabColumns), columns: tabColumns };
  if (isHidden(codePoint)) {
    const hex = codePoint.toString(16);
    const shown = codePoint < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
    return { shown, columns: shown.length };
  }
  return { shown: character, columns: columnsOf(codePoint) };
}

/** Text for one line of a terminal: nothing in it moves the cursor or hides what follows. */
export function printable(text: string): string {
  // Printable ASCII, which nearly all text is, stays as it is.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let shown = "";
  for (const character of text) shown += cellOf(character).shown;
  return shown;
}

/** Terminal columns of a text that `printable` made. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character.codePointAt(0) ?? 0);
  return columns;
}

const combining = /^[\p{Mn}\p{Me}]$/u;

/** Columns of a visible character: 0 combining, 2 wide (Unicode TR11: W and F, in blocks), else 1. */
function columnsOf(codePoint: number): number {
  if (codePoint < 0x300) return 1;
  if (combining.test(String.fromCodePoint(codePoint))) return 0;
  const isWide =
    (codePoint >= 0x1100 && codePoint <= 0x115f) ||
    (codePoint >= 0x2e80 && codePoint <= 0x303e) ||
    (codePoint >= 0x3041 && codePoint <= 0xa4cf) ||
    (codePoint >= 0xac00 && codePoint <= 0xd7a3) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0xfe30 && codePoint <= 0xfe6f) ||
    (codePoint >= 0xff00 && codePoint <= 0xff60) ||
    (codePoint >= 0xffe0 && codePoint <= 0xffe6) ||
    (codePoint >= 0x1f300 && codePoint <= 0x1f64f) ||
    (codePoint >= 0x1f680 && codePoint <= 0x1f6ff) ||
    (codePoint >= 0x1f900 && codePoint <= 0x1f9ff) ||
    (codePoint >= 0x20000 && codePoint <= 0x3fffd);
  return isWide ? 2 : 1;
}

/** Break a text at blanks into lines of at most `columns`; a longer word gets a line of its own. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let width = 0;
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    const wordWidth = displayWidth(word);
    if (line !== "" && width + 1 + wordWidth > columns) {
      lines.push(line);
      line = "";
      width = 0;
    }
    line = line === "" ? word : `${line} ${word}`;
    width += wordWidth + (width === 0 ? 0 : 1);
  }
  if (line !== "") lines.push(line);
  return lines;
}
