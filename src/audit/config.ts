import { statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isErrno } from "../base/error.ts";
import { schemaViolations } from "../oci/schema-errors.ts";
import { pointerTo, quote } from "../oci/violation.ts";
import type { Severity } from "./finding.ts";
import type { Format } from "./formats.ts";
import { compileGlob } from "./glob.ts";
import type { RuleProfile } from "./rule.ts";
import type { RuleIndex } from "./rule-index.ts";
import { type OptionValues, optionProblem } from "./rule-options.ts";
import type { FailOn } from "./severity.ts";
import type { ShellCheckMode } from "./shellcheck/check.ts";
import { type Mistake, offsetOf, readYaml, wrongYaml } from "./yaml-file.ts";

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
  /** Paths of YAML files with rules of the team's own. */
  readonly customRules: readonly string[];
  /** True when comments in sources take no finding back. */
  readonly noSuppress: boolean;
  readonly shellcheck: ShellCheckMode | undefined;
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
    readonly shellcheck?: ShellCheckMode;
    readonly customRules?: readonly string[];
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
  const { document, lines, value } = await readYaml(path);
  const { default: validate, schema } = await import("./validate-config.generated.js");
  // An empty file is an empty configuration.
  const violations = value === null ? [] : schemaViolations(validate, schema, value);
  const mistakes: Mistake[] = violations.map(({ pointer, message }) => ({
    message,
    offset: offsetOf(document, pointer),
  }));
  if (mistakes.length > 0) throw wrongYaml(path, mistakes, lines);
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
  if (mistakes.length > 0) throw wrongYaml(path, mistakes, lines);

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
    shellcheck: audit?.shellcheck,
    customRules: customRulePaths(path, audit?.customRules),
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

const customRulePaths = (config: string, files: readonly string[] = []): readonly string[] =>
  files.map((file) => resolve(dirname(config), file));

/**
 * Custom rule files that a configuration names, read before the rest of it can be: its rules must be known before
 * `only` and `skip` can name them. A configuration with mistakes names none; `readConfig` tells them.
 */
export async function customRulesOf(path: string): Promise<readonly string[]> {
  const { value } = await readYaml(path);
  const { default: validate, schema } = await import("./validate-config.generated.js");
  if (value === null || schemaViolations(validate, schema, value).length > 0) return [];
  return customRulePaths(path, (value as ConfigFile).audit?.customRules);
}
