import type { Finding, Fix } from "./finding.ts";
import { applyFixes } from "./fix.ts";

/** Which fixes are applied: those that keep the built image equivalent, or all. */
export type FixMode = "safe" | "unsafe";

/** What fixing made of a source. */
export interface FixedText {
  readonly text: string;
  /** Fixes applied, by title, in their order. */
  readonly titles: readonly string[];
}

/** Rounds of fix and audit; a fix may uncover another, but never without end. */
const maxRounds = 10;

/**
 * Apply the fixes of open findings until there are none left. A fix that would break the file (`breaks` says so of
 * the new text) is left out together with the others of its rule.
 * @param audit open findings of a text, with their fixes
 * @param breaks does this text have a syntax error that the first one had not?
 */
export async function fixText(
  original: string,
  mode: FixMode,
  audit: (text: string) => Promise<readonly Finding[]>,
  breaks: (text: string) => boolean,
): Promise<FixedText> {
  const titles: string[] = [];
  const distrusted = new Set<string>();
  const seen = new Set([original]);
  let text = original;
  for (let round = 0; round < maxRounds; round++) {
    const offered = (await audit(text)).filter(
      ({ ruleId, fix }) =>
        fix !== undefined && (fix.safe || mode === "unsafe") && !distrusted.has(ruleId),
    );
    const applied = applyTrusted(text, offered, distrusted, breaks);
    // Rules that undo each other would go in a circle.
    if (applied.titles.length === 0 || seen.has(applied.text)) break;
    seen.add(applied.text);
    text = applied.text;
    titles.push(...applied.titles);
  }
  return { text, titles };
}

function applyTrusted(
  text: string,
  findings: readonly Finding[],
  distrusted: Set<string>,
  breaks: (text: string) => boolean,
): FixedText {
  const fixesOf = (some: readonly Finding[]): readonly Fix[] =>
    some.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
  const all = applyLines(text, fixesOf(findings));
  if (!breaks(all.text)) return all;
  const trusted = findings.filter(({ ruleId }) => {
    if (distrusted.has(ruleId)) return false;
    const own = fixesOf(findings.filter((other) => other.ruleId === ruleId));
    if (!breaks(applyLines(text, own).text)) return true;
    distrusted.add(ruleId);
    return false;
  });
  const rest = applyLines(text, fixesOf(trusted));
  return breaks(rest.text) ? { text, titles: [] } : rest;
}

/** Apply fixes in the line ends of the file. */
function applyLines(text: string, fixes: readonly Fix[]): FixedText {
  const isCrlf = /\r\n/.test(text) && !/[^\r]\n/.test(text);
  const fitting = isCrlf ? fixes.map(withCarriageReturns) : fixes;
  const { text: fixed, applied } = applyFixes(text, fitting);
  return { text: fixed, titles: applied.map(({ title }) => title) };
}

function withCarriageReturns(fix: Fix): Fix {
  const edits = fix.edits.map(({ span, text }) => ({ span, text: text.replace(/\r?\n/g, "\r\n") }));
  return { ...fix, edits };
}
