import type { Span } from "../base/text.ts";

/** Tools whose suppression comments are read; their names are those of the rules' aliases. */
export type PragmaTool =
  | "tguard"
  | "hadolint"
  | "buildkit"
  | "checkov"
  | "trivy"
  | "kics"
  | "semgrep"
  | "sonar"
  | "tally"
  | "shellcheck";

/**
 * What a comment takes back: `file`, the `stage` that it stands in or above, the instruction below (`place`; in an
 * instruction, the next line), or the instruction below and, when that is a FROM, its stage (`block`).
 */
export type PragmaScope = "file" | "stage" | "block" | "place";

/** A comment that suppresses rules. */
export interface Pragma {
  readonly tool: PragmaTool;
  readonly scope: PragmaScope;
  /** Ids and names; `all`: every rule that the tool has too. */
  readonly words: readonly string[] | "all";
  readonly reason: string | undefined;
  /** Last day on which it counts, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  readonly span: Span;
}

type Parsed = Omit<Pragma, "span" | "reason" | "until"> & {
  readonly reason?: string | undefined;
  readonly until?: string | undefined;
};

/** Cheap test for a text that holds no such comment: nearly all files stop here. */
export const mayHavePragma: RegExp =
  /#[ \t]*(?:tguard|hadolint|check\s*=|checkov:|trivy:|kics-scan|nosemgrep|nosem\b|NOSONAR|tally|shellcheck\s)/i;

const idList = /^[\w:./-]+(?:\s*,\s*[\w:./-]+)*/;

/** Take a comment text (without `#`) apart; `malformed` when it is ours and says nothing known. */
export function parsePragma(text: string, span: Span): Pragma | "malformed" | undefined {
  const parsed =
    parseIgnore(text) ??
    parseCheck(text) ??
    parseCheckov(text) ??
    parseTrivy(text) ??
    parseKics(text) ??
    parseMark(text) ??
    parseShellCheck(text);
  if (parsed !== undefined) {
    const { reason, until, ...rest } = parsed;
    return { ...rest, reason: reason === "" ? undefined : reason, until, span };
  }
  return /^tguard[:\s]\s*(?:global\b|stage\b|\w+\s*=|ignore\b)/i.test(text)
    ? "malformed"
    : undefined;
}

const words = (list: string): readonly string[] =>
  list
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** `tguard|hadolint|tally [global|stage] ignore=A,B [reason]` */
function parseIgnore(text: string): Parsed | undefined {
  const match = /^(tguard|hadolint|tally)[:\s]\s*(?:(global|stage)\s+)?ignore\s*=\s*/i.exec(text);
  if (match === null) return undefined;
  const rest = text.slice(match[0].length);
  const list = idList.exec(rest)?.[0];
  if (list === undefined) return undefined;
  const behind = rest.slice(list.length);
  if (behind !== "" && !/^[\s;]/.test(behind)) return undefined;
  const scopes: Readonly<Record<string, PragmaScope>> = { global: "file", stage: "stage" };
  return {
    tool: (match[1] ?? "").toLowerCase() as "tguard" | "hadolint" | "tally",
    scope: scopes[match[2]?.toLowerCase() ?? ""] ?? "place",
    // tally names its own rules tally/X and others' by their tool.
    words: words(list).map((word) => word.replace(/^(?:tally|hadolint|buildkit)\//, "")),
    reason: behind.replace(/^[\s;]+(?:reason=)?(?:--?|#|:)?\s*/, "").trim(),
  };
}

/** BuildKit's `check=skip=A,B;error=true`: a directive of the file, or, above an instruction, for that. */
function parseCheck(text: string): Parsed | undefined {
  const match = /^check\s*=\s*(.*)$/i.exec(text);
  if (match === null) return undefined;
  for (const part of (match[1] ?? "").split(";")) {
    const [key = "", value = ""] = part.split("=");
    if (key.trim().toLowerCase() !== "skip") continue;
    const names = words(value);
    return {
      tool: "buildkit",
      scope: "place",
      words: names.some((name) => name.toLowerCase() === "all") ? "all" : names,
    };
  }
  return undefined;
}

/** `checkov:skip=CKV_DOCKER_2[,…]:reason`, for the file as Checkov takes it. */
function parseCheckov(text: string): Parsed | undefined {
  const match = /^(?:checkov|bridgecrew):skip\s*=\s*([\w,]+)(?::(.*))?$/i.exec(text);
  if (match === null) return undefined;
  return {
    tool: "checkov",
    scope: "file",
    words: words(match[1] ?? ""),
    reason: match[2]?.trim() ?? "",
  };
}

/** `trivy:ignore:DS002[:exp:2026-01-31] [trivy:ignore:…]` */
function parseTrivy(text: string): Parsed | undefined {
  const marks = text.split(/\s+/).flatMap((word) => {
    const match =
      /^trivy:ignore:([\w-]+)(?:\[[^\]]*\])?(?::exp:(\d{4}-\d{2}-\d{2}))?(?::ws:\S+)?$/i.exec(word);
    return match === null ? [] : [{ id: match[1] ?? "", until: match[2] }];
  });
  const [first] = marks;
  if (first === undefined) return undefined;
  return {
    tool: "trivy",
    scope: "block",
    // AVD-DS-0002 and DS-0002 are newer spellings of DS002.
    words: marks.map(({ id }) =>
      id.replace(/^(?:AVD-)?DS-?0?(\d{3})$/i, (_, number: string) => `DS${number}`),
    ),
    until: first.until,
  };
}

/** `kics-scan ignore | ignore-line | ignore-block | disable=ID,ID` */
function parseKics(text: string): Parsed | undefined {
  const match = /^kics-scan\s+(ignore-line|ignore-block|ignore|disable\s*=\s*(.+))\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, command = "", ids] = match;
  if (ids !== undefined) return { tool: "kics", scope: "file", words: words(ids) };
  const scopes: Readonly<Record<string, PragmaScope>> = {
    ignore: "file",
    "ignore-line": "place",
    "ignore-block": "block",
  };
  return { tool: "kics", scope: scopes[command.toLowerCase()] ?? "place", words: "all" };
}

/** `nosemgrep[: ID, ID]`, `NOSONAR [reason]` */
function parseMark(text: string): Parsed | undefined {
  const semgrep = /^(?:nosemgrep|nosem)\b(?:\s*:\s*(.*))?/i.exec(text);
  if (semgrep !== null) {
    const list = idList.exec(semgrep[1] ?? "")?.[0];
    // Semgrep's ids carry the way to the rule: dockerfile.security.missing-user.missing-user.
    const ids =
      list === undefined ? [] : words(list).map((id) => id.slice(id.lastIndexOf(".") + 1));
    return { tool: "semgrep", scope: "place", words: ids.length === 0 ? "all" : ids };
  }
  const sonar = /^NOSONAR\b\s*(.*)$/.exec(text);
  if (sonar === null) return undefined;
  return { tool: "sonar", scope: "place", words: "all", reason: sonar[1] ?? "" };
}

/** `shellcheck disable=SC2086,SC2046[ other=directive]`: a space-separated list of settings. */
function parseShellCheck(text: string): Parsed | undefined {
  if (!/^shellcheck\s/.test(text)) return undefined;
  const ids = /\sdisable=((?:SC)?\d{4}(?:,(?:SC)?\d{4})*|all)(?=\s|$)/.exec(text)?.[1];
  if (ids === undefined) return undefined;
  return {
    tool: "shellcheck",
    scope: "place",
    words: ids === "all" ? "all" : words(ids).map((id) => (id.startsWith("SC") ? id : `SC${id}`)),
  };
}
