import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import { rules } from "../../src/rules/index.generated.ts";

// All rules over what nobody writes. The limits only catch what would never end: they are no measure of speed.

/** A child of its own: a rule that hangs would hang the test with it. */
function auditElsewhere(source: string): { failures: number; findings: number } {
  const module = (path: string): string =>
    JSON.stringify(join(import.meta.dirname, "../../src", path));
  const program = `
    const { parseDockerfile } = await import(${module("audit/dockerfile/parse.ts")});
    const { runRules } = await import(${module("audit/engine.ts")});
    const { rules } = await import(${module("rules/index.generated.ts")});
    const text = ${source};
    const { findings, failures } = runRules("dockerfile", parseDockerfile(text), rules);
    for (const { ruleId, error } of failures) console.error(ruleId, error);
    console.log(JSON.stringify({ findings: findings.length, failures: failures.length }));`;
  const bun = join(import.meta.dirname, "../../node_modules/.bin/bun");
  const { stdout, stderr, signal } = spawnSync(bun, ["-e", program], {
    encoding: "utf8",
    timeout: 100_000,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(signal, "it took longer than 100 s").toBeNull();
  if (stdout === "") throw new Error(stderr.slice(0, 2000));
  return JSON.parse(stdout) as { failures: number; findings: number };
}

describe("large files", () => {
  test.each<[string, string]>([
    [
      "1,000 stages, each FROM the one before",
      '"FROM a AS s0\\n" + Array.from({ length: 999 }, (_, i) => `FROM s${i} AS s${i + 1}\\nCOPY --from=s${i} /a /b\\nRUN echo ${i}\\n`).join("")',
    ],
    [
      "10,000 RUNs",
      '"FROM a\\n" + Array.from({ length: 10000 }, (_, i) => `RUN apt-get update && apt-get install p${i}\\n`).join("")',
    ],
    [
      "10,000 mixed instructions",
      '"FROM a\\n" + Array.from({ length: 2500 }, (_, i) => `ENV K${i}=v PATH=/x${i}:$PATH\\nCOPY a${i} /b${i}/\\nRUN pip install x${i} && curl http://x/${i} | sh\\nLABEL l${i}=$K${i}\\n`).join("")',
    ],
    ["a RUN of 5 MB", '"FROM a\\nRUN echo " + "x".repeat(5_000_000) + "\\n"'],
    [
      "a RUN of 5 MB of words",
      '"FROM a\\nRUN apt-get install " + "x \\\\\\n".repeat(1_250_000) + "y\\n"',
    ],
    [
      "deep substitutions",
      '"FROM a\\nRUN echo " + "$(".repeat(20_000) + ")".repeat(20_000) + "\\n"',
    ],
    ["deep braces", '"FROM ${A:-" + "${A:-".repeat(20_000) + "}".repeat(20_000) + "}\\n"'],
    ["circular arguments", '"ARG A=$B\\nARG B=$A\\n".repeat(5_000) + "FROM $A$B\\n"'],
    ["heredocs without an end", '"FROM a\\n" + "RUN <<E cat <<F\\n".repeat(5_000)'],
  ])("%s", { timeout: 120_000 }, (_, source) => {
    expect(auditElsewhere(source).failures).toBe(0);
  });
});

/** Pieces on which careless patterns turn back without end, and what rules look for. */
const piece = fc.constantFrom(
  ...[
    "a",
    " ",
    "=",
    "-",
    "/",
    "\\",
    '"',
    "'",
    "$",
    "${",
    "}",
    "$(",
    ")",
    "`",
    "#",
    "\n",
    "\\\n",
    "\t",
    ":",
    "@",
    "://",
  ],
  ...[
    "*",
    "|",
    "&&",
    ";",
    "<<E",
    "\nE\n",
    "\nRUN ",
    "\nENV ",
    "\nFROM ",
    "\nCOPY ",
    "\nARG ",
    "\nONBUILD ",
    "[",
    "]",
    ",",
  ],
  ...[
    "curl ",
    "apt-get install ",
    "pip install ",
    "sed -i s",
    "chmod 777 ",
    "AKIA",
    "password",
    "--mount=type=",
    "é",
    "😀",
    "\0",
  ],
);
const repeated = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 400 }))
  .map(([unit, count]) => unit.join("").repeat(count));

test("no rule throws on hostile text, and none runs away", { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(fc.array(repeated, { minLength: 1, maxLength: 4 }), (parts) => {
      const text = `FROM a\n${parts.join("")}`;
      const { findings, failures } = runRules("dockerfile", parseDockerfile(text), rules);
      expect(failures).toEqual([]);
      for (const { span } of findings) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 60 },
  );
});
