import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../base/error.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { type AuditConfig, configFinder, readConfig } from "./config.ts";
import type { DockerContext } from "./dockerfile/context.ts";
import { readContext } from "./dockerfile/context-folder.ts";
import { decodeSource, maxSourceBytes } from "./dockerfile/decode.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import { type RuleRun, runRules, type SeverityOverrides } from "./engine.ts";
import { syntaxErrorId } from "./exit-status.ts";
import { cannotRead, findInputs, type Input } from "./find-inputs.ts";
import type { Severity } from "./finding.ts";
import type { AuditedSource, AuditReport, Notification, ReportedFinding } from "./result.ts";
import type { Rule, RuleMeta, Targets } from "./rule.ts";
import { indexRules, type RuleIndex } from "./rule-index.ts";
import type { FailOn } from "./severity.ts";
import { sourceRoot, sourceUri } from "./source-uri.ts";
import { suppress } from "./suppress.ts";

/** What one `tguard audit` is asked to do. */
export interface AuditRequest {
  /** Files, folders, `-`, `oci:DIR[:tag]`, `oci-archive:FILE`, `docker-archive:FILE`. */
  readonly targets: readonly string[];
  readonly rules: readonly Rule[];
  /** Words for rules to run alone; empty: all. Wins over the configuration. */
  readonly only: readonly string[];
  /** Words for rules not to run, beside those of the configuration. */
  readonly skip: readonly string[];
  /** Configuration file; `undefined`: search, `false`: none. */
  readonly config: string | false | undefined;
  /** Wins over the configuration. */
  readonly failOn: FailOn | undefined;
  /** Folder that report URIs start from. */
  readonly workingFolder: string;
  /** All of standard input, at most `limit` bytes and one more. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
}

/** A report, and the configuration of its first source: it may choose the format. */
export interface AuditOutcome {
  readonly report: AuditReport;
  readonly firstConfig: AuditConfig | undefined;
}

/** Rules and severities as one configuration and the command line leave them. */
interface Selection {
  readonly rules: readonly Rule[];
  readonly overrides: SeverityOverrides;
  readonly failOn: FailOn;
}

/** What is the same for all inputs of one audit. */
interface Context {
  readonly request: AuditRequest;
  readonly index: RuleIndex;
  readonly root: string;
  readonly only: ReadonlySet<string>;
  readonly skip: ReadonlySet<string>;
  readonly notifications: Notification[];
  readonly usedRules: Set<Rule>;
}

/**
 * Audit every target. What cannot be read becomes a notification, and the rest is audited all the same.
 * @throws UserError when the request itself is wrong: an unknown rule, a configuration file with mistakes.
 */
export async function audit(request: AuditRequest): Promise<AuditOutcome> {
  const index = indexRules(request.rules);
  const context: Context = {
    request,
    index,
    root: sourceRoot(request.workingFolder),
    only: ruleIds(index, "--only", request.only),
    skip: ruleIds(index, "--skip", request.skip),
    notifications: [],
    usedRules: new Set(),
  };
  const selectionOf = selector(context);
  const configOf = configReader(context);
  const { inputs, errors } = findInputs(request.targets);
  for (const error of errors) context.notifications.push(notificationOf(error));

  const sources: AuditedSource[] = [];
  let firstConfig: AuditConfig | undefined;
  for (const input of inputs) {
    const config = await configOf(folderOf(input, request.workingFolder));
    if (sources.length === 0) firstConfig ??= config;
    if (input.kind === "dockerfile" && !input.isNamed && config?.isExcluded(input.path)) continue;
    try {
      sources.push(await auditInput(input, selectionOf(config), context));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.notifications.push(notificationOf(error));
    }
  }
  const rules = [...context.usedRules].map((rule) => rule.meta as RuleMeta<keyof Targets>);
  rules.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { report: { sources, notifications: context.notifications, rules }, firstConfig };
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
  const runs = (id: string): boolean => {
    if (skip.has(id)) return false;
    // What is named on the command line runs, whatever the file says.
    if (only.has(id)) return true;
    if (configSkip.has(id)) return false;
    // A file that cannot be read whole must not pass for clean because other rules were asked for.
    if (id === syntaxErrorId) return true;
    return only.size === 0 && (configOnly.size === 0 || configOnly.has(id));
  };
  return {
    rules: index.rules.filter(({ meta }) => runs(meta.id)),
    overrides: config?.severities ?? new Map<string, Severity>(),
    failOn: request.failOn ?? config?.failOn ?? "error",
  };
}

async function auditInput(
  input: Input,
  selection: Selection,
  context: Context,
): Promise<AuditedSource> {
  switch (input.kind) {
    case "dockerfile": {
      const bytes = readSource(input.path);
      const uri = sourceUri(context.root, input.path);
      return auditDockerfile(bytes, input.path, uri, selection, context, readContext(input.path));
    }
    case "stdin": {
      const bytes = await context.request.readStdin(maxSourceBytes);
      return auditDockerfile(bytes, "<stdin>", "stdin", selection, context);
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

function auditDockerfile(
  bytes: Uint8Array,
  displayName: string,
  uri: string,
  selection: Selection,
  context: Context,
  folder?: DockerContext,
): AuditedSource {
  const decoded = decodeSource(bytes, displayName);
  const model = parseDockerfile(decoded.text, folder);
  const run = runRules("dockerfile", model, selection.rules, selection.overrides);
  const { findings, problems } = suppress(model, run.findings, context.index);

  const place = placer(model.text, displayName, uri);
  for (const { message, span } of decoded.problems)
    context.notifications.push({ level: "warning", message, ...place(span.start) });
  for (const { message, hint, span } of problems)
    context.notifications.push({ level: "warning", message, hint, ...place(span.start) });
  return finish(
    "dockerfile",
    { displayName, uri, text: model.text },
    findings,
    run,
    selection,
    context,
  );
}

function auditModel<T extends "image" | "bundle">(
  target: T,
  model: Targets[T],
  selection: Selection,
  context: Context,
): AuditedSource {
  const run = runRules(target, model, selection.rules, selection.overrides);
  const { displayName, path, text } = model;
  const uri = sourceUri(context.root, path);
  return finish(target, { displayName, uri, text }, run.findings, run, selection, context);
}

function finish(
  target: keyof Targets,
  source: Pick<AuditedSource, "displayName" | "uri" | "text">,
  findings: readonly ReportedFinding[],
  { failures }: RuleRun,
  { rules, failOn }: Selection,
  context: Context,
): AuditedSource {
  for (const rule of rules) if (rule.meta.target === target) context.usedRules.add(rule);
  for (const { ruleId, ruleName, error } of failures) {
    context.notifications.push({
      level: "error",
      message: `rule ${ruleId} ${ruleName} failed: ${error instanceof Error ? error.message : String(error)}`,
      hint: "this is a bug in tguard: report it with the file, and skip the rule until then",
      ruleId,
      where: source.displayName,
      location: { uri: source.uri },
    });
  }
  return {
    ...source,
    // Large audits would otherwise keep every clean file in memory until the end.
    text: findings.length === 0 ? "" : source.text,
    length: source.text.length,
    target,
    findings,
    failOn,
  };
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
