/** A JSON schema as data: the keywords that words are made from. Schemas are ours, so their types are trusted. */
export interface Schema {
  /** Our own keyword: the words for what a place wants. */
  readonly expected?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Name of one value and of several: "a string", "strings". */
interface Noun {
  readonly one: string;
  readonly many: string;
}

/** What a schema wants, in words: "an array of strings", "a whole number from 0 to 511". */
export function expectation(root: Schema, schema: Schema): string {
  return noun(root, schema).one;
}

/** All schemas that bear on the value at a JSON pointer (alternatives and `$ref`s included), outermost first. */
export function schemasAt(root: Schema, pointer: string): readonly Schema[] {
  let places = spread(root, root);
  if (pointer === "") return places;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    places = places.flatMap((schema) => spread(root, member(schema, key)));
  }
  return places;
}

/** Names of the properties that a schema lists. */
export function knownKeys(schema: Schema): readonly string[] {
  return Object.keys(schema.properties ?? {});
}

/** A schema with everything that applies in the same place. */
function spread(root: Schema, schema: Schema | undefined): readonly Schema[] {
  if (schema === undefined) return [];
  const { allOf = [], anyOf = [], oneOf = [], $ref } = schema;
  const inner = [...allOf, ...anyOf, ...oneOf];
  if ($ref !== undefined) inner.push(resolve(root, $ref));
  return [schema, ...inner.flatMap((item) => spread(root, item))];
}

function member(schema: Schema, key: string): Schema | undefined {
  const { properties = {}, patternProperties = {}, additionalProperties, items } = schema;
  if (Object.hasOwn(properties, key)) return properties[key];
  for (const [pattern, value] of Object.entries(patternProperties))
    if (new RegExp(pattern, "u").test(key)) return value;
  return typeof additionalProperties === "object" ? additionalProperties : items;
}

function noun(root: Schema, schema: Schema): Noun {
  const { expected, $ref, type, anyOf = [], oneOf = [] } = schema;
  if (expected !== undefined) return { one: expected, many: `values (each ${expected})` };
  if ($ref !== undefined) return noun(root, resolve(root, $ref));
  if (schema.enum !== undefined) return enumNoun(schema.enum);
  if ("const" in schema) return enumNoun([schema.const]);
  const branches = [...anyOf, ...oneOf];
  if (branches.length > 0) return either(branches.map((branch) => noun(root, branch)));
  if (typeof type === "object")
    return either(type.map((one) => typeNoun(root, { ...schema, type: one })));
  return typeNoun(root, schema);
}

function enumNoun(values: readonly unknown[]): Noun {
  const names = values.map((value) => JSON.stringify(value)).join(", ");
  if (values.length === 1) return { one: names, many: `values ${names}` };
  return { one: `one of ${names}`, many: `values out of ${names}` };
}

function either(nouns: readonly Noun[]): Noun {
  const join = (names: readonly string[]): string => [...new Set(names)].join(" or ");
  return { one: join(nouns.map(({ one }) => one)), many: join(nouns.map(({ many }) => many)) };
}

function typeNoun(root: Schema, schema: Schema): Noun {
  switch (schema.type) {
    case "string":
      return stringNoun(schema);
    case "boolean":
      return { one: "true or false", many: "values true or false" };
    case "integer":
      return numberNoun(schema, "whole number");
    case "number":
      return numberNoun(schema, "number");
    case "null":
      return { one: "null", many: "nulls" };
    case "array": {
      const { items, minItems = 0 } = schema;
      const of = items === undefined ? "" : ` of ${noun(root, items).many}`;
      return {
        one: `${minItems > 0 ? "a non-empty array" : "an array"}${of}`,
        many: `arrays${of}`,
      };
    }
    default: {
      const values = schema.additionalProperties;
      const of = typeof values === "object" ? ` whose values are ${noun(root, values).many}` : "";
      return { one: `an object${of}`, many: `objects${of}` };
    }
  }
}

function stringNoun({ pattern, minLength = 0 }: Schema): Noun {
  if (pattern !== undefined)
    return { one: `a string that matches ${pattern}`, many: `strings that match ${pattern}` };
  if (minLength > 0) return { one: "a non-empty string", many: "non-empty strings" };
  return { one: "a string", many: "strings" };
}

function numberNoun({ minimum, maximum }: Schema, name: string): Noun {
  let range = "";
  // 64-bit bounds are left out: nobody gets them wrong, and JavaScript prints them rounded.
  const hasMinimum = Number.isSafeInteger(minimum);
  const hasMaximum = Number.isSafeInteger(maximum);
  if (hasMinimum && hasMaximum) range = ` from ${minimum} to ${maximum}`;
  else if (hasMinimum) range = ` of ${minimum} or more`;
  else if (hasMaximum) range = ` of ${maximum} or less`;
  return { one: `a ${name}${range}`, many: `${name}s${range}` };
}

/** Follow a reference of the form `#/definitions/Name`. */
function resolve(root: Schema, ref: string): Schema {
  let node: unknown = root;
  for (const key of ref.slice(2).split("/"))
    node = (node as Readonly<Record<string, unknown>> | undefined)?.[key];
  if (node === undefined) throw new Error(`schema reference ${ref} leads nowhere`);
  return node as Schema;
}
