import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ComposeNode } from "../../../src/audit/compose/model.ts";
import { parseCompose } from "../../../src/audit/compose/parse.ts";
import { runRules } from "../../../src/audit/engine.ts";
import { rules } from "../../../src/rules/index.generated.ts";

/** A node as plain data. */
function plain(node: ComposeNode): unknown {
  if (node.kind === "scalar") return node.isNull ? null : node.text;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

const messages = (text: string): readonly string[] =>
  parseCompose(text).problems.map(({ message }) => message);

function settings(text: string): Record<string, unknown> {
  const { problems, services } = parseCompose(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(services.map((s) => [s.name, plain(s.settings)]));
}

describe("what a file says", () => {
  test("scalars are taken as written, null apart", () => {
    expect(settings("services: {a: {x: 022, y: yes, z: ~, w: , v: '~', u: 1e3}}")).toEqual({
      a: { x: "022", y: "yes", z: null, w: null, v: "~", u: "1e3" },
    });
  });

  test("anchors are followed and merged, the nearer entry wins", () => {
    const text = `
x-a: &a {image: one, init: "1", tty: "1"}
x-b: &b {image: two, user: "5"}
services:
  web:
    <<: [*a, *b]
    tty: "2"
  db: *b
`;
    expect(settings(text)).toEqual({
      web: { image: "one", init: "1", tty: "2", user: "5" },
      db: { image: "two", user: "5" },
    });
  });

  test("a merged value keeps the place where it stands", () => {
    const text = "x-a: &a\n  privileged: true\nservices:\n  web:\n    <<: *a\n";
    const [web] = parseCompose(text).services;
    const { start, end } = web?.settings.entries.get("privileged")?.value.span ?? {
      start: 0,
      end: 0,
    };
    expect([start, text.slice(start, end)]).toEqual([text.indexOf("true"), "true"]);
  });

  test("a quoted << is a key like others, !reset takes a setting out", () => {
    expect(settings('services: {a: {"<<": x, image: !reset null, init: !override y}}')).toEqual({
      a: { "<<": "x", init: "y" },
    });
  });

  test("documents are laid over each other, so that each is partial", () => {
    const { services } = parseCompose(
      "services: {a: {image: x}}\n---\nservices: {a: {image: y}}\n",
    );
    expect(services.map(({ name, isPartial }) => [name, isPartial])).toEqual([
      ["a", true],
      ["a", true],
    ]);
  });

  test.each([
    ["services: {a: {image: x}}", "compose.yaml", false],
    ["services: {a: {build: .}}", "docker-compose.prod.yml", false],
    ["services: {a: {init: 1}}", "compose.yaml", true],
    ["services: {a: {image: x, extends: b}}", "compose.yaml", true],
    ["services: {a: {image: x}}", "compose.override.yml", true],
    ["services: {a: }", "compose.yaml", true],
  ])("%s in %s is partial: %s", (text, name, isPartial) => {
    expect(parseCompose(text, name).services.map((s) => s.isPartial)).toEqual([isPartial]);
  });

  test("a byte order mark and CRLF change nothing but places", () => {
    expect(settings("services:\r\n  a:\r\n    image: x # y\r\n")).toEqual({ a: { image: "x" } });
  });
});

describe("comments", () => {
  test("# in quoted and block text is none", () => {
    const text =
      '# tguard ignore=a\nservices: # b\n  x:\n    a: "# c"\n    b: |\n      # d\n    c: e#f\n  # g\n';
    const { comments } = parseCompose(text);
    expect(comments.map((c) => [c.text, c.isTrailing])).toEqual([
      ["tguard ignore=a", false],
      ["b", true],
      ["g", false],
    ]);
    for (const { text: comment, span } of comments)
      expect(text.slice(span.start, span.end)).toBe(`# ${comment}`);
  });
});

describe("bad input becomes a problem", () => {
  const bomb = [
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`),
    "services: {web: {ports: *a9}}",
  ].join("\n");
  test.each([
    ["aliases that multiply", bomb, "aliases multiply without end"],
    ["an anchor in itself", "a: &a [*a]", 'anchor "a" holds itself'],
    ["an anchor merged into itself", "a: &a {<<: *a}", 'anchor "a" holds itself'],
    ["an alias without anchor", "a: *b", 'alias "b" has no anchor'],
    ["a merge of text", "a: {<<: b}", "only mappings can be merged by <<"],
    [
      "values nested too deeply",
      `a: ${"[".repeat(200)}${"]".repeat(200)}`,
      "values are nested more",
    ],
    ["brackets without end", "[".repeat(100_000), "nested too deeply"],
    ["a tab as indentation", "services:\n\ta: b", "tab"],
    ["a key twice", "services: {a: }\nservices: {}", "map keys must be unique"],
    ["a list", "- a", "a compose file must be a mapping"],
    ["a template", "services: {{ x }}", ""],
    ["an open quote", 'services: "', ""],
    ["control characters", "services: \u0001\u0002\u001f", '"services" must be a mapping'],
    ["two thousand documents", "---\na: b\n".repeat(2000), "more than 100 documents"],
  ])("%s", (_, text, message) => {
    const found = messages(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(20);
    expect(found.join("\n")).toContain(message);
  });

  test.each([
    ["nothing", ""],
    ["a comment", "# x"],
    ["null", "~"],
    ["no services", "include: [a.yaml]"],
    ["empty services", "services:"],
  ])("%s is no mistake", (_, text) => {
    expect(messages(text)).toEqual([]);
  });
});

const key = fc.constantFrom(
  "services",
  "web",
  "volumes",
  "ports",
  "cap_add",
  "build",
  "args",
  "<<",
  "a b",
  "é",
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("x", "80:80", "/:/h", "${A:-b}", "${", "true", "", "$$", "\u{1f600}"),
    fc.integer(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));

/** Every span must lie in the text, or a report would fail over it. */
function expectSound(text: string): void {
  const model = parseCompose(text);
  const { findings, failures } = runRules("compose", model, rules);
  expect(failures).toEqual([]);
  for (const { span } of [...findings, ...model.problems, ...model.comments]) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
}

describe("properties", () => {
  test("JSON means what it says: numbers and booleans as written, variables apart", () => {
    const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[^$\\"]*$/));
    fc.assert(
      fc.property(json, (entries) => {
        const [document] = parseCompose(JSON.stringify({ services: {}, "x-y": entries })).documents;
        const node = document?.entries.get("x-y")?.value;
        expect(node && plain(node)).toEqual({ ...entries });
      }),
    );
  });

  test("no value makes a rule fail or point outside of the file", () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), (tree) =>
        expectSound(JSON.stringify({ services: { web: tree }, ...tree }, undefined, 1)),
      ),
      { numRuns: 200 },
    );
  });

  test("no text makes the parser or a rule fail", () => {
    const piece = fc.constantFrom(
      ...[
        "services:",
        "\n",
        "  ",
        "web:",
        "- ",
        "&a ",
        "*a",
        "<<: ",
        "# tguard ignore=x",
        "'",
        '"',
      ],
      ...[
        "|",
        ">",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "? ",
        ": ",
        "!!",
        "%",
        "---\n",
        "\r\n",
        "\t",
        "\ufeff",
        "${",
      ],
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 4 }))),
        (pieces) => expectSound(pieces.join("")),
      ),
      { numRuns: 300 },
    );
  });
});
