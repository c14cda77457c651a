import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CustomRule, compileRule, type Pattern } from "../../../src/audit/custom/compile.ts";
import { compileTest, type TextTest } from "../../../src/audit/custom/text-test.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { findingsOf } from "../../support/rule-tester.ts";

/** Text under each finding and its message. */
function found(rule: Partial<CustomRule>, text: string): string[] {
  const compiled = compileRule({
    id: "ACME1",
    name: "test-rule",
    message: "found",
    examples: { bad: ["x"], good: ["x"] },
    ...rule,
  });
  return findingsOf(compiled, parseDockerfile(text)).map(
    ({ span, message }) => `${text.slice(span.start, span.end)}: ${message}`,
  );
}

describe("patterns", () => {
  test.each<[title: string, when: Pattern, text: string, spans: string[]]>([
    ["an instruction in any case", { instruction: "EXPOSE" }, "FROM a\nexpose 1", ["expose 1"]],
    ["several", { instruction: ["copy", "add"] }, "FROM a\nADD b c\nRUN x", ["ADD b c"]],
    ["all but one", { instruction: { not: "from" } }, "FROM a\nUSER b", ["USER b"]],
    ["a registry", { registry: { not: "r.example" } }, "FROM r.example/a\nFROM b:1", ["b:1"]],
    ["Docker Hub by its name", { registry: "docker.io" }, "FROM a", ["a"]],
    ["no tag", { tag: { present: false } }, "FROM a\nFROM b:1", ["a"]],
    ["stages and scratch are no images", { image: "*" }, "FROM scratch AS x\nFROM x", []],
    ["an unknown image", { image: "*" }, "ARG A\nFROM $A", []],
    ["an image copied from", { image: "x:*" }, "FROM a\nCOPY --from=x:1 b c", ["x:1"]],
    [
      "a flag",
      { flags: { chown: "root*" } },
      "FROM a\nCOPY --chown=root:1 b c\nCOPY d e",
      ["COPY --chown=root:1 b c"],
    ],
    [
      "a flag that is not there",
      { instruction: "copy", flags: { chown: { present: false } } },
      "FROM a\nCOPY b c",
      ["COPY b c"],
    ],
    ["a key", { instruction: "label", key: "org.*" }, "FROM a\nLABEL org.x=1 y=2", ["org.x=1"]],
    ["a value", { key: "A", value: { regex: "^\\d+$" } }, "FROM a\nENV A=12\nENV A=b", ["A=12"]],
    [
      "an argument",
      { argument: "/etc/*" },
      "FROM a\nCOPY b /etc/c\nWORKDIR /etc/d",
      ["/etc/c", "/etc/d"],
    ],
    ["a text", { text: "*secret*" }, "FROM a\nRUN echo secret", ["RUN echo secret"]],
    [
      "the final stage",
      { instruction: "expose", stage: "final" },
      "FROM a\nEXPOSE 1\nFROM b\nEXPOSE 2",
      ["EXPOSE 2"],
    ],
    [
      "a command by name",
      { command: { name: "curl" } },
      "FROM a\nRUN x && curl b | sh",
      ["curl b"],
    ],
    [
      "a command's words",
      { command: { name: "curl", has: ["-k"], lacks: ["--retry"] } },
      "FROM a\nRUN curl -k b; curl -k --retry=3 b; curl -k $X",
      ["curl -k b"],
    ],
    [
      "a subcommand",
      { command: { name: "npm", subcommand: ["i", "install"] } },
      "FROM a\nRUN npm install; npm test",
      ["npm install"],
    ],
    [
      "what it is piped to",
      { command: { name: "curl", pipedTo: ["sh", "bash"] } },
      "FROM a\nRUN curl b | sh; curl c | tar x",
      ["curl b"],
    ],
    [
      "an exec form",
      { command: { name: "sshd" } },
      'FROM a\nCMD ["/usr/sbin/sshd", "-D"]',
      ['["/usr/sbin/sshd", "-D"]'],
    ],
    ["a trigger", { instruction: "user" }, "FROM a\nONBUILD USER b", ["USER b"]],
  ])("%s", (_, when, text, spans) => {
    expect(found({ when }, text)).toEqual(spans.map((span) => `${span}: found`));
  });

  test("missing is said of the last FROM", () => {
    const rule = { missing: { instruction: "label", key: "owner" }, message: "{image} has none" };
    expect(found(rule, "FROM a:1\nLABEL owner=x\nFROM b:1")).toEqual(["FROM b:1: b:1 has none"]);
    expect(found(rule, "FROM a:1 AS c\nLABEL owner=x\nFROM c")).toEqual([]);
  });

  test("words in the message; a fix", () => {
    expect(
      found(
        { when: { key: "A", instruction: "env" }, message: "{instruction} {key}={value} {no}" },
        "FROM a\nENV A=1",
      ),
    ).toEqual(["A=1: ENV A=1 {no}"]);
    const rule = compileRule({
      id: "ACME1",
      name: "x",
      message: "m",
      examples: { bad: [], good: [] },
      when: { argument: "/a" },
      fix: { replace: "/b" },
    });
    expect(findingsOf(rule, parseDockerfile("FROM a\nWORKDIR /a"))[0]?.fix).toEqual({
      title: 'write "/b"',
      safe: false,
      edits: [{ span: { start: 15, end: 17 }, text: "/b" }],
    });
  });
});

describe("tests of texts", () => {
  test.each<[TextTest, string | undefined, boolean]>([
    ["a*c", "abc", true],
    ["a?c", "ac", false],
    [["x", "y*"], "yes", true],
    [{ not: ["x", "y"] }, "x", false],
    [{ not: "x" }, undefined, false],
    [{ present: false }, undefined, true],
    [{ present: true }, "", true],
    [{ regex: "^a", not: "ab" }, "ac", true],
    ["*", undefined, false],
  ])("%j on %j", (wanted, value, expected) => {
    expect(compileTest(wanted)(value)).toBe(expected);
  });

  test("wildcards mean what the same regular expression means", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 });
    const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 8 });
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        const source = pattern.map((c) => (c === "*" ? ".*" : c === "?" ? "." : c)).join("");
        const expected = new RegExp(`^${source}$`).test(value.join(""));
        expect(compileTest(pattern.join(""))(value.join(""))).toBe(expected);
      }),
    );
  });
});
