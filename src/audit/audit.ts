import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { UserError } from "../base/error.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { type Baseline, markKnown, readBaseline } from "./baseline.ts";
import { type AuditConfig, configFinder, customRulesOf, readConfig } from "./config.ts";
import type { RuleFacts } from "./custom/protocol.ts";
import type { CustomRules } from "./custom/runner.ts";
import type { DockerContext } from "./dockerfile/context.ts";
import { readContext } from "./dockerfile/context-folder.ts";
import { type DecodedSource, decodeSource, maxSourceBytes } from "./dockerfile/decode.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import {
  type OptionOverrides,
  type RuleRun,
  runRules,
  type SeverityOverrides,
  sortFindings,
} from "./engine.ts";
import { isSyntaxError } from "./exit-status.ts";
import { cannotRead, findInputs, type Input } from "./find-inputs.ts";
import type { Severity } from "./finding.ts";
import { type FixMode, fixText } from "./fix-source.ts";
import {
  type AuditedSource,
  type AuditReport,
  isOpen,
  type Notification,
  type ReportedFinding,
} from "./result.ts";
import { type Rule, type RuleMeta, type RuleProfile, ruleProfiles, type Targets } from "./rule.ts";
import { indexRules, type RuleIndex } from "./rule-index.ts";
import type { FailOn } from "./severity.ts";
import { sourceRoot, sourceUri } from "./source-uri.ts";
import { type Suppressed, suppress } from "./suppress.ts";

/** What one `tguard audit` is asked to do. */
export interface AuditRequest {
  /** Files, folders, `-`, `oci:DIR[:tag]`, `oci-archive:FILE`, `docker-archive:FILE`. */
  readonly targets: readonly string[];
  readonly rules: readonly Rule[];
  /** Text of files as an editor has them, by absolute path; it is audited in place of what is on disk. */
  readonly overlay: ReadonlyMap<string, string>;
  /** Files with rules of the team's own: YAML, or modules, which run as this user. */
  readonly customRules: readonly string[];
  /** Words for rules to run alone; empty: all. Wins over the configuration. */
  readonly only: readonly string[];
  /** Words for rules not to run, beside those of the configuration. */
  readonly skip: readonly string[];
  /** Configuration file; `undefined`: search, `false`: none. */
  readonly config: string | false | undefined;
  /** Wins over the configuration. */
  readonly failOn: FailOn | undefined;
  /** These win over the configuration as well. */
  readonly profile: RuleProfile | undefined;
  readonly ruleSet: string | undefined;
  /** File of known findings; `false`: none. */
  readonly baseline: string | false | undefined;
  readonly alias: string | undefined;
  /** Comments in sources take no finding back. */
  readonly noSuppress: boolean;
  /** Leave out what .gitignore leaves out when a folder is searched. */
  readonly isGitignoreRead: boolean;
  /** Audit the part of the inputs that falls to this one of several machines; `undefined`: all. */
  readonly shard: Shard | undefined;
  /** Work out what the files would be with their findings fixed. */
  readonly fix: FixMode | undefined;
  /** Folder that report URIs start from. */
  readonly workingFolder: string;
  /** All of standard input, at most `limit` bytes and one more. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
}

/** Options of a request that asks for nothing special. */
export const plainRequest: Omit<AuditRequest, "targets" | "rules" | "workingFolder" | "readStdin"> =
  {
    only: [],
    skip: [],
    config: undefined,
    failOn: undefined,
    profile: undefined,
    ruleSet: undefined,
    baseline: undefined,
    alias: undefined,
    noSuppress: false,
    isGitignoreRead: true,
    shard: undefined,
    customRules: [],
    overlay: new Map(),
    fix: undefined,
  };

/** A report, and the configuration of its first source: it may choose the format. */
export interface AuditOutcome {
  /** Of the sources as they are, or, with `fix`, as they would be. */
  readonly report: AuditReport;
  /** Files that fixes change, in the order of the report. */
  readonly fixed: readonly FixedFile[];
  readonly firstConfig: AuditConfig | undefined;
}

/** A file and what fixes make of it. */
export interface FixedFile {
  readonly path: string;
  readonly uri: string;
  /** Decoded text, without a byte order mark. */
  readonly before: string;
  readonly after: string;
  /** True when the file begins with a byte order mark, which stays. */
  readonly hasMark: boolean;
  readonly titles: readonly string[];
}

/** Rules and severities as one configuration and the command line leave them. */
interface Selection {
  readonly rules: readonly Rule[];
  readonly overrides: SeverityOverrides;
  readonly options: OptionOverrides;
  readonly failOn: FailOn;
  readonly isSuppressing: boolean;
  readonly baseline: Baseline | undefined;
}

/** What is the same for all inputs of one audit. */
interface Context {
  readonly request: AuditRequest;
  readonly index: RuleIndex;
  readonly custom: CustomRules | undefined;
  readonly root: string;
  readonly only: ReadonlySet<string>;
  readonly skip: ReadonlySet<string>;
  readonly notifications: Notification[];
  readonly usedRules: Set<Rule>;
  readonly fixed: FixedFile[];
}

/**
 * Audit every target. What cannot be read becomes a notification, and the rest is audited all the same.
 * @throws UserError when the request itself is wrong: an unknown rule, a configuration file with mistakes.
 */
export async function audit(request: AuditRequest): Promise<AuditOutcome> {
  const custom = await startCustom(request);
  try {
    return await auditAll(request, custom);
  } finally {
    custom?.end();
  }
}

/** The process for the team's own rules; none where there are none, as nearly always. */
async function startCustom(request: AuditRequest): Promise<CustomRules | undefined> {
  const { config, workingFolder, targets } = request;
  // The configuration that governs the working folder, or the first target, names rules for the whole audit.
  const find = configFinder();
  const [first = "."] = targets;
  const path =
    config === false ? undefined : (config ?? find(workingFolder) ?? find(nearestFolder(first)));
  const configured = path === undefined ? [] : await customRulesOf(path);
  const files = [...new Set([...request.customRules.map((file) => resolve(file)), ...configured])];
  if (files.length === 0) return undefined;
  const { CustomRules } = await import("./custom/runner.ts");
  return await CustomRules.start(files);
}

const nearestFolder = (path: string): string =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ? resolve(path) : dirname(resolve(path));

async function auditAll(
  request: AuditRequest,
  custom: CustomRules | undefined,
): Promise<AuditOutcome> {
  const index = indexRules([...request.rules, ...(custom?.rules ?? []).map(placeholder)]);
  const context: Context = {
    request,
    index,
    custom,
    root: sourceRoot(request.workingFolder),
    only: ruleIds(index, "--only", request.only),
    skip: ruleIds(index, "--skip", request.skip),
    notifications: [],
    usedRules: new Set(),
    fixed: [],
  };
  checkAlias(context);
  const selectionOf = selector(context);
  const configOf = configReader(context);
  const { isGitignoreRead, overlay } = request;
  const found = findInputs(request.targets, {
    isGitignoreRead,
    isKnownFile: (path) => overlay.has(resolve(path)),
  });
  for (const error of found.errors) context.notifications.push(notificationOf(error));
  const inputs = inShard(found.inputs, request.shard);

  const sources: AuditedSource[] = [];
  let firstConfig: AuditConfig | undefined;
  for (const input of inputs) {
    const config = await configOf(folderOf(input, request.workingFolder));
    if (sources.length === 0) firstConfig ??= config;
    if (
      (input.kind === "dockerfile" || input.kind === "compose") &&
      !input.isNamed &&
      config?.isExcluded(input.path)
    )
      continue;
    try {
      sources.push(await auditInput(input, selectionOf(config), context));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.notifications.push(notificationOf(error));
    }
  }
  const rules = [...context.usedRules].map((rule) => rule.meta as RuleMeta<keyof Targets>);
  rules.sort((a, b) => (a.id < b.id ? -1 : 1));
  const alias = request.alias ?? firstConfig?.alias;
  const { notifications, fixed } = context;
  const report = { sources, notifications, rules, ...(alias !== undefined && { alias }) };
  return { report, fixed, firstConfig };
}

/** One of several machines that share an audit: `index` from 1 to `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Every `count`th input: neighbours are of a kind, so the parts take about as long. */
function inShard(inputs: readonly Input[], shard: Shard | undefined): readonly Input[] {
  if (shard === undefined) return inputs;
  return inputs.filter((_, i) => i % shard.count === shard.index - 1);
}

/** A custom rule as far as this process needs it: selected and reported like others, run elsewhere. */
function placeholder({ meta }: RuleFacts): Rule {
  const rule: Rule<"dockerfile"> = { meta, check: () => {} };
  return rule as Rule;
}

/** Tools that rules have aliases in. */
function toolsOf({ rules }: RuleIndex): readonly string[] {
  const tools = new Set(
    rules.flatMap(({ meta }) => meta.aliases.map((a) => a.slice(0, a.indexOf(":")))),
  );
  return [...tools].sort();
}

function checkAlias({ request: { alias }, index }: Context): void {
  if (alias === undefined || toolsOf(index).includes(alias)) return;
  throw new UserError(`no rule has an id of "${alias}"`, {
    where: "--alias",
    hint: `name one of ${toolsOf(index).join(", ")}`,
  });
}

function ruleIds(index: RuleIndex, option: string, words: readonly string[]): Set<string> {
  const ids = new Set<string>();
  for (const word of words) {
    const rules = index.find(word);
    if (rules.length === 0) {
      const near = index.suggest(word);
      throw new UserError(`there is no rule "${word}"`, {
        where: option,
        hint: near === undefined ? "tguard rules lists the rules" : `did you mean "${near}"?`,
      });
    }
    for (const { meta } of rules) ids.add(meta.id);
  }
  return ids;
}

function folderOf(input: Input, workingFolder: string): string {
  switch (input.kind) {
    case "dockerfile":
    case "compose":
    case "bundle":
      return dirname(resolve(input.path));
    case "image":
    case "stdin":
      return resolve(workingFolder);
  }
}

/** Reads each configuration file once. */
function configReader({
  request,
  index,
}: Context): (folder: string) => Promise<AuditConfig | undefined> {
  const find = configFinder();
  const read = new Map<string, Promise<AuditConfig>>();
  return async (folder) => {
    const path = request.config === undefined ? find(folder) : request.config || undefined;
    if (path === undefined) return undefined;
    let config = read.get(path);
    if (config === undefined) {
      config = readConfig(path, index);
      read.set(path, config);
    }
    return config;
  };
}

/** Makes one selection per configuration. */
function selector(context: Context): (config: AuditConfig | undefined) => Selection {
  const known = new Map<AuditConfig | undefined, Selection>();
  return (config) => {
    let selection = known.get(config);
    if (selection === undefined) {
      selection = select(context, config);
      known.set(config, selection);
    }
    return selection;
  };
}

function select(context: Context, config: AuditConfig | undefined): Selection {
  const { request, index, only, skip } = context;
  const configOnly = new Set(config?.only);
  const configSkip = new Set(config?.skip);
  const configNamed = new Set(config?.named);
  const profiles = ruleProfiles.slice(
    0,
    ruleProfiles.indexOf(request.profile ?? config?.profile ?? "recommended") + 1,
  );
  const ruleSet = request.ruleSet ?? config?.ruleSet;
  const isInProfile = ({ id, profile = "recommended", since }: RuleMeta<keyof Targets>): boolean =>
    configNamed.has(id) ||
    (profiles.includes(profile) && (ruleSet === undefined || isSince(since, ruleSet)));
  const runs = (meta: RuleMeta<keyof Targets>): boolean => {
    const { id } = meta;
    if (skip.has(id)) return false;
    // What is named on the command line runs, whatever the file says.
    if (only.has(id)) return true;
    if (configSkip.has(id)) return false;
    // A file that cannot be read whole must not pass for clean because other rules were asked for.
    if (isSyntaxError(id)) return true;
    if (only.size > 0) return false;
    return configOnly.size === 0 ? isInProfile(meta) : configOnly.has(id);
  };
  const baseline = request.baseline === false ? undefined : (request.baseline ?? config?.baseline);
  return {
    rules: index.rules.filter(({ meta }) => runs(meta as RuleMeta<keyof Targets>)),
    overrides: config?.severities ?? new Map<string, Severity>(),
    options: config?.options ?? new Map(),
    failOn: request.failOn ?? config?.failOn ?? "error",
    isSuppressing: !request.noSuppress && config?.noSuppress !== true,
    baseline: baseline === undefined ? undefined : readBaseline(baseline),
  };
}

/** Did a rule of version `since` exist in `version` (`0.2` means the newest 0.2.x)? */
function isSince(since: string, version: string): boolean {
  const wanted = version.split(".").map(Number);
  for (const [i, part] of since.split(".").map(Number).entries()) {
    const limit = wanted[i];
    if (limit === undefined || part < limit) return true;
    if (part > limit) return false;
  }
  return true;
}

async function auditInput(
  input: Input,
  selection: Selection,
  context: Context,
): Promise<AuditedSource> {
  switch (input.kind) {
    case "dockerfile":
    case "compose": {
      const edited = context.request.overlay.get(resolve(input.path));
      const bytes =
        edited === undefined ? readSource(input.path) : new TextEncoder().encode(edited);
      const source = { bytes, displayName: input.path, uri: sourceUri(context.root, input.path) };
      const kind =
        input.kind === "compose"
          ? await composeKind(basename(input.path))
          : dockerfileKind(readContext(input.path), context.custom);
      return auditText(kind, source, selection, context);
    }
    case "stdin": {
      const bytes = await context.request.readStdin(maxSourceBytes);
      const source = { bytes, displayName: "<stdin>", uri: "stdin" };
      return auditText(dockerfileKind(undefined, context.custom), source, selection, context);
    }
    case "image": {
      const { readImageModel } = await import("./image/read.ts");
      return auditModel("image", await readImageModel(input.spec), selection, context);
    }
    case "bundle": {
      const { readBundleModel } = await import("./bundle/read.ts");
      return auditModel("bundle", await readBundleModel(input.path), selection, context);
    }
  }
}

/** Read a file or pipe, at most the largest size that is parsed and one byte more (so that too much shows). */
function readSource(path: string): Uint8Array {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY);
    const stat = fstatSync(fd);
    const limit = maxSourceBytes + 1;
    if (stat.isFile()) {
      const bytes = Buffer.allocUnsafe(Math.min(stat.size, limit));
      let length = 0;
      while (length < bytes.length) {
        const count = readSync(fd, bytes, length, bytes.length - length, length);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    }
    const chunks: Buffer[] = [];
    for (let length = 0; length < limit; ) {
      const chunk = Buffer.alloc(64 * 1024);
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** How text of one kind is audited. */
interface TextKind {
  readonly target: "dockerfile" | "compose";
  /** In errors. */
  readonly name: string;
  readonly maxBytes: number;
  /** What the rules and the comments of a text say. */
  check(text: string, selection: Selection, index: RuleIndex): Promise<CheckedText>;
  hasSyntaxError(text: string): boolean;
}

interface CheckedText extends Suppressed {
  readonly run: RuleRun;
}

/** A text as it was read. */
interface TextSource {
  readonly bytes: Uint8Array;
  readonly displayName: string;
  readonly uri: string;
}

function dockerfileKind(
  folder: DockerContext | undefined,
  custom: CustomRules | undefined,
): TextKind {
  return {
    target: "dockerfile",
    name: "Dockerfile",
    maxBytes: maxSourceBytes,
    async check(text, selection, index) {
      const model = parseDockerfile(text, folder);
      const { rules, overrides, options, isSuppressing } = selection;
      const own = runRules("dockerfile", model, rules, overrides, options);
      const run = custom === undefined ? own : await withCustom(own, text, selection, custom);
      const { findings } = run;
      const kept = isSuppressing ? suppress(model, findings, index) : { findings, problems: [] };
      return { run, ...kept };
    },
    hasSyntaxError: (text) => parseDockerfile(text).problems.length > 0,
  };
}

/** The YAML parser is loaded for the first compose file only. */
async function composeKind(fileName: string): Promise<TextKind> {
  const { maxComposeBytes, parseCompose } = await import("./compose/parse.ts");
  const { suppressInCompose } = await import("./compose/suppress.ts");
  return {
    target: "compose",
    name: "compose file",
    maxBytes: maxComposeBytes,
    check(text, { rules, overrides, options, isSuppressing }, index) {
      const model = parseCompose(text, fileName);
      const run = runRules("compose", model, rules, overrides, options);
      const { findings } = run;
      const kept = isSuppressing
        ? suppressInCompose(model, findings, index)
        : { findings, problems: [] };
      return Promise.resolve({ run, ...kept });
    },
    hasSyntaxError: (text) => parseCompose(text, fileName).problems.length > 0,
  };
}

async function auditText(
  kind: TextKind,
  { bytes, displayName, uri }: TextSource,
  selection: Selection,
  context: Context,
): Promise<AuditedSource> {
  const { name, maxBytes } = kind;
  const decoded = decodeSource(bytes, displayName, { kind: name, maxBytes });
  const text = context.request.fix === undefined ? decoded.text : await fixed(decoded);
  const { run, findings, problems } = await kind.check(text, selection, context.index);
  const place = placer(text, displayName, uri);
  for (const { message, span } of decoded.problems)
    context.notifications.push({ level: "warning", message, ...place(span.start) });
  for (const { message, hint, span } of problems)
    context.notifications.push({ level: "warning", message, hint, ...place(span.start) });
  return finish(kind.target, { displayName, uri, text }, findings, run, selection, context);

  /** The text with its findings fixed; noted for the caller to write. */
  async function fixed(source: DecodedSource): Promise<string> {
    const { fix: mode = "safe" } = context.request;
    const isOneToOne = source.problems.length === 0;
    if (uri === "stdin" || !isOneToOne) {
      context.notifications.push({
        level: "warning",
        message: `"${displayName}" is not fixed`,
        hint: isOneToOne ? "name a file" : "save the file as UTF-8 first",
        where: displayName,
      });
      return source.text;
    }
    const wasBroken = kind.hasSyntaxError(source.text);
    const { text: after, titles } = await fixText(
      source.text,
      mode,
      (now) => openFindings(kind, now, displayName, uri, selection, context),
      (now) => !wasBroken && kind.hasSyntaxError(now),
    );
    if (after !== source.text) {
      const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      context.fixed.push({ path: displayName, uri, before: source.text, after, hasMark, titles });
    }
    return after;
  }
}

/** The run with what the team's own rules say, as far as they are selected. */
async function withCustom(
  own: RuleRun,
  text: string,
  { rules, overrides }: Selection,
  custom: CustomRules,
): Promise<RuleRun> {
  const selected = new Set(rules.map(({ meta }) => meta.id));
  const { findings, failures } = await custom.judge(text);
  const judged = findings
    .filter(({ ruleId }) => selected.has(ruleId))
    .map((finding) => ({
      ...finding,
      severity: overrides.get(finding.ruleId) ?? finding.severity,
    }));
  return {
    findings: sortFindings([...own.findings, ...judged]),
    failures: [...own.failures, ...failures.filter(({ ruleId }) => selected.has(ruleId))],
  };
}

async function openFindings(
  kind: TextKind,
  text: string,
  displayName: string,
  uri: string,
  selection: Selection,
  context: Context,
): Promise<readonly ReportedFinding[]> {
  const { findings } = await kind.check(text, selection, context.index);
  const source: AuditedSource = {
    ...{ displayName, uri, text, length: text.length, target: kind.target },
    ...{ findings, failOn: selection.failOn },
  };
  const { baseline } = selection;
  return (baseline === undefined ? source : markKnown(source, baseline)).findings.filter(isOpen);
}

function auditModel<T extends "image" | "bundle">(
  target: T,
  model: Targets[T],
  selection: Selection,
  context: Context,
): AuditedSource {
  const { rules, overrides, options } = selection;
  const run = runRules(target, model, rules, overrides, options);
  const { displayName, path, text } = model;
  const uri = sourceUri(context.root, path);
  return finish(target, { displayName, uri, text }, run.findings, run, selection, context);
}

function finish(
  target: keyof Targets,
  source: Pick<AuditedSource, "displayName" | "uri" | "text">,
  findings: readonly ReportedFinding[],
  { failures }: RuleRun,
  { rules, failOn, baseline }: Selection,
  context: Context,
): AuditedSource {
  for (const rule of rules) if (rule.meta.target === target) context.usedRules.add(rule);
  for (const { ruleId, ruleName, error } of failures) {
    context.notifications.push({
      level: "error",
      message: `rule ${ruleId} ${ruleName} failed: ${error instanceof Error ? error.message : String(error)}`,
      hint: context.custom?.rules.some(({ meta }) => meta.id === ruleId)
        ? "it is a rule of your own: tguard rules test FILE runs its examples"
        : "this is a bug in tguard: report it with the file, and skip the rule until then",
      ruleId,
      where: source.displayName,
      location: { uri: source.uri },
    });
  }
  const audited: AuditedSource = {
    ...source,
    // Large audits would otherwise keep every clean file in memory until the end.
    text: findings.length === 0 ? "" : source.text,
    length: source.text.length,
    target,
    findings,
    failOn,
  };
  return baseline === undefined ? audited : markKnown(audited, baseline);
}

function placer(
  text: string,
  displayName: string,
  uri: string,
): (offset: number) => Pick<Notification, "where" | "location"> {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const { line, column } = positionAt(starts, offset);
    return { where: `${displayName}:${line}:${column}`, location: { uri, line, column } };
  };
}

function notificationOf(error: UserError): Notification {
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    causes.push(cause.message);
  return {
    level: "error",
    message: error.message,
    ...(error.where !== undefined && { where: error.where }),
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(causes.length > 0 && { causes }),
  };
}
