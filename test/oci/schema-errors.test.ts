import { Ajv } from "ajv";
import { expect, test } from "vitest";
import type { Schema } from "../../src/oci/expectation.ts";
import { type SchemaValidator, schemaViolations } from "../../src/oci/schema-errors.ts";

function messages(schema: Schema, value: unknown): string[] {
  const ajv = new Ajv({ allErrors: true, messages: false, strict: false });
  const validate = ajv.compile(schema) as SchemaValidator;
  return schemaViolations(validate, () => schema, value).map((item) => item.message);
}

const rule: Schema = {
  anyOf: [
    { const: false },
    {
      type: "object",
      additionalProperties: false,
      properties: { severity: { enum: ["low", "high"] }, level: { type: "integer", minimum: 1 } },
    },
  ],
};

test.each<[name: string, schema: Schema, value: unknown, messages: string[]]>([
  [
    "alternatives: none has the type",
    rule,
    7,
    ["the document must be false or an object, found a number (7)"],
  ],
  [
    "alternatives: a fault inside of one",
    rule,
    { level: 0 },
    ["/level must be a whole number of 1 or more, found 0"],
  ],
  [
    "alternatives: an unknown key",
    rule,
    { sverity: 1 },
    ['/sverity is not a known key; did you mean "severity"?'],
  ],
  [
    "a key that resembles none",
    rule,
    { x: 1 },
    ['/x is not a known key; known are "severity", "level"'],
  ],
  [
    "alternatives below",
    { type: "object", properties: { a: rule, b: { type: "string" } } },
    { a: null, b: 1 },
    ["/a must be false or an object, found null", "/b must be a string, found a number (1)"],
  ],
  [
    "several types",
    { type: ["string", "null"] },
    true,
    ["the document must be a string or null, found true"],
  ],
  [
    "wrong type and not in the list",
    { type: "string", enum: ["a"] },
    1,
    ['the document must be "a", found a number (1)'],
  ],
  [
    "words of the schema",
    { type: "string", pattern: "^\\d+d$", expected: "an age such as 90d" },
    "x",
    ['the document must be an age such as 90d, found "x"'],
  ],
  [
    "a pattern",
    { type: "string", pattern: "^a" },
    "b",
    ['the document must be a string that matches ^a, found "b"'],
  ],
  [
    "an empty string",
    { type: "string", minLength: 1 },
    "",
    ["the document must be a non-empty string, found an empty string"],
  ],
  [
    "a reference",
    {
      properties: { a: { $ref: "#/definitions/B" } },
      definitions: { B: { type: "array", items: { type: "boolean" } } },
    } as Schema,
    { a: [1] },
    ["/a/0 must be true or false, found a number (1)"],
  ],
  [
    "a missing key",
    { required: ["a/b"], properties: { "a/b": { type: "number", maximum: 5 } } } as Schema,
    {},
    ["/a~1b is missing: it must be a number of 5 or less"],
  ],
  ["nothing wrong", rule, { severity: "low" }, []],
])("%s", (_name, schema, value, expected) => {
  expect(messages(schema, value)).toEqual(expected);
});
