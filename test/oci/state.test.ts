import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { checkContainerId, type OciState } from "../../src/oci/state.ts";

test.each([
  "web",
  "a",
  "0",
  "_",
  "+x",
  "-x",
  "web-1.2_3+4",
  "a..b",
  ".hidden",
  "...",
  "x".repeat(1024),
])("%s is an id", (id) => {
  expect(() => checkContainerId(id)).not.toThrow();
});

test.each([
  ["", "it is empty"],
  [".", "it would name another directory"],
  ["..", "it would name another directory"],
  ["a/b", 'it contains "/"'],
  ["/abs", 'it contains "/"'],
  ["a b", 'it contains " "'],
  ["a\n", 'it contains "\\n"'],
  ["a\0", 'it contains "\\u0000"'],
  ["ä", 'it contains "ä"'],
  ["x".repeat(1025), "it has 1025 characters, at most 1024 are allowed"],
])("%j is no id: %s", (id, why) => {
  let thrown: unknown;
  try {
    checkContainerId(id);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  expect((thrown as UserError).cause).toEqual(new Error(why));
});

test("the state's type is that of the specification's schema", () => {
  const read = (path: string): object => JSON.parse(readFileSync(path, "utf8")) as object;
  const { $schema: _draft04, ...schema } = read("fixtures/oci-schema/state/state-schema.json") as {
    $schema: string;
  };
  const ajv = new Ajv({ strict: false });
  ajv.addSchema(read("src/oci/schema/defs.json"), "defs.json");
  const validate = ajv.compile(schema);
  const state: Required<OciState> = {
    ociVersion: "1.3.0",
    id: "web",
    status: "creating",
    pid: 0,
    bundle: "/b",
    annotations: { a: "b" },
  };
  expect(validate(state)).toBe(true);
  const { pid: _pid, annotations: _annotations, ...smallest } = state;
  expect(validate(smallest)).toBe(true);
  expect(validate(read("fixtures/oci-schema/state/good/spec-example.json"))).toBe(true);
  expect(validate({ ...state, status: "paused" })).toBe(false);
});
