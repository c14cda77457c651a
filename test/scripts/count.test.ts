import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tguard-count-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function count(report: string): { status: number | null; stdout: string } {
  const file = join(folder, "report.json");
  writeFileSync(file, report);
  return spawnSync(process.execPath, [".ci/count.mjs", file], { encoding: "utf8" });
}

const passing = { status: "passed", assertionResults: [{ status: "passed" }] };
const failing = { status: "failed", assertionResults: [{ status: "failed" }] };
const unloadable = { status: "failed", assertionResults: [] };
const hookFailed = { status: "failed", assertionResults: [{ status: "skipped" }] };

describe(".ci/count.mjs", () => {
  test.each([
    ["all well", 3, 0, [passing], "3 0\n"],
    ["a failed test counts once", 3, 1, [passing, failing], "3 1\n"],
    ["a file that did not load is a failure", 3, 0, [passing, unloadable], "3 1\n"],
    ["so is one whose hook failed", 3, 1, [failing, hookFailed], "3 2\n"],
  ])("%s", (_, numPassedTests, numFailedTests, testResults, expected) => {
    const { status, stdout } = count(
      JSON.stringify({ numPassedTests, numFailedTests, testResults }),
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: expected });
  });

  test.each(["", "{}", '{"testResults":[]}'])("no numbers is an error: %j", (report) => {
    expect(count(report).status).not.toBe(0);
  });
});
