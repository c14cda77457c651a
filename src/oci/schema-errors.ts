import { closest } from "../base/suggest.ts";
import { expectation, knownKeys, type Schema, schemasAt } from "./expectation.ts";
import { describe, pointerTo, quote, type Violation, valueAt, violation } from "./violation.ts";

/** Names that a message lists even when it can suggest one of them. */
const LONG_LIST = 9;

/** One fault as ajv's generated code reports it (option `messages: false`). */
export interface SchemaError {
  /** JSON pointer into the value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A function written by `scripts/gen-validators.ts`; `errors` holds the faults of its last call. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/**
 * Every fault of a value against a schema, in the order of the schema; alternatives are merged into one sentence.
 *
 * @param schema gives the schema of the validator; only called when there are faults.
 */
export function schemaViolations(
  validate: SchemaValidator,
  schema: () => Schema,
  value: unknown,
): readonly Violation[] {
  if (validate(value)) return [];
  const root = schema();
  const found: Violation[] = [];
  for (const error of validate.errors ?? []) {
    if (error.keyword === "anyOf" || error.keyword === "oneOf")
      mergeAlternatives(found, error.instancePath, word(error, root, value));
    // The branch that `if` chose has reported already.
    else if (error.keyword !== "if") found.push(word(error, root, value));
  }
  // The first fault of a place says it: what has the wrong type is not in the list of names either.
  const places = new Set<string>();
  return found.filter(({ pointer }) => !places.has(pointer) && places.add(pointer));
}

/**
 * ajv reports the faults of every alternative, then that none matched. Faults below the place say more (some alternative
 * had the right type), so they stay; otherwise one sentence names all alternatives.
 */
function mergeAlternatives(found: Violation[], pointer: string, merged: Violation): void {
  const below = found.filter((item) => item.pointer.startsWith(`${pointer}/`));
  const elsewhere = found.filter(
    (item) => item.pointer !== pointer && !item.pointer.startsWith(`${pointer}/`),
  );
  found.splice(0, found.length, ...elsewhere, ...(below.length > 0 ? below : [merged]));
}

function word(
  { instancePath, keyword, params }: SchemaError,
  root: Schema,
  document: unknown,
): Violation {
  const places = schemasAt(root, instancePath);
  const value = valueAt(document, instancePath);
  const { missingProperty, additionalProperty } = params;
  const want = (schemas: readonly Schema[]): string =>
    schemas[0] === undefined ? "something else" : expectation(root, schemas[0]);

  switch (keyword) {
    case "required": {
      const pointer = pointerTo(instancePath, String(missingProperty));
      const wanted = want(schemasAt(root, pointer));
      return violation(pointer, wanted, "nothing", `is missing: it must be ${wanted}`);
    }
    case "additionalProperties": {
      const key = String(additionalProperty);
      const known = places.flatMap((place) => knownKeys(place));
      const names = known.map(quote).join(", ");
      const help = nearest(key, known) ?? `; known are ${names}`;
      const pointer = pointerTo(instancePath, key);
      return violation(pointer, `one of ${names}`, quote(key), `is not a known key${help}`);
    }
    case "enum": {
      const named = places.filter((place) => place.enum !== undefined);
      const allowed = named.flatMap((place) => (place.enum ?? []).map(String));
      const wanted = want(named);
      const found = describe(value, typeof value !== "string");
      const help = typeof value === "string" ? nearest(value, allowed) : undefined;
      // A long list would hide the suggestion.
      const sentence =
        help !== undefined && allowed.length > LONG_LIST
          ? `must be a known name, found ${found}${help}`
          : `must be ${wanted}, found ${found}${help ?? ""}`;
      return violation(instancePath, wanted, found, sentence);
    }
    case "uniqueItems":
      return violation(instancePath, "an array without repetition", "the same item twice");
    case "type":
    case "anyOf":
    case "oneOf":
      return violation(instancePath, want(places), describe(value, true));
    default:
      return violation(instancePath, want(places), describe(value, false));
  }
}

function nearest(word: string, names: readonly string[]): string | undefined {
  const name = closest(word, names);
  return name === undefined ? undefined : `; did you mean ${quote(name)}?`;
}
