import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { audit, plainRequest } from "../../src/audit/audit.ts";
import type { Rule } from "../../src/audit/rule.ts";
import ignored from "../../src/rules/dockerfile/copy-of-ignored-file.ts";
import missing from "../../src/rules/dockerfile/missing-dockerignore.ts";

const source = "FROM a:1\nCOPY . .\nCOPY app.log /\n";
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tguard-context-"));
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, "Dockerfile"), source);
  writeFileSync(join(folder, "app.log"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function found(target: string): Promise<readonly string[]> {
  const { report } = await audit({
    ...plainRequest,
    targets: [target],
    rules: [ignored, missing] as readonly Rule[],
    workingFolder: folder,
    readStdin: async () => new TextEncoder().encode(source),
  });
  return report.sources.flatMap(({ findings }) => findings.map(({ message }) => message));
}

test("a file is audited with the folder that it lies in", async () => {
  const path = join(folder, "Dockerfile");
  expect(await found(path)).toEqual(['no ".dockerignore" limits what "COPY" takes with "."']);
  writeFileSync(join(folder, ".dockerignore"), "*.log\n");
  expect(await found(path)).toEqual(['"app.log" is left out by ".dockerignore"']);
});

test("of standard input no folder is known", async () => {
  writeFileSync(join(folder, ".dockerignore"), "*.log\n");
  expect(await found("-")).toEqual([]);
});
