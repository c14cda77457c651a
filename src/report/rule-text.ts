import type { RuleMeta, Targets } from "../audit/rule.ts";
import { rulePage } from "./explain.ts";
import { displayWidth, wrap } from "./printable.ts";
import { type Style, styleFor } from "./style.ts";

type Meta = RuleMeta<keyof Targets>;

/** How text for a terminal is to look. */
export interface TextOptions {
  readonly isColoured: boolean;
  /** Terminal columns. */
  readonly columns: number;
}

/** The page of a rule for a terminal: its Markdown with headings, code and lists made readable. */
export function formatRule(meta: Meta, options: TextOptions): string {
  const style = styleFor(options.isColoured);
  const lines: string[] = [];
  let heading = "";
  let fence: string | undefined;
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length === 0) return;
    lines.push(...paragraphLines(paragraph.join(" "), options.columns, style));
    paragraph = [];
  };
  for (const line of rulePage(meta).split("\n")) {
    if (fence !== undefined) {
      if (line === fence) fence = undefined;
      else lines.push(codeLine(line, heading, style));
    } else if (/^`{3,}/.test(line)) {
      flush();
      fence = /^`+/.exec(line)?.[0];
    } else if (line.startsWith("#")) {
      flush();
      heading = line.replace(/^#+ /, "");
      lines.push(line.startsWith("# ") ? style.bold(heading) : style.underline(heading));
    } else if (line.startsWith("- ")) {
      flush();
      const item = paragraphLines(line.slice(2), options.columns - 2, style);
      lines.push(...item.map((l, i) => (i === 0 ? `- ${l}` : `  ${l}`)));
    } else if (line.trim() === "") {
      flush();
      if (lines.at(-1) !== "") lines.push("");
    } else paragraph.push(line);
  }
  flush();
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Code, with a bar that says whether it is the bad or the good example. */
function codeLine(line: string, heading: string, style: Style): string {
  const bar = heading === "Bad" ? style.red("|") : heading === "Good" ? style.green("|") : "|";
  const comment = /^\s*#/.test(line);
  const code = comment
    ? style.dim(line)
    : line.replace(/^(\s*)([A-Z]+)(?= )/, (_, blanks, word) => blanks + style.bold(word));
  return `  ${bar} ${code}`.trimEnd();
}

/** Wrap a paragraph, then show `code`, which may go on in the next line, and <links>. */
function paragraphLines(text: string, columns: number, style: Style): readonly string[] {
  let isCode = false;
  return wrap(text, columns).map((line) =>
    line
      .split("`")
      .map((part, i) => {
        if (i > 0) isCode = !isCode;
        if (isCode) return style.cyan(part);
        return part.replace(/<(https:[^>]+)>/g, (_, url: string) => style.underline(url));
      })
      .join(""),
  );
}

/** The list of rules for a terminal: id, name, target, severity, and as much of the summary as fits. */
export function formatRuleList(rules: readonly Meta[], options: TextOptions): string {
  const style = styleFor(options.isColoured);
  const nameWidth = Math.max(4, ...rules.map((rule) => rule.name.length));
  const head = `${"id".padEnd(7)} ${"name".padEnd(nameWidth)} ${"target".padEnd(10)} ${"severity".padEnd(8)}`;
  const room = Math.max(30, options.columns - displayWidth(head) - 1);
  const lines = rules.flatMap((rule) => {
    const [first = "", ...rest] = wrap(rule.summary, room);
    return [
      [
        rule.id.padEnd(7),
        style.bold(rule.name.padEnd(nameWidth)),
        rule.target.padEnd(10),
        style.severity(rule.severity, rule.severity.padEnd(8)),
        first,
      ].join(" "),
      ...rest.map((l) => " ".repeat(head.length + 1) + l),
    ];
  });
  return `${[style.dim(`${head} summary`), ...lines].join("\n")}\n`;
}

/** The list of rules for programs; field names as in the audit's JSON report. */
export function formatRulesJson(rules: readonly Meta[]): string {
  return `${JSON.stringify(
    rules.map((rule) => ({ ...rule })),
    null,
    2,
  )}\n`;
}
