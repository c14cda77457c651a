import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditRequest, audit, plainRequest } from "../../src/audit/audit.ts";
import { exitStatus } from "../../src/audit/exit-status.ts";
import type { AuditReport } from "../../src/audit/result.ts";
import type { Rule } from "../../src/audit/rule.ts";
import { UserError } from "../../src/base/error.ts";
import syntaxError from "../../src/rules/dockerfile/syntax-error.ts";
import { makeRule, textRule } from "../support/rules.ts";

let root = "";
const at = (...parts: string[]): string => join(root, ...parts);

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(at(name), ".."), { recursive: true });
    writeFileSync(at(name), content);
  }
}

const foo = textRule({ id: "DF9001", name: "has-foo", severity: "high" }, "foo");
const bar = textRule({ id: "DF9002", name: "has-bar", severity: "low" }, "bar");
const rules = [foo, bar, syntaxError] as readonly Rule[];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-audit-"));
  mkdirSync(at(".git"));
  write({ "a/Dockerfile": "FROM foo\nRUN bar\n", "b/Dockerfile": "FROM bar\n", clean: "FROM x\n" });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(
  targets: readonly string[],
  more: Partial<AuditRequest> = {},
): Promise<AuditReport> {
  const { report } = await audit({
    targets,
    rules,
    ...plainRequest,
    workingFolder: root,
    readStdin: () => Promise.resolve(new TextEncoder().encode("FROM foo\n")),
    ...more,
  });
  return report;
}

/** `uri:rule` of every finding, suppressed ones in brackets. */
function findingsIn(report: AuditReport): string[] {
  return report.sources.flatMap(({ uri, findings }) =>
    findings.map((f) => (f.suppression ? `[${uri}:${f.ruleId}]` : `${uri}:${f.ruleId}`)),
  );
}

test("files, folders and standard input, in the order named", async () => {
  const report = await run([at("b"), "-", at("clean"), at("a/Dockerfile")]);
  expect(report.sources.map((s) => [s.uri, s.target, s.findings.length])).toEqual([
    ["b/Dockerfile", "dockerfile", 1],
    ["stdin", "dockerfile", 1],
    ["clean", "dockerfile", 0],
    ["a/Dockerfile", "dockerfile", 2],
  ]);
  expect(report.rules.map((r) => r.id)).toEqual(["DF0001", "DF9001", "DF9002"]);
  expect(exitStatus(report)).toBe(1);
});

test("a run twice is the same twice", async () => {
  expect(JSON.stringify(await run([root]))).toBe(JSON.stringify(await run([root])));
});

describe("which rules run", () => {
  test.each<[string, Partial<AuditRequest>, string[]]>([
    ["all", {}, ["DF9001", "DF9002"]],
    ["--only", { only: ["has-foo"] }, ["DF9001"]],
    ["--skip", { skip: ["DF9001"] }, ["DF9002"]],
    ["both", { only: ["DF9001", "DF9002"], skip: ["has-foo"] }, ["DF9002"]],
  ])("%s", async (_, more, ids) => {
    const [source] = (await run([at("a")], more)).sources;
    expect(source?.findings.map((f) => f.ruleId)).toEqual(ids);
  });

  test("an unknown word is an error with a suggestion", async () => {
    const error: unknown = await run([at("a")], { only: ["has-fop"] }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: 'there is no rule "has-fop"',
      hint: 'did you mean "has-foo"?',
    });
  });
});

describe(".tguard.yaml", () => {
  beforeAll(() =>
    write({
      "conf/Dockerfile": "FROM foo\nRUN bar\n",
      "conf/deep/Dockerfile": "FROM foo\n",
      "conf/skipped/Dockerfile": "FROM foo\n",
      "conf/.tguard.yaml":
        "audit:\n  failOn: low\n  rules:\n    has-foo: { severity: info }\n    has-bar: { severity: off }\n  exclude: [skipped]\n",
      "other.yaml": "audit: { only: [has-bar] }\n",
      "wrong/Dockerfile": "FROM foo\n",
      "wrong/.tguard.yaml": "audit: 7\n",
    }),
  );

  test("governs the files below it: severity, off, exclude, failOn", async () => {
    const report = await run([at("conf"), at("a")]);
    expect(findingsIn(report)).toEqual([
      "conf/Dockerfile:DF9001",
      "conf/deep/Dockerfile:DF9001",
      "a/Dockerfile:DF9001",
      "a/Dockerfile:DF9002",
    ]);
    expect(report.sources.map((s) => [s.findings[0]?.severity, s.failOn])).toEqual([
      ["info", "low"],
      ["info", "low"],
      ["high", "error"],
    ]);
  });

  test("a file that is named is audited although it is excluded", async () => {
    const report = await run([at("conf/skipped/Dockerfile")]);
    expect(findingsIn(report)).toEqual(["conf/skipped/Dockerfile:DF9001"]);
  });

  test("the command line wins", async () => {
    const report = await run([at("conf/Dockerfile")], { only: ["has-bar"], failOn: "none" });
    expect(findingsIn(report)).toEqual(["conf/Dockerfile:DF9002"]);
    expect(exitStatus(report)).toBe(0);
  });

  test("--config names another, --no-config none", async () => {
    expect(findingsIn(await run([at("conf/Dockerfile")], { config: at("other.yaml") }))).toEqual([
      "conf/Dockerfile:DF9002",
    ]);
    expect(findingsIn(await run([at("conf/Dockerfile")], { config: false }))).toEqual([
      "conf/Dockerfile:DF9001",
      "conf/Dockerfile:DF9002",
    ]);
  });

  test("a mistake in it ends the audit", async () => {
    await expect(run([at("wrong")])).rejects.toThrow(/has a mistake/);
  });
});

test("suppression comments count, and those without effect are told", async () => {
  write({
    "s/Dockerfile": "# tguard ignore=DF9001 why not\nFROM foo\n# tguard ignore=nope\nRUN bar\n",
  });
  const report = await run([at("s")]);
  expect(findingsIn(report)).toEqual(["[s/Dockerfile:DF9001]", "s/Dockerfile:DF9002"]);
  expect(report.notifications).toEqual([
    {
      level: "warning",
      message: 'the comment ignores "nope", which is no rule',
      hint: "tguard rules lists the rules",
      where: `${at("s/Dockerfile")}:3:1`,
      location: { uri: "s/Dockerfile", line: 3, column: 1 },
    },
  ]);
});

describe("what cannot be audited is told, makes the status 2, and hinders nothing else", () => {
  test("a target that is not there", async () => {
    const report = await run([at("absent"), at("a")]);
    expect(findingsIn(report)).toHaveLength(2);
    expect(report.notifications).toMatchObject([
      { level: "error", causes: ["there is no such file or folder"] },
    ]);
    expect(exitStatus(report)).toBe(2);
  });

  test("a rule that throws", async () => {
    const broken = makeRule({ id: "DF9003", name: "broken" }, () => {
      throw new TypeError("x is undefined");
    });
    const report = await run([at("a")], { rules: [broken as Rule, foo as Rule] });
    expect(findingsIn(report)).toEqual(["a/Dockerfile:DF9001"]);
    expect(report.notifications).toMatchObject([
      { level: "error", ruleId: "DF9003", message: "rule DF9003 broken failed: x is undefined" },
    ]);
    expect(exitStatus(report)).toBe(2);
  });

  test("a Dockerfile that no builder takes, even with --only and --fail-on none", async () => {
    write({ "broken/Dockerfile": "FROM foo\nRUM bar\n" });
    const report = await run([at("broken")], { only: ["has-foo"], failOn: "none" });
    expect(findingsIn(report)).toEqual(["broken/Dockerfile:DF9001", "broken/Dockerfile:DF0001"]);
    expect(exitStatus(report)).toBe(2);
  });

  test("but not when its author says so", async () => {
    write({
      "template/Dockerfile": "# tguard global ignore=syntax-error a template\nFROM x\n{% if %}\n",
    });
    expect(exitStatus(await run([at("template")]))).toBe(0);
    expect(exitStatus(await run([at("broken")], { skip: ["DF0001"] }))).toBe(1);
  });

  test.each<[string, Uint8Array]>([
    ["binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1)],
    ["UTF-16", Buffer.from("\ufeffFROM foo\n", "utf16le")],
  ])("a file that is %s", async (name, bytes) => {
    write({ [`bytes/${name}`]: bytes });
    const report = await run([at(`bytes/${name}`)]);
    expect(exitStatus(report)).toBe(2);
  });
});

test("a pipe is read like a file", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  const writer = spawn("sh", ["-c", 'printf "FROM foo\\n" > "$0"', at("pipe")]);
  expect(findingsIn(await run([at("pipe")]))).toEqual(["pipe:DF9001"]);
  await once(writer, "exit");
});

test("bytes that are not UTF-8, a BOM and CRLF do not stop the audit", async () => {
  write({ "bytes/latin1": Buffer.from("# caf\xe9\nFROM foo\n", "latin1") });
  write({ "bytes/bom": "\ufeffFROM foo\r\n" });
  const latin1 = await run([at("bytes/latin1")]);
  expect(findingsIn(latin1)).toEqual(["bytes/latin1:DF9001"]);
  expect(latin1.notifications.map((n) => n.level)).toEqual(["warning"]);
  const bom = await run([at("bytes/bom")]);
  expect(bom.sources[0]?.findings[0]?.span).toEqual({ start: 5, end: 8 });
  expect(bom.notifications).toEqual([]);
});
