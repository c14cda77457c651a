import type { Severity } from "../audit/finding.ts";

/** Turns text into text with the look asked for, or leaves it alone where colour is off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  underline(text: string): string;
  red(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  severity(severity: Severity, text: string): string;
}

/** SGR codes of ECMA-48 §8.3.117: how a look begins and ends. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** Looks for a terminal, or none. */
export function styleFor(isColoured: boolean): Style {
  const paint =
    (name: keyof typeof codes) =>
    (text: string): string =>
      isColoured && text !== "" ? `\x1b[${codes[name][0]}m${text}\x1b[${codes[name][1]}m` : text;
  const bold = paint("bold");
  const bySeverity: Readonly<Record<Severity, (text: string) => string>> = {
    critical: (text) => bold(paint("magenta")(text)),
    high: (text) => bold(paint("red")(text)),
    medium: paint("yellow"),
    low: paint("blue"),
    info: paint("cyan"),
  };
  return {
    bold,
    dim: paint("dim"),
    underline: paint("underline"),
    red: paint("red"),
    green: paint("green"),
    cyan: paint("cyan"),
    severity: (severity, text) => bySeverity[severity](text),
  };
}
