import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import { cannotRead } from "./find-inputs.ts";
import { fingerprints } from "./fingerprint.ts";
import { maskedText } from "./mask.ts";
import type { AuditedSource, AuditReport } from "./result.ts";

/** Largest baseline that is read, in bytes: about 200,000 findings. */
const maxBytes = 64 * 1024 * 1024;

/** What a baseline file holds, by the URI of the source: fingerprints of the findings that were there. */
export interface Baseline {
  readonly path: string;
  has(uri: string, fingerprint: string): boolean;
}

interface BaselineFile {
  readonly version: 1;
  readonly sources: Readonly<
    Record<string, readonly { readonly fingerprint: string; readonly ruleId: string }[]>
  >;
}

/**
 * The file that `tguard baseline` writes: open findings by source, in the order of the report. Messages are for
 * people who review the file; only fingerprints are read back.
 */
export function formatBaseline({ sources }: AuditReport): string {
  const file = {
    version: 1,
    tool: "tguard",
    sources: Object.fromEntries(
      sources.flatMap((source) => {
        const keys = fingerprints(maskedText(source), source.findings);
        const open = source.findings.flatMap(({ ruleId, message, suppression }, i) =>
          suppression === undefined ? [{ fingerprint: keys[i] ?? "", ruleId, message }] : [],
        );
        return open.length === 0 ? [] : [[source.uri, open] as const];
      }),
    ),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Read a baseline.
 * @throws UserError when it cannot be read or is not what `tguard baseline` writes.
 */
export function readBaseline(path: string): Baseline {
  const { sources } = parse(path, readBounded(path));
  const known = new Map(
    Object.entries(sources).map(([uri, items]) => [uri, new Set(items.map((i) => i.fingerprint))]),
  );
  return { path, has: (uri, fingerprint) => known.get(uri)?.has(fingerprint) === true };
}

/** The source with the findings that the baseline holds marked. */
export function markKnown(source: AuditedSource, baseline: Baseline): AuditedSource {
  if (source.findings.length === 0) return source;
  const keys = fingerprints(maskedText(source), source.findings);
  const findings = source.findings.map((finding, i) =>
    baseline.has(source.uri, keys[i] ?? "") ? { ...finding, isKnown: true } : finding,
  );
  return { ...source, findings };
}

function readBounded(path: string): string {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > maxBytes) {
      throw new UserError(`cannot read the baseline "${path}"`, {
        cause: new Error(
          stat.isFile() ? `it has ${stat.size} bytes, the limit is ${maxBytes}` : "it is no file",
        ),
      });
    }
    return readFileSync(fd, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw cannotRead(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parse(path: string, text: string): BaselineFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notBaseline(path, error.message);
  }
  if (!isBaselineFile(value)) throw notBaseline(path, "its shape is another");
  return value;
}

const notBaseline = (path: string, why: string): UserError =>
  new UserError(`"${path}" is not a baseline`, {
    cause: new Error(why),
    hint: "write it anew: tguard baseline TARGET... --output FILE",
  });

function isBaselineFile(value: unknown): value is BaselineFile {
  if (typeof value !== "object" || value === null) return false;
  const { version, sources } = value as { version?: unknown; sources?: unknown };
  if (version !== 1 || typeof sources !== "object" || sources === null) return false;
  return Object.values(sources).every(
    (items) =>
      Array.isArray(items) &&
      items.every((item) => typeof (item as { fingerprint?: unknown })?.fingerprint === "string"),
  );
}
