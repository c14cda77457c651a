import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import {
  escapePointer,
  JsonCursor,
  type JsonSource,
  parseJsonSource,
} from "../../src/base/json-source.ts";

const parse = (text: string): JsonSource => parseJsonSource(text, { name: "t.json" });
const textAt = (source: JsonSource, pointer: string): string => {
  const { start, end } = source.spanOf(pointer);
  return source.text.slice(start, end);
};
const errorOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return `${error.where} ${error.message}`;
    throw error;
  }
  return "no error";
};

describe("values", () => {
  test("are those of JSON.parse", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text).value).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  test("mutated texts are accepted exactly when JSON.parse accepts them", () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\u/bn01.-+eE \n\ttruefalsnl\u0000\u2028😀'.split(""),
    );
    const mutated = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.nat(3), fc.array(pieces, { maxLength: 3 }))
      .map(([value, at, cut, add]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + add.join("") + text.slice(place + cut);
      });
    fc.assert(
      fc.property(mutated, (text) => {
        let expected: { value: unknown } | undefined;
        try {
          expected = { value: JSON.parse(text) };
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(() => parse(text)).toThrow(UserError);
        else expect(parse(text).value).toStrictEqual(expected.value);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"__proto__":{"a":1},"constructor":2}'],
    ['{"a":1,"a":2}'],
    ['"\\ud800 \\u00e9 \\/ \\b\\f\\n\\r\\t"'],
    ["-0"],
    ["1e400"],
    ["12345678901234567890"],
    [" \r\n\t[ ] "],
  ])("%s", (text) => {
    expect(parse(text).value).toStrictEqual(JSON.parse(text));
  });
});

describe("places", () => {
  test("every value's span holds the text of that value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const source = parse(JSON.stringify(value, null, indent));
        const check = (pointer: string, part: unknown): void => {
          const place = source.locate(pointer);
          expect(place).toBeDefined();
          if (place === undefined) return;
          expect(JSON.parse(source.text.slice(place.value.start, place.value.end))).toStrictEqual(
            part,
          );
          if (typeof part !== "object" || part === null) return;
          for (const [key, child] of Object.entries(part)) {
            const below = `${pointer}/${escapePointer(key)}`;
            check(below, child);
            const keySpan = source.locate(below)?.key;
            if (Array.isArray(part)) expect(keySpan).toBeUndefined();
            else expect(JSON.parse(source.text.slice(keySpan?.start, keySpan?.end))).toBe(key);
          }
        };
        check("", JSON.parse(source.text));
      }),
    );
  });

  const source = parse('{\n "a/b": {"~": [10, {"x": "y\\u0041\\nz"}]},\n "n": null\n}');
  test.each([
    ["/a~1b/~0/0", "10"],
    ["/a~1b/~0/1", "{"],
    ["/a~1b/~0", '"~"'],
    ["/a~1b", '"a/b"'],
    ["/n", "null"],
    ["/a~1b/~0/1/x", '"y\\u0041\\nz"'],
    ["/a~1b/~0/1/x/deeper", '"y\\u0041\\nz"'],
    ["/a~1b/~0/2", '"~"'],
    ["/a~1b/~0/00", '"~"'],
    ["/missing/part", "{"],
    ["", "{"],
  ])("%s points at %s", (pointer, text) => {
    expect(textAt(source, pointer)).toBe(text);
  });

  test.each([
    [0, 1, "y"],
    [1, 2, "\\u0041"],
    [1, 3, "\\u0041\\n"],
    [3, 4, "z"],
    [0, 99, "y\\u0041\\nz"],
  ])("code units %i to %i of a string with escapes", (start, end, text) => {
    const span = source.spanInString("/a~1b/~0/1/x", start, end);
    expect(source.text.slice(span.start, span.end)).toBe(text);
  });

  test("a value that is no string is pointed at whole", () => {
    expect(source.spanInString("/n", 0, 1)).toEqual(source.spanOf("/n"));
  });
});

describe("errors name line and column", () => {
  test.each([
    ["", "t.json:1:1 t.json is not JSON: expected a value, found end of file"],
    ["\ufeff{}", "t.json:1:1 t.json is not JSON: expected a value, found a byte order mark"],
    [
      '{\n  "a": 1,\n}',
      't.json:3:1 t.json is not JSON: expected a key in double quotes, found "}"',
    ],
    ['{"a" 1}', 't.json:1:6 t.json is not JSON: expected ":" after a key, found "1"'],
    ['{"a": 1 "b"}', 't.json:1:9 t.json is not JSON: expected "," or "}", found "\\""'],
    ["[1 2]", 't.json:1:4 t.json is not JSON: expected "," or "]", found "2"'],
    ["[1]\nx", 't.json:2:1 t.json is not JSON: expected end of file, found "x"'],
    ['["abc', "t.json:1:2 t.json is not JSON: the string that begins here does not end"],
    ['["a\nb"]', 't.json:1:4 t.json is not JSON: control character "\\n" in a string'],
    ['["\\x"]', "t.json:1:3 t.json is not JSON: unknown escape in a string"],
    ['["\\u12g4"]', "t.json:1:3 t.json is not JSON: unknown escape in a string"],
    ["// no", 't.json:1:1 t.json is not JSON: expected a value, found "/"'],
    [`\n${"[".repeat(201)}`, "t.json:2:201 t.json is not JSON: nested deeper than 200"],
    [`\n${'{"a":'.repeat(100_000)}`, "t.json:2:1001 t.json is not JSON: nested deeper than 200"],
  ])("%#", (text, message) => {
    expect(errorOf(() => parse(text))).toBe(message);
  });

  test("exactly 200 levels are read", () => {
    expect(() => parse("[".repeat(200) + "]".repeat(200))).not.toThrow();
  });

  test("a text over the size limit is refused before it is read", () => {
    expect(errorOf(() => parseJsonSource("[1,2,3]", { name: "t.json", maxLength: 6 }))).toBe(
      "t.json t.json is too large: 7 characters, at most 6",
    );
  });
});

describe("JsonCursor", () => {
  const root = new JsonCursor(
    parse('{"s": "x",\n "n": 1.5, "z": null, "a": ["x", 2], "o": {"b": true}}'),
  );

  test("reads typed values", () => {
    expect(root.need("s").string()).toBe("x");
    expect(root.get("z")).toBeUndefined();
    expect(root.get("toString")).toBeUndefined();
    expect(root.need("o").need("b").boolean()).toBe(true);
    expect(root.entries().map(([key, at]) => [key, at.pointer])).toEqual([
      ["s", "/s"],
      ["n", "/n"],
      ["z", "/z"],
      ["a", "/a"],
      ["o", "/o"],
    ]);
  });

  test.each([
    [
      "wrong scalar",
      () => root.need("n").string(),
      "t.json:2:7 t.json /n must be a string, found 1.5",
    ],
    [
      "fraction",
      () => root.need("n").integer(),
      "t.json:2:7 t.json /n must be an integer, found 1.5",
    ],
    [
      "element",
      () => root.need("a").strings(),
      "t.json:2:34 t.json /a/1 must be a string, found 2",
    ],
    [
      "no object",
      () => root.need("a").get("x"),
      "t.json:2:23 t.json /a must be an object, found an array",
    ],
    [
      "no array",
      () => root.need("o").items(),
      "t.json:2:38 t.json /o must be an array, found an object",
    ],
    ["missing", () => root.need("gone"), 't.json:1:1 t.json has no "gone"'],
    [
      "no boolean",
      () => root.need("s").boolean(),
      't.json:1:7 t.json /s must be true or false, found the string "x"',
    ],
  ])("%s", (_, run, message) => {
    expect(errorOf(run)).toBe(message);
  });
});
