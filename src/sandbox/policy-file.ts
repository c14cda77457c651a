import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Document, LineCounter } from "yaml";
import { isErrno, UserError } from "../base/error.ts";
import { closest } from "../base/suggest.ts";
import { CAPABILITIES, RLIMITS } from "../oci/names.ts";
import type { Seccomp } from "../oci/runtime-config.ts";
import { schemaViolations } from "../oci/schema-errors.ts";
import {
  EMPTY_POLICY,
  isPolicyName,
  type Policy,
  type PolicyName,
  type SeccompPolicy,
} from "./policy-model.ts";

/** Largest policy or seccomp file that is read, in bytes. */
const MAX_BYTES = 1 << 20;

/** A policy file as it is written: everything optional, the seccomp profile by name. policy.schema.json proves the shape. */
export interface PolicySource {
  readonly extends?: PolicyName;
  readonly seccomp?: Partial<Pick<SeccompPolicy, "profile" | "mode">>;
  readonly [key: string]: unknown;
}

/**
 * Read a policy from a YAML (or JSON) file.
 * @throws UserError when it cannot be read or is wrong, naming line and column of each mistake.
 */
export async function readPolicyFile(path: string): Promise<Policy> {
  const text = readBounded(path, "policy");
  const { source, fail } = await parsePolicy(path, text);
  // Only for files that name a shipped profile: scripts/gen-policies.ts runs this module before there are any.
  const shipped = async (name: PolicyName): Promise<Policy> =>
    (await import("./policies.generated.ts")).POLICIES[name];
  const base = source.extends === undefined ? EMPTY_POLICY : await shipped(source.extends);
  const wanted = source.seccomp?.profile ?? base.seccomp?.profile;
  let section: Seccomp | undefined;
  if (source.seccomp !== undefined) {
    if (wanted === undefined) throw fail("/seccomp", "names no profile", "add profile: default");
    section = isPolicyName(wanted)
      ? (await shipped(wanted)).seccomp?.section
      : await readSeccompFile(resolve(dirname(path), wanted));
  }
  return mergePolicy(path, base, source, section);
}

/**
 * Lay a policy file over the profile that it extends: objects are merged key by key, everything else replaces.
 * `section` is what the source's seccomp profile name stands for.
 */
export function mergePolicy(
  name: string,
  base: Policy,
  source: PolicySource,
  section: Seccomp | undefined,
): Policy {
  const { extends: _base, seccomp, ...rest } = source;
  const merged = mergeObjects(base, rest) as Policy; // proven by the schema
  if (seccomp === undefined) return { ...merged, name };
  const profile = seccomp.profile ?? base.seccomp?.profile;
  if (profile === undefined || section === undefined)
    throw new Error(`seccomp profile ${profile} of policy ${name} was not looked up`);
  const mode = seccomp.mode ?? base.seccomp?.mode ?? "add-if-missing";
  return { ...merged, name, seccomp: { profile, section, mode } };
}

function mergeObjects(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = mergeObjects(result[key], value);
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Fail = (pointer: string, message: string, hint?: string) => UserError;

/** YAML text to a checked source. Exported for scripts/gen-policies.ts. */
export async function parsePolicy(
  path: string,
  text: string,
): Promise<{ readonly source: PolicySource; readonly fail: Fail }> {
  const { document, lines, value } = await parseYaml(path, text);
  const place = (pointer: string): string => {
    const { line, col } = lines.linePos(offsetOf(document, pointer));
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const fail: Fail = (pointer, message, hint) =>
    new UserError(`policy ${pointer} ${message}`, {
      where: place(pointer),
      ...(hint === undefined ? {} : { hint }),
    });
  const { default: validate, schema } = await import("./validate-policy.generated.js");
  const mistakes = [
    ...schemaViolations(validate, schema, value ?? {}),
    ...nameMistakes(value ?? {}),
  ];
  const [first] = mistakes;
  if (first !== undefined) {
    const shown = mistakes.slice(0, 20).map((m) => `  ${place(m.pointer)}  ${m.message}`);
    if (mistakes.length > 20) shown.push(`  and ${mistakes.length - 20} more`);
    const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
    throw new UserError(`the policy has ${count}\n${shown.join("\n")}`, {
      where: place(first.pointer),
      hint: "profiles/README.md explains the fields",
    });
  }
  return { source: (value ?? {}) as PolicySource, fail };
}

/** Names that the schema knows by form alone: a misspelt capability must not pass as one that is not allowed. */
function nameMistakes(value: unknown): { pointer: string; message: string }[] {
  const lists: [string, unknown, readonly string[]][] = [];
  if (!isObject(value)) return [];
  if (isObject(value["capabilities"]))
    lists.push(["/capabilities/allow/#", value["capabilities"]["allow"], CAPABILITIES]);
  if (Array.isArray(value["rlimits"])) {
    const types = value["rlimits"].map((limit) => (isObject(limit) ? limit["type"] : undefined));
    lists.push(["/rlimits/#/type", types, RLIMITS]);
  }
  const mistakes: { pointer: string; message: string }[] = [];
  for (const [template, names, known] of lists) {
    if (!Array.isArray(names)) continue;
    for (const [i, name] of names.entries()) {
      if (typeof name !== "string" || known.includes(name)) continue;
      const near = closest(name, known);
      const hint = near === undefined ? "" : `, did you mean "${near}"?`;
      const message = `${JSON.stringify(name.slice(0, 60))} is not a known name${hint}`;
      mistakes.push({ pointer: template.replace("#", String(i)), message });
    }
  }
  return mistakes;
}

async function parseYaml(
  path: string,
  text: string,
): Promise<{ document: Document; lines: LineCounter; value: unknown }> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  try {
    const document = yaml.parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
    });
    const wrong = document.errors[0] ?? document.warnings[0];
    if (wrong !== undefined) {
      const { line, col } = lines.linePos(wrong.pos[0]);
      throw new UserError("the policy is not YAML", {
        where: `${path}:${line}:${col}`,
        cause: new Error(wrong.message.split("\n")[0] ?? ""),
      });
    }
    // Aliases that multiply are counted by the library and refused.
    return { document, lines, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    // RangeError: the parser recurses, brackets nested deep enough end its stack. ReferenceError: too many aliases.
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    throw new UserError("the policy nests or repeats without end", { where: path });
  }
}

/** Offset of the node that a JSON pointer names, or of the nearest thing above it. */
function offsetOf(document: Document, pointer: string): number {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let length = keys.length; length >= 0; length--) {
    const path = keys.slice(0, length);
    const node = length === 0 ? document.contents : document.getIn(path, true);
    const range = (node as { readonly range?: readonly number[] | null } | undefined | null)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return 0;
}

/** A seccomp profile of the user's: the JSON of a linux.seccomp section. */
async function readSeccompFile(path: string): Promise<Seccomp> {
  const text = readBounded(path, "seccomp profile");
  let section: unknown;
  try {
    section = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the seccomp profile is not JSON", { where: path, cause });
  }
  const { validateConfig } = await import("../oci/validate.ts");
  const violations = validateConfig({ ociVersion: "1.2.0", linux: { seccomp: section } }).filter(
    ({ pointer }) => pointer.startsWith("/linux/seccomp"),
  );
  const [first] = violations;
  if (first === undefined) return section as Seccomp; // proven by the schema
  throw new UserError("the seccomp profile does not have the form of linux.seccomp", {
    where: path,
    cause: new Error(first.message.replaceAll("/linux/seccomp", "")),
  });
}

function readBounded(path: string, what: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(fd);
      const problem = !stat.isFile()
        ? "it is not a regular file"
        : stat.size > MAX_BYTES
          ? `it has ${stat.size} bytes, the limit is ${MAX_BYTES}`
          : undefined;
      if (problem !== undefined)
        throw new UserError(`cannot use the ${what}`, { where: path, cause: new Error(problem) });
      return readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new UserError(`cannot read the ${what}`, { where: path, cause: error });
  }
}
