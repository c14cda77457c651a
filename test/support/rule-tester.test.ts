import { expect, test } from "vitest";
import type { Finding } from "../../src/audit/finding.ts";
import { dedent, drawFindings, withoutMarkers } from "./rule-tester.ts";

const finding = (start: number, end: number, extra: Partial<Finding> = {}): Finding => ({
  ruleId: "DF9001",
  severity: "low",
  message: "here",
  span: { start, end },
  ...extra,
});

const source = "FROM debian\nRUN a && \\\n    b\n";

test.each<[string, readonly Finding[], string]>([
  ["a word", [finding(5, 11)], "FROM debian\n     ~~~~~~ here\nRUN a && \\\n    b\n"],
  [
    "two on a line",
    [finding(0, 4), finding(5, 11)],
    "FROM debian\n~~~~ here\n     ~~~~~~ here\nRUN a && \\\n    b\n",
  ],
  ["an empty place", [finding(12, 12)], "FROM debian\nRUN a && \\\n^ here\n    b\n"],
  ["the end", [finding(29, 29)], "FROM debian\nRUN a && \\\n    b\n\n^ here"],
  ["several lines", [finding(12, 28)], "FROM debian\nRUN a && \\\n~~~~~~~~~~>+1:6 here\n    b\n"],
  [
    "a related place",
    [finding(12, 15, { related: [{ span: { start: 0, end: 4 }, message: "there" }] })],
    "FROM debian\n---- related: there\nRUN a && \\\n~~~ here\n    b\n",
  ],
])("%s is drawn, and undrawn", (_, findings, drawn) => {
  expect(drawFindings(source, findings)).toBe(drawn);
  expect(withoutMarkers(drawn).trimEnd()).toBe(source.trimEnd());
});

test("dedent takes the common indentation off, and leaves one-line sources alone", () => {
  expect(dedent("\n    FROM a\n      RUN b\n    ")).toBe("FROM a\n  RUN b\n");
  expect(dedent("  FROM a")).toBe("  FROM a");
});
