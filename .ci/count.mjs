// Prints "PASSED FAILED" of a vitest JSON report; a test file that could not be loaded counts as one failure.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((test) => test.status === "failed"),
).length;
const passed = report.numPassedTests;
const failed = report.numFailedTests + broken;
if (!Number.isInteger(passed) || !Number.isInteger(failed)) throw new Error("no numbers in the report");
console.log(passed, failed);
