import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isErrno, UserError } from "../../base/error.ts";
import { schemaViolations } from "../../oci/schema-errors.ts";
import type { Rule, RuleMeta } from "../rule.ts";
import { type Mistake, offsetOf, readYaml, wrongYaml } from "../yaml-file.ts";
import { type CustomRule, compileRule } from "./compile.ts";

/** A rule of a team's own, with the sources that show what it means. */
export interface LoadedRule {
  readonly rule: Rule<"dockerfile">;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

/** True for files that are programs: they run as this user, so only the command line may name them. */
export function isModule(path: string): boolean {
  return /\.(?:ts|mts|js|mjs)$/.test(path);
}

/**
 * Rules of one file: YAML, or a module whose default export is a rule or a list of them.
 * @throws UserError naming every mistake with its place
 */
export async function loadRules(path: string): Promise<readonly LoadedRule[]> {
  return isModule(path) ? await loadModule(path) : await loadYaml(path);
}

async function loadYaml(path: string): Promise<readonly LoadedRule[]> {
  const { document, lines, value } = await readYaml(path);
  const { default: validate, schema } = await import("../validate-custom-rules.generated.js");
  const mistakes: Mistake[] = schemaViolations(validate, schema, value).map(
    ({ pointer, message }) => ({ message, offset: offsetOf(document, pointer) }),
  );
  if (mistakes.length > 0) throw wrongYaml(path, mistakes, lines);
  // Proven by the validator.
  const { rules } = value as { readonly rules: readonly CustomRule[] };
  const loaded: LoadedRule[] = [];
  for (const [i, custom] of rules.entries()) {
    try {
      const { bad, good } = custom.examples;
      loaded.push({ rule: compileRule(custom), bad, good });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      mistakes.push({
        message: `/rules/${i}: ${error.message}`,
        offset: offsetOf(document, `/rules/${i}`),
      });
    }
  }
  if (mistakes.length > 0) throw wrongYaml(path, mistakes, lines);
  return loaded;
}

async function loadModule(path: string): Promise<readonly LoadedRule[]> {
  let exported: unknown;
  try {
    const module: unknown = await import(pathToFileURL(resolve(path)).href);
    exported = (module as { readonly default?: unknown }).default;
  } catch (cause) {
    const hint = isErrno(cause) && cause.code === "ENOENT" ? "name a file that exists" : undefined;
    throw new UserError(`cannot load the rules of "${path}"`, {
      cause: cause instanceof Error ? cause : new Error(String(cause)),
      ...(hint !== undefined && { hint }),
    });
  }
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  return list.map((item, i) => {
    const problem = ruleProblem(item);
    if (problem !== undefined) {
      throw new UserError(`"${path}" exports no rules`, {
        cause: new Error(`${list.length > 1 ? `item ${i}` : "its default export"} ${problem}`),
        hint: "export default defineRule({ meta: { … }, check(dockerfile, report) { … } })",
      });
    }
    const rule = completed(item as Rule<"dockerfile">);
    return { rule, bad: [rule.meta.bad], good: [rule.meta.good] };
  });
}

const severities = ["critical", "high", "medium", "low", "info"];

/** Why a value is no rule; `undefined` when it is one. */
function ruleProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "is no rule";
  const { meta, check } = value as { meta?: Partial<RuleMeta<"dockerfile">>; check?: unknown };
  if (typeof check !== "function") return "has no function `check`";
  if (typeof meta !== "object" || meta === null) return "has no `meta`";
  if (!/^(?!(?:DF|IM|RT|SP|AA|CO)\d)[A-Z]{2,12}\d{1,6}$/.test(String(meta.id)))
    return "has no `meta.id` like ACME0001 (DF, IM, RT, SP, AA and CO are tguard's own)";
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(String(meta.name)))
    return "has no `meta.name` in small letters and hyphens";
  if (meta.severity !== undefined && !severities.includes(meta.severity))
    return `has a \`meta.severity\` that is none of ${severities.join(", ")}`;
  if (meta.target !== undefined && meta.target !== "dockerfile")
    return "has a `meta.target` other than dockerfile";
  if (typeof meta.bad !== "string" || typeof meta.good !== "string")
    return "has no examples `meta.bad` and `meta.good`";
  return undefined;
}

/** What a module leaves out has defaults: a rule of a team needs no references. */
function completed({ meta, check }: Rule<"dockerfile">): Rule<"dockerfile"> {
  const given: Partial<RuleMeta<"dockerfile">> = meta;
  const { name, bad, good, id } = meta;
  return {
    meta: {
      severity: "medium",
      confidence: "high",
      summary: name,
      why: "A rule of this team.",
      howToFix: "See the rule's file.",
      since: "0.0.0",
      aliases: [],
      cwe: [],
      references: [],
      ...given,
      ...{ id, name, bad, good, target: "dockerfile" },
    },
    check,
  };
}
