/**
 * `npm run bench:oracles -- --corpora DIR [--real DIR --table FILE] [--show N] [--class TOOL:RULE]`: how much of what the
 * peers' own tests expect, and of what the peers found in real files, our rules find too, and how much more they find.
 * Counted by peer's id and instruction. A difference that oracle-reasons.json explains is left out of the adjusted shares.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { casesOf, realCasesOf } from "./oracle-cases.ts";
import { isCarried, judge, type Verdict } from "./oracle-match.ts";

const { values } = parseArgs({
  options: {
    corpora: { type: "string" },
    real: { type: "string" },
    table: { type: "string" },
    show: { type: "string", default: "40" },
    class: { type: "string" },
  },
});

/** Why a class of differences stays. */
interface Reason {
  readonly tool: string;
  /** The peer's rules. */
  readonly rules: readonly string[];
  readonly side: Verdict["side"];
  /** Regular expressions; left out: any. */
  readonly file?: string;
  readonly text?: string;
  readonly ourRule?: string;
  readonly reason: string;
}

const reasons = JSON.parse(
  readFileSync(join(import.meta.dirname, "oracle-reasons.json"), "utf8"),
) as readonly Reason[];

const reasonFor = (verdict: Verdict): Reason | undefined =>
  reasons.find(
    ({ tool, rules, side, file, text, ourRule }) =>
      verdict.tool.startsWith(tool) &&
      side === verdict.side &&
      verdict.rule.split("/").some((rule) => rules.includes(rule)) &&
      (ourRule === undefined || ourRule === verdict.ourRule) &&
      (file === undefined || new RegExp(file, "u").test(verdict.file)) &&
      (text === undefined || new RegExp(text, "is").test(verdict.text)),
  );

const verdicts = [
  ...(values.corpora === undefined ? [] : casesOf(resolve(values.corpora))),
  ...(values.real === undefined
    ? []
    : realCasesOf(values.table ?? join(values.real, "../../peers/real.tsv"), resolve(values.real))),
].flatMap(judge);

const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;

/** One row of the table: shares as they are, and with explained differences left out. */
function row(tool: string): string {
  const own = verdicts.filter((v) => v.tool === tool);
  const cells = (["expected", "ours"] as const).flatMap((side) => {
    const all = own.filter((v) => v.side === side);
    const matched = all.filter((v) => v.isMatched).length;
    const open = all.filter((v) => !v.isMatched && reasonFor(v) === undefined).length;
    return side === "expected"
      ? [String(all.length), percent(matched, all.length), percent(matched, matched + open)]
      : [
          String(all.length),
          percent(all.length - matched, all.length),
          percent(open, matched + open),
        ];
  });
  return `| ${[tool, ...cells].join(" | ")} |`;
}

function printClasses(limit: number): void {
  const classes = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    if (verdict.isMatched || reasonFor(verdict) !== undefined) continue;
    const { tool, rule, side, ourRule } = verdict;
    const carried = side === "ours" || isCarried(tool, rule) ? "" : " (no alias)";
    const key = `${side === "ours" ? "more" : "missed"} ${tool} ${rule} ${ourRule ?? ""}${carried}`;
    classes.set(key, [...(classes.get(key) ?? []), verdict]);
  }
  const sorted = [...classes].sort(([, a], [, b]) => b.length - a.length);
  for (const [key, { length }] of sorted.slice(0, limit)) console.log(`${length}\t${key}`);
}

function printClass(word: string): void {
  for (const v of verdicts) {
    if (v.isMatched || reasonFor(v) !== undefined) continue;
    if (`${v.side} ${v.tool}:${v.rule}:${v.ourRule ?? ""}`.includes(word))
      console.log(
        `${v.side}\t${v.file}:${v.line}\t${v.rule}\t${v.ourRule ?? ""}\t${JSON.stringify(v.text.slice(0, 1500))}`,
      );
  }
}

if (values.class !== undefined) printClass(values.class);
else {
  console.log("| peer | expected | found | adjusted | ours | more | adjusted |");
  console.log("|---|--:|--:|--:|--:|--:|--:|");
  for (const tool of [...new Set(verdicts.map((v) => v.tool))]) console.log(row(tool));
  console.log("");
  printClasses(Number(values.show));
}
