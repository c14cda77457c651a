import { crossChecks } from "./checks.ts";
import { schemaViolations } from "./schema-errors.ts";
import validate, { schema } from "./validate-config.generated.js";
import { type Violation, violation } from "./violation.ts";

/** What a configuration is for: starting a container needs more than being well-formed. */
export interface ValidateOptions {
  /** Also demand what `start` needs: a process with arguments (config.md#process). Default: true. */
  readonly start?: boolean;
}

/**
 * Everything that is wrong with a config.json, in the order schema, then how entries fit together.
 * A value without violations is a `RuntimeConfig`. Keys that the specification does not know are let pass, as it
 * demands (config.md#extensibility).
 */
export function validateConfig(
  value: unknown,
  options: ValidateOptions = {},
): readonly Violation[] {
  const violations = [...schemaViolations(validate, schema, value)];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return violations;
  // What the schema refused need not be refused twice.
  const told = new Set(violations.map(({ pointer }) => pointer));
  violations.push(...crossChecks(value).filter(({ pointer }) => !told.has(pointer)));
  if (options.start !== false) violations.push(...startChecks(value));
  return violations;
}

function startChecks(config: { process?: unknown }): readonly Violation[] {
  const { process } = config;
  const missing = (pointer: string, expected: string): Violation =>
    violation(pointer, expected, "nothing", `is missing: it must be ${expected}`);
  if (process === undefined)
    return [missing("/process", 'an object such as {"args": ["sh"], "cwd": "/"}')];
  if (typeof process !== "object" || process === null || Object.hasOwn(process, "args")) return [];
  return [missing("/process/args", "an array of strings, the program and its arguments")];
}
