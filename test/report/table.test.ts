import { expect, test } from "vitest";
import { firstSentence, formatTable } from "../../src/report/table.ts";
import { reportOf } from "../support/report.ts";
import { makeRule, textRule } from "../support/rules.ts";

const plain = { isColoured: false, columns: 80, isQuiet: false };
const debian = textRule({ id: "DF9001", name: "has-debian", severity: "high" }, "debian");
const run = makeRule({ id: "DF9002", name: "long-run", severity: "low" }, (model, report) => {
  for (const i of model.instructions)
    if (i.kind === "run") {
      const [first] = model.instructions;
      report(i.span, "the command is long", {
        related: [{ span: first?.keywordSpan ?? i.span, message: "the stage begins here" }],
      });
    }
});

test("findings by source, with excerpt, related place, and what to do", () => {
  const report = reportOf(
    {
      "a/Dockerfile": "FROM debian\nRUN a && \\\n    b\n",
      clean: "FROM alpine\n",
      Containerfile: "# tguard global ignore=DF9001\nFROM debian AS debian\n",
    },
    [debian, run],
  );
  expect(formatTable(report, plain)).toBe(`a/Dockerfile

  high      DF9001 has-debian  1:6
    "debian" is here
        1 | FROM debian
          |      ~~~~~~
    fix: Write \`FROM alpine:3.22\`.

  low       DF9002 long-run  2:1
    the command is long
        2 | RUN a && \\
          | ~~~~~~~~~~
        3 |     b
          |     ~
    the stage begins here:
        1 | FROM debian
          | ~~~~
    fix: Write \`FROM alpine:3.22\`.

2 findings in 3 sources: 1 high, 1 low; 2 suppressed
`);
});

test("the bar stands straight below long line numbers", () => {
  const report = reportOf({ Dockerfile: `FROM a\n${"\n".repeat(123_456)}RUN debian\n` }, [debian]);
  expect(formatTable(report, plain)).toContain(
    "    123458 | RUN debian\n           |     ~~~~~~\n",
  );
});

test("an empty report", () => {
  expect(formatTable({ sources: [], notifications: [], rules: [] }, plain)).toBe(
    "nothing was audited\n",
  );
});

test("clean", () => {
  const report = reportOf({ Dockerfile: "FROM alpine\n" }, [debian]);
  expect(formatTable(report, plain)).toBe("no findings in 1 source\n");
  expect(formatTable(report, { ...plain, isQuiet: true })).toBe("");
});

test("quiet: one line a finding, as editors read it", () => {
  const report = reportOf({ "a/Dockerfile": "FROM debian\nRUN debian\n" }, [debian]);
  expect(formatTable(report, { ...plain, isQuiet: true })).toBe(
    'a/Dockerfile:1:6 high DF9001 has-debian: "debian" is here\n' +
      'a/Dockerfile:2:5 high DF9001 has-debian: "debian" is here\n',
  );
});

test("colour is where it is asked for, and nowhere else", () => {
  const report = reportOf({ Dockerfile: "FROM debian\n" }, [debian]);
  const coloured = formatTable(report, { ...plain, isColoured: true });
  expect(coloured).toContain("\x1b[31m~~~~~~\x1b[39m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are the subject
  expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(formatTable(report, plain));
});

test("a hostile source, message or file name cannot steer the terminal", () => {
  const hostile = makeRule({ id: "DF9003" }, ({ text }, report) => {
    report({ start: 0, end: text.length }, "message \x1b]0;title\x07 \u202e");
  });
  const report = reportOf({ "Docker\x1b[2Jfile": "FROM \x1b[31mx\r\x9b1m\u202e\n" }, [hostile]);
  for (const isQuiet of [false, true]) {
    const shown = formatTable(report, { ...plain, isQuiet });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  }
});

test("no line is wider than the terminal", () => {
  const text = `FROM debian\nRUN ${"x".repeat(300)} debian ${"y".repeat(300)}\n`;
  const report = reportOf({ Dockerfile: text }, [debian, run]);
  for (const line of formatTable(report, { ...plain, columns: 50 }).split("\n"))
    expect(line.length).toBeLessThanOrEqual(50);
});

test.each([
  ["One. Two.", "One."],
  ["Use `v1.2` or e.g. this one, then stop. Next", "Use `v1.2` or e.g. this one, then stop."],
  ["No stop", "No stop"],
  ["Broken\nline\n\nNext paragraph.", "Broken line"],
  ["Do this:\n```sh\ncode\n```", "Do this:"],
])("the first sentence of %j is %j", (markdown, sentence) => {
  expect(firstSentence(markdown)).toBe(sentence);
});
