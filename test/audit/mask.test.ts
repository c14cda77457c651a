import { expect, test } from "vitest";
import { maskedText } from "../../src/audit/mask.ts";
import { formatJson } from "../../src/report/json.ts";
import { formatSarif } from "../../src/report/sarif.ts";
import { formatTable } from "../../src/report/table.ts";
import { reportOf } from "../support/report.ts";
import { makeRule } from "../support/rules.ts";

const secret = "hunter2hunter2";

/** Reports the whole instruction, and calls one part of it secret. */
const rule = makeRule({ id: "DF9001" }, ({ text }, report) => {
  const start = text.indexOf(secret);
  report(
    { start: text.indexOf("ENV"), end: text.indexOf("\n", start) },
    "a password is in the image",
    {
      masked: [
        { start, end: start + secret.length },
        { start: start + 2, end: start + 5 },
      ],
      related: [{ span: { start: start - 3, end: start + 4 }, message: "it is here" }],
    },
  );
});
/** Knows nothing of secrets, and reports the same line. */
const other = makeRule({ id: "DF9002" }, ({ text }, report) => {
  report({ start: text.indexOf("ENV"), end: text.length }, "an ENV");
});

const report = reportOf({ Dockerfile: `FROM a\nENV PW=${secret} B=1\n` }, [rule, other]);

test("masking keeps every offset", () => {
  const [source] = report.sources;
  expect(source && maskedText(source)).toBe("FROM a\nENV PW=************** B=1\n");
});

test.each([
  ["table", formatTable(report, { isColoured: false, columns: 100, isQuiet: false })],
  ["quiet table", formatTable(report, { isColoured: false, columns: 100, isQuiet: true })],
  ["json", formatJson(report, "1.0.0")],
  ["sarif", formatSarif(report, { version: "1.0.0" })],
])("no part of a secret gets into the %s report, also not through other findings", (_, text) => {
  expect(text).toContain("DF9002");
  expect(text).not.toContain("hunter");
});
