import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { expect, test } from "vitest";
import type { AuditReport } from "../../src/audit/result.ts";
import { homepage } from "../../src/base/version.ts";
import { formatSarif } from "../../src/report/sarif.ts";
import { rules } from "../../src/rules/index.generated.ts";
import { fullReport } from "../support/full-report.ts";
import { reportOf } from "../support/report.ts";

const tool = process.env["SARIF_MULTITOOL"];

const needed = "npm run test:sarif fetches the validator and runs it";

/** A report that names every rule there is. */
const everyRule: AuditReport = {
  ...reportOf({ Dockerfile: "FROM scratch\n" }, []),
  rules: rules.map(({ meta }) => meta),
};

test.for<[string, AuditReport]>([
  ["a report with one of everything", fullReport],
  ["all rules", everyRule],
])("Microsoft's validator, with GitHub's rules, finds no error in %s", ([, report], { skip }) => {
  skip(tool === undefined, needed);
  expect(problemsOf(formatSarif(report, { version: "1.2.3", homepage }))).toEqual(
    // The validator misses the address of a program that has none yet.
    homepage === undefined ? ["warning SARIF2005"] : [],
  );
});

test("it finds what is wrong", ({ skip }) => {
  skip(tool === undefined, needed);
  const broken = formatSarif(fullReport, { version: "1.2.3" }).replaceAll(
    '"helpUri": "https:',
    '"helpUri": "no uri ',
  );
  expect(problemsOf(broken)).toContain("error SARIF1002");
});

/** Errors and warnings as `level RULE`, each once; notes are left out. */
function problemsOf(sarif: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "tguard-sarif-"));
  try {
    const [input, output] = [join(folder, "in.sarif"), join(folder, "out.sarif")];
    writeFileSync(input, sarif);
    execFileSync(
      tool ?? "",
      ["validate", input, "--rule-kind", "Sarif;Ghas", "-o", output, "--log", "ForceOverwrite"],
      { stdio: "ignore", env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" } },
    );
    const log: Log = JSON.parse(readFileSync(output, "utf8"));
    const results = log.runs.flatMap((run) => run.results ?? []);
    return [...new Set(results.map((r) => `${r.level ?? "warning"} ${r.ruleId}`))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
