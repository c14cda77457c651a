import fc from "fast-check";
import { expect, test } from "vitest";
import { validateConfig } from "../../src/oci/validate.ts";
import { type Violation, valueAt } from "../../src/oci/violation.ts";
import { goodConfig, put } from "./config.ts";

/** Every pointer of a value, the root's left out. */
function pointers(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const pointer = `${prefix}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [pointer, ...pointers(item, pointer)];
  });
}

function expectResolvable(value: unknown, violations: readonly Violation[]): void {
  for (const { pointer, message } of violations) {
    const parent = pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
    const isThere = valueAt(value, pointer) !== undefined || valueAt(value, parent) !== undefined;
    expect(isThere, `${pointer}: ${message}`).toBe(true);
    // One line that a terminal shows as it is.
    expect(message).not.toMatch(/\p{Cc}/u);
  }
}

test("any JSON is judged without exception, at places that exist", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => expectResolvable(value, validateConfig(value))),
    { numRuns: 300 },
  );
});

test("a good configuration with some values replaced is judged without exception, at places that exist", () => {
  const places = pointers(goodConfig());
  const changes = fc.array(fc.tuple(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(changes, (list) => {
      const config = goodConfig();
      for (const [pointer, value] of list) {
        const parent = valueAt(config, pointer.slice(0, pointer.lastIndexOf("/")));
        // An earlier change may have replaced what this one would go into.
        if (typeof parent === "object" && parent !== null)
          put(config, pointer, structuredClone(value));
      }
      // An index beyond an array's end left a hole, which JSON does not have.
      const json: unknown = JSON.parse(JSON.stringify(config));
      expectResolvable(json, validateConfig(json));
    }),
    { numRuns: 500 },
  );
});

test("strings in place of the good ones are judged without exception, at places that exist", () => {
  const strings = pointers(goodConfig()).filter(
    (p) => typeof valueAt(goodConfig(), p) === "string",
  );
  fc.assert(
    fc.property(fc.constantFrom(...strings), fc.string({ unit: "binary" }), (pointer, value) => {
      const config = goodConfig();
      put(config, pointer, value);
      expectResolvable(config, validateConfig(config));
    }),
    { numRuns: 200 },
  );
});

test("unknown keys are let pass: config.md#extensibility", () => {
  const places = ["", ...pointers(goodConfig())].filter((pointer) => {
    const value = valueAt(goodConfig(), pointer);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    // These hold names of other things, not keys of the specification.
    return isObject && !/^\/(annotations|linux\/(sysctl|timeOffsets|netDevices))$/.test(pointer);
  });
  fc.assert(
    fc.property(fc.constantFrom(...places), (pointer) => {
      const config = goodConfig();
      put(config, `${pointer}/org.example.unknown`, { any: [1, null] });
      expect(validateConfig(config)).toEqual([]);
    }),
  );
});
