import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audit, plainRequest } from "../../src/audit/audit.ts";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { expandFrom, finalStage } from "../../src/audit/dockerfile/query.ts";
import { rules } from "../../src/rules/index.generated.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tguard-test-build-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = (target?: string, ...args: readonly (readonly [string, string])[]) => ({
  arguments: new Map(args),
  ...(target !== undefined && { target }),
});

const stages = "FROM a AS one\nFROM b AS two\nFROM one AS Three\nFROM c AS two\nFROM d AS 0\n";

test.each<[string | undefined, number | undefined]>([
  [undefined, 4],
  ["one", 0],
  ["ONE", 0],
  ["three", 2],
  ["two", 3],
  ["0", 4],
  ["1", 1],
  ["4", 4],
  ["5", undefined],
  ["", undefined],
  ["-1", undefined],
  ["four", undefined],
])("target %s is stage %s", (target, expected) => {
  const model = parseDockerfile(stages, undefined, build(target));
  if (target === undefined) expect(finalStage(model)?.index).toBe(expected);
  else expect(model.target).toBe(expected);
});

describe("build arguments", () => {
  test.each<[string, string, string | undefined]>([
    ["win over the default", "ARG A=x\nFROM $A\n", "given"],
    ["stand in for none", "ARG A\nFROM $A\n", "given"],
    ["need an ARG", "ARG B=x\nFROM ${A:-none}\n", "none"],
    ["take part in others", 'ARG A=x\nARG B="$A:1"\nFROM $B\n', "given:1"],
  ])("%s", (_, text, expected) => {
    const model = parseDockerfile(text, undefined, build(undefined, ["A", "given"]));
    const [stage] = model.stages;
    if (stage === undefined) throw new Error("no stage");
    expect(expandFrom(model, stage.base.word)).toBe(expected);
  });

  test("hold in stages, where ENV wins over them", () => {
    const text = "FROM a\nARG A=x\nWORKDIR /$A\nENV A=env\nWORKDIR /$A\n";
    const model = parseDockerfile(text, undefined, build(undefined, ["A", "given"]));
    const paths = model.instructions.flatMap((n) => (n.kind === "workdir" ? [n.path.value] : []));
    expect(paths).toEqual(["/given", "/env"]);
  });
});

async function run(text: string, options: ReturnType<typeof build>, only: readonly string[] = []) {
  const path = join(folder, "Dockerfile");
  writeFileSync(path, text);
  const { report } = await audit({
    ...plainRequest,
    targets: [path],
    rules,
    only,
    config: false,
    build: options,
    workingFolder: folder,
    readStdin: () => Promise.resolve(new Uint8Array()),
  });
  return {
    found: report.sources.flatMap(({ findings }) =>
      findings.map(
        ({ ruleId, span }) => `${ruleId} ${text.slice(0, span.start).split("\n").length}`,
      ),
    ),
    notes: report.notifications.map(({ level, message }) => `${level}: ${message}`),
  };
}

const twoImages =
  "FROM debian AS one\nRUN a\nFROM alpine AS two\nUSER 1\nFROM two\nRUN x\nUSER root\n";

test.each<[string | undefined, string[]]>([
  [undefined, ["DF1001 1", "DF1001 3"]],
  ["one", ["DF1001 1"]],
  ["two", ["DF1001 3"]],
])("target %s leaves out what it does not need", async (target, expected) => {
  const { found } = await run(twoImages, build(target), ["untagged-base-image"]);
  expect(found.map((one) => one.replace(/^\w+/, "DF1001"))).toEqual(expected);
});

test("the target is the last stage", async () => {
  const only = ["root-as-last-user"];
  expect((await run(twoImages, build(), only)).found).toHaveLength(1);
  expect((await run(twoImages, build("two"), only)).found).toEqual([]);
});

test("a syntax error counts wherever it is", async () => {
  const { found } = await run("FROM a:1 AS one\nFROM b:1\nRUNN x\n", build("one"), ["DF0001"]);
  expect(found).toEqual(["DF0001 3"]);
});

test("a file without the target cannot be audited", async () => {
  const { found, notes } = await run(twoImages, build("tow"));
  expect(found).toEqual([]);
  expect(notes).toEqual(['error: target stage "tow" is not in the file']);
});

test("an argument that nothing takes is told", async () => {
  const options = build(undefined, ["VERSION", "1"], ["VERSOIN", "1"]);
  const { notes } = await run("FROM a:1\nARG VERSION\n", options, ["DF0001"]);
  expect(notes).toEqual(['warning: no ARG takes the build argument "VERSOIN"']);
});
