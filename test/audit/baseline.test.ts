import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatBaseline, markKnown, readBaseline } from "../../src/audit/baseline.ts";
import { isOpen } from "../../src/audit/result.ts";
import { reportOf } from "../support/report.ts";
import { textRule } from "../support/rules.ts";

const folder = mkdtempSync(join(tmpdir(), "tguard-baseline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rules = [textRule({ id: "DF9001", name: "has-foo" }, "foo")];

/** Open findings of a new text under the baseline of an old one, by line. */
function openLines(before: string, after: string): number[] {
  const path = join(folder, "baseline.json");
  writeFileSync(path, formatBaseline(reportOf({ Dockerfile: before }, rules)));
  const baseline = readBaseline(path);
  return reportOf({ Dockerfile: after }, rules)
    .sources.map((source) => markKnown(source, baseline))
    .flatMap(({ text, findings }) =>
      findings.filter(isOpen).map(({ span }) => text.slice(0, span.start).split("\n").length),
    );
}

test.each([
  ["the same file", "FROM foo\n", "FROM foo\n", []],
  ["lines that come elsewhere", "FROM foo\n", "# new\n\nFROM foo\nRUN x\n", []],
  ["a second one of the same", "FROM foo\n", "FROM foo\nRUN foo\n", [2]],
  ["what was suppressed is not in it", "# tguard ignore=DF9001\nFROM foo\n", "FROM foo\n", [1]],
  ["nothing before", "FROM x\n", "FROM foo\n", [1]],
])("%s", (_, before, after, lines) => {
  expect(openLines(before, after)).toEqual(lines);
});

test("a secret does not stand in it", () => {
  const secret = textRule({ id: "DF9002", name: "has-key" }, "hunter2");
  const masking = {
    ...secret,
    check: ((model, report, options) =>
      secret.check(
        model,
        (at, _, more) => report(at, "a key", { ...more, masked: [at] }),
        options,
      )) as typeof secret.check,
  };
  const text = formatBaseline(reportOf({ Dockerfile: "ENV K=hunter2\n" }, [masking]));
  expect(text).not.toContain("hunter2");
  expect(text).toContain("DF9002");
});

test.each([
  ["not JSON", "{", "is not a baseline"],
  ["another shape", '{"version": 2}', "is not a baseline"],
  ["wrong entries", '{"version": 1, "sources": {"a": [1]}}', "is not a baseline"],
])("%s: one clear error", (_, text, message) => {
  const path = join(folder, "bad.json");
  writeFileSync(path, text);
  expect(() => readBaseline(path)).toThrow(message);
});

test("a file that is not there, a folder", () => {
  expect(() => readBaseline(join(folder, "absent"))).toThrow("cannot read");
  expect(() => readBaseline(folder)).toThrow("cannot read the baseline");
});
