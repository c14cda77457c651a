import type { AuditReport } from "../../src/audit/result.ts";
import { reportOf } from "./report.ts";
import { makeRule, textRule } from "./rules.ts";

/** A report that has one of everything that a report can have. */
export const fullReport: AuditReport = makeFullReport();

function makeFullReport(): AuditReport {
  const debian = textRule(
    {
      id: "DF9001",
      name: "has-debian",
      severity: "high",
      cwe: ["CWE-250", "CWE-79"],
      aliases: ["hadolint:DL9001"],
    },
    "debian",
  );
  const add = makeRule({ id: "DF9002", severity: "low" }, (model, report) => {
    const [first] = model.instructions;
    for (const instruction of model.instructions) {
      if (instruction.kind !== "add" || first === undefined) continue;
      const { keywordSpan: span } = instruction;
      report(span, 'ADD does what "COPY" does', {
        fix: { title: "Write COPY", safe: true, edits: [{ span, text: "COPY" }] },
        related: [{ span: first.span, message: "the stage begins here" }],
      });
    }
  });
  const nowhere = makeRule({ id: "DF9003", severity: "info" }, ({ text }, report) => {
    report({ start: text.length, end: text.length }, "the end of the file");
    report({ start: 0, end: 0 }, "the beginning");
  });
  const report = reportOf(
    {
      "my app/Docker#file ü": "FROM debian\nADD a b\nRUN x && \\\n    y\n",
      Containerfile:
        "# tguard ignore=DF9001 the vendor ships it so\nFROM debian\n# hadolint ignore=DL9001\nRUN debian\n\n",
      empty: "",
    },
    [debian, add, nowhere],
  );
  return {
    ...report,
    notifications: [
      {
        level: "error",
        message: 'cannot read "x"',
        causes: ["permission denied"],
        where: "x",
        hint: "allow it",
      },
      {
        level: "error",
        message: "rule DF9001 has-debian failed: boom",
        ruleId: "DF9001",
        where: "Containerfile",
        location: { uri: "Containerfile" },
      },
      {
        level: "warning",
        message: 'the comment ignores "DF1", which is no rule',
        where: "Containerfile:1:1",
        location: { uri: "Containerfile", line: 1, column: 1 },
      },
    ],
  };
}
