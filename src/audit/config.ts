import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Document, LineCounter } from "yaml";
import { isErrno, UserError } from "../base/error.ts";
import { schemaViolations } from "../oci/schema-errors.ts";
import { pointerTo, quote } from "../oci/violation.ts";
import { cannotRead } from "./find-inputs.ts";
import type { Severity } from "./finding.ts";
import type { Format } from "./formats.ts";
import { compileGlob } from "./glob.ts";
import type { RuleProfile } from "./rule.ts";
import type { RuleIndex } from "./rule-index.ts";
import { type OptionValues, optionProblem } from "./rule-options.ts";
import type { FailOn } from "./severity.ts";

/** Section `audit` of a `.tguard.yaml`, checked. */
export interface AuditConfig {
  /** The file, as it was found or named. */
  readonly path: string;
  readonly failOn: FailOn | undefined;
  readonly format: Format | undefined;
  readonly profile: RuleProfile | undefined;
  /** Version whose rules run, `0.1` or `0.1.0`. */
  readonly ruleSet: string | undefined;
  /** Path of the file of known findings. */
  readonly baseline: string | undefined;
  /** Tool whose ids are printed beside ours. */
  readonly alias: string | undefined;
  /** True when comments in sources take no finding back. */
  readonly noSuppress: boolean;
  /** Ids of the rules to run alone; empty: all. */
  readonly only: readonly string[];
  /** Ids of rules not to run, those switched `off` included. */
  readonly skip: readonly string[];
  readonly severities: ReadonlyMap<string, Severity>;
  /** Values of rules' options, by rule id. */
  readonly options: ReadonlyMap<string, OptionValues>;
  /** Ids of rules that the file gives a severity or options: they run whatever the profile. */
  readonly named: readonly string[];
  /** Does `exclude` name this file? */
  isExcluded(path: string): boolean;
}

/** Name that is looked for in an audited file's folder and those above it. */
export const configName = ".tguard.yaml";

/** Largest configuration file that is read, in bytes. */
const maxBytes = 1024 * 1024;

/** The YAML file after validation against config.schema.json. */
interface ConfigFile {
  readonly audit?: {
    readonly failOn?: FailOn;
    readonly format?: Format;
    readonly profile?: RuleProfile;
    readonly ruleSet?: string;
    readonly baseline?: string;
    readonly alias?: string;
    readonly noSuppress?: boolean;
    readonly only?: readonly string[];
    readonly skip?: readonly string[];
    readonly rules?: Readonly<
      Record<string, { readonly severity?: Severity | "off"; readonly options?: OptionValues }>
    >;
    readonly exclude?: readonly string[];
  } | null;
}

/**
 * Finds the `.tguard.yaml` that governs a folder: the nearest one from the folder upward, up to the root of the
 * repository (the folder with `.git`). Outside a repository only the folder itself is looked at: a file that
 * somebody else left in `/tmp` must not weaken an audit.
 */
export function configFinder(): (folder: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const roots = new Map<string, boolean>();

  const isInRepository = (folder: string): boolean => {
    const cached = roots.get(folder);
    if (cached !== undefined) return cached;
    const parent = dirname(folder);
    const result = exists(join(folder, ".git")) || (parent !== folder && isInRepository(parent));
    roots.set(folder, result);
    return result;
  };
  const find = (folder: string): string | undefined => {
    if (known.has(folder)) return known.get(folder);
    const path = join(folder, configName);
    const parent = dirname(folder);
    let result: string | undefined;
    if (exists(path)) result = path;
    else if (parent !== folder && isInRepository(folder) && !exists(join(folder, ".git")))
      result = find(parent);
    known.set(folder, result);
    return result;
  };
  return (folder) => find(resolve(folder));
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A folder above that may not be searched holds nothing for us.
    if (isErrno(error)) return false;
    throw error;
  }
}

/**
 * Read and check a configuration file.
 * @throws UserError naming line and column of everything that is wrong with it.
 */
export async function readConfig(path: string, index: RuleIndex): Promise<AuditConfig> {
  const text = readBounded(path);
  const { document, lines } = await parseYaml(path, text);
  const value: unknown = toPlain(path, document);
  const { default: validate, schema } = await import("./validate-config.generated.js");
  // An empty file is an empty configuration.
  const violations = value === null ? [] : schemaViolations(validate, schema, value);
  const mistakes: Mistake[] = violations.map(({ pointer, message }) => ({
    message,
    offset: offsetOf(document, pointer),
  }));
  if (mistakes.length > 0) throw wrongConfig(path, mistakes, lines);
  // Proven by the validator.
  const { audit } = (value ?? {}) as ConfigFile;

  const idsOf = (word: string, pointer: string): readonly string[] => {
    const rules = index.find(word);
    if (rules.length === 0) {
      const near = index.suggest(word);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      const message = `${pointer} names ${quote(word)}, which is no rule${hint}`;
      mistakes.push({ message, offset: offsetOf(document, pointer) });
    }
    return rules.map(({ meta }) => meta.id);
  };
  const listOf = (name: "only" | "skip"): string[] =>
    (audit?.[name] ?? []).flatMap((word, i) => idsOf(word, `/audit/${name}/${i}`));

  const only = listOf("only");
  const skip = listOf("skip");
  const severities = new Map<string, Severity>();
  const options = new Map<string, OptionValues>();
  const named: string[] = [];
  for (const [word, { severity, options: values = {} }] of Object.entries(audit?.rules ?? {})) {
    const pointer = pointerTo("/audit/rules", word);
    for (const id of idsOf(word, pointer)) {
      if (severity === "off") skip.push(id);
      else named.push(id);
      if (severity !== "off" && severity !== undefined) severities.set(id, severity);
      options.set(id, { ...options.get(id), ...values });
      for (const [name, value] of Object.entries(values)) {
        const problem = optionProblem(index.byId.get(id)?.meta.options ?? {}, name, value);
        const at = pointerTo(`${pointer}/options`, name);
        if (problem !== undefined)
          mistakes.push({ message: `${at}: ${problem}`, offset: offsetOf(document, at) });
      }
    }
  }
  if (mistakes.length > 0) throw wrongConfig(path, mistakes, lines);

  const globs = (audit?.exclude ?? []).map(compileGlob);
  const folder = dirname(resolve(path));
  return {
    path,
    failOn: audit?.failOn,
    format: audit?.format,
    profile: audit?.profile,
    ruleSet: audit?.ruleSet,
    baseline: audit?.baseline === undefined ? undefined : resolve(dirname(path), audit.baseline),
    alias: audit?.alias,
    noSuppress: audit?.noSuppress === true,
    only,
    skip,
    severities,
    options,
    named,
    isExcluded: (file) => {
      const inside = relative(folder, resolve(file)).split(sep).join("/");
      return globs.some((matches) => matches(inside));
    },
  };
}

function readBounded(path: string): string {
  let fd: number | undefined;
  try {
    if (!statSync(path).isFile()) {
      throw new UserError(`cannot read "${path}"`, {
        cause: new Error("it is not a regular file"),
      });
    }
    fd = openSync(path, "r");
    const { size } = fstatSync(fd);
    if (size > maxBytes) {
      throw new UserError(`"${path}" is too large for a configuration file`, {
        cause: new Error(`it has ${size} bytes, the limit is ${maxBytes}`),
      });
    }
    const bytes = Buffer.alloc(size);
    const count = readSync(fd, bytes, 0, size, 0);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, count));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof TypeError && !("syscall" in error)) {
      throw new UserError(`cannot read "${path}"`, {
        cause: new Error("it is not UTF-8 text"),
        hint: "save it as UTF-8",
      });
    }
    throw cannotRead(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function parseYaml(
  path: string,
  text: string,
): Promise<{ document: Document; lines: LineCounter }> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  let document: Document;
  try {
    document = yaml.parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
    });
  } catch (error) {
    // The parser recurses; a deep enough nest of brackets ends its stack.
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`cannot read "${path}"`, {
      cause: new Error("its values are nested too deeply"),
    });
  }
  const mistakes = [...document.errors, ...document.warnings].map((error) => ({
    message: error.message.split("\n")[0] ?? "",
    offset: error.pos[0],
  }));
  if (mistakes.length > 0) throw wrongConfig(path, mistakes, lines);
  return { document, lines };
}

function toPlain(path: string, document: Document): unknown {
  try {
    // Aliases that multiply are counted by the library and refused.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw new UserError(`cannot read "${path}"`, {
      cause: new Error("its YAML aliases multiply without end"),
      hint: "write the values out",
    });
  }
}

/** One thing that is wrong in a configuration file. */
interface Mistake {
  readonly message: string;
  /** UTF-16 offset in the file. */
  readonly offset: number;
}

function wrongConfig(path: string, mistakes: readonly Mistake[], lines: LineCounter): UserError {
  const places = [...mistakes]
    .sort((a, b) => a.offset - b.offset)
    .map(({ message, offset }) => {
      const { line, col } = lines.linePos(offset);
      return { message, line: Math.max(1, line), column: Math.max(1, col) };
    })
    // A wrong value can break several branches of the schema at one place.
    .filter(({ message }, i, all) => all.findIndex((other) => other.message === message) === i);
  const shown = places.slice(0, 20).map((p) => `  ${p.line}:${p.column}  ${p.message}`);
  if (places.length > shown.length) shown.push(`  and ${places.length - shown.length} more`);
  const first = places[0];
  const count = places.length === 1 ? "a mistake" : `${places.length} mistakes`;
  return new UserError(`"${path}" has ${count}\n${shown.join("\n")}`, {
    where: `${path}:${first?.line ?? 1}:${first?.column ?? 1}`,
  });
}

/** Where what a JSON pointer names stands: the key in a mapping, the item in a list, else the thing above it. */
function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const items = itemsOf(node);
    const item = items.find((i) => isPair(i) && keyOf(i) === name) ?? items[Number(name)];
    if (item === undefined) break;
    offset = startOf(isPair(item) ? item.key : item) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}

// The library's own tests for kinds of nodes would have to be loaded; the shapes are as plain.
function itemsOf(node: unknown): readonly unknown[] {
  const items = (node as { readonly items?: unknown } | null | undefined)?.items;
  return Array.isArray(items) ? items : [];
}

function isPair(item: unknown): item is { readonly key: unknown; readonly value: unknown } {
  return typeof item === "object" && item !== null && "key" in item && !("range" in item);
}

function keyOf({ key }: { readonly key: unknown }): unknown {
  return (key as { readonly value?: unknown } | null)?.value;
}

function startOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null | undefined)?.range?.[0];
}
