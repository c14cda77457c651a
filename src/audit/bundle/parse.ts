import { UserError } from "../../base/error.ts";
import { parseJsonSource } from "../../base/json-source.ts";
import { lineStarts, positionAt } from "../../base/text.ts";
import type { RuntimeConfig } from "../../oci/runtime-config.ts";
import { schemaViolations } from "../../oci/schema-errors.ts";
import validate, { schema } from "../../oci/validate-config.generated.js";
import type { BundleModel } from "./model.ts";

/** Most violations told in one error. */
const MAX_TOLD = 5;
// config.md#platform-specific-configuration: the objects beside `linux`.
const OTHER_PLATFORMS = ["windows", "solaris", "vm", "zos", "freebsd"];

/**
 * Make the model of a bundle from the text of its config.json.
 * @throws UserError when the text is not JSON or breaks the schema of the runtime-spec: a rule that met a wrong type
 * would have to stay silent, and silence would look like a pass.
 */
export function parseBundleConfig(
  text: string,
  names: { displayName: string; path: string; directory: string },
): BundleModel {
  const source = parseJsonSource(text, { name: names.path });
  const violations = schemaViolations(validate, schema, source.value);
  const [first] = violations;
  if (first !== undefined) {
    const { line, column } = positionAt(lineStarts(text), source.spanOf(first.pointer).start);
    const more = violations.length - MAX_TOLD;
    const told = violations.slice(0, MAX_TOLD).map((v) => v.message);
    throw new UserError(`${names.path} is not a valid config.json`, {
      where: `${names.path}:${line}:${column}`,
      cause: new Error(`${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`),
    });
  }
  // The schema has proved the shape just above.
  const config = source.value as RuntimeConfig;
  return {
    ...names,
    text,
    config,
    isLinux:
      config.linux !== undefined || !OTHER_PLATFORMS.some((key) => Object.hasOwn(config, key)),
    spanOf: source.spanOf,
  };
}
