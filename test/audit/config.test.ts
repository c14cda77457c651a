import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditConfig, configFinder, readConfig } from "../../src/audit/config.ts";
import { indexRules } from "../../src/audit/rule-index.ts";
import { formatError, UserError } from "../../src/base/error.ts";
import { makeRule } from "../support/rules.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tguard-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const index = indexRules([
  makeRule({ id: "DF9001", name: "loud-dog", aliases: ["hadolint:DL9001"] }, () => {}),
  makeRule({ id: "DF9002", name: "quiet-cat" }, () => {}),
]);

function read(content: string | Uint8Array): Promise<AuditConfig> {
  const path = join(folder, ".tguard.yaml");
  writeFileSync(path, content);
  return readConfig(path, index);
}

/** The message that reading gives, the folder's own name taken out. */
async function mistakes(content: string | Uint8Array): Promise<string> {
  try {
    await read(content);
  } catch (error) {
    if (error instanceof UserError) return formatError(error).replaceAll(folder, "");
    throw error;
  }
  return "no mistake";
}

test("everything a file can say", async () => {
  const config = await read(`
audit:
  failOn: warning
  format: sarif
  only: [DF9001, quiet-cat]
  skip: [DL9001]
  rules:
    quiet-cat: { severity: critical }
    hadolint:DL9001: { severity: off }
  exclude: [vendor/, "*.test.Dockerfile"]
`);
  expect(config).toMatchObject({
    failOn: "warning",
    format: "sarif",
    only: ["DF9001", "DF9002"],
    skip: ["DF9001", "DF9001"],
  });
  expect([...config.severities]).toEqual([["DF9002", "critical"]]);
  expect(config.isExcluded(join(folder, "a/vendor/Dockerfile"))).toBe(true);
  expect(config.isExcluded(join(folder, "a/x.test.Dockerfile"))).toBe(true);
  expect(config.isExcluded(join(folder, "a/Dockerfile"))).toBe(false);
});

test.each(["", "# nothing\n", "{}", "audit:\n", "audit: {}\n"])(
  "an empty file %j says nothing",
  async (text) => {
    expect(await read(text)).toMatchObject({ only: [], skip: [], failOn: undefined });
  },
);

describe("mistakes are told with their place, what was expected and what was found", () => {
  test.each<[string, string, string[]]>([
    [
      "unknown key",
      "audit:\n  failon: error\n",
      ["2:3", "/audit/failon is not a known key", 'did you mean "failOn"'],
    ],
    ["unknown section", "\nadit: {}\n", ["2:1", '/adit is not a known key; did you mean "audit"?']],
    [
      "wrong choice",
      "audit:\n  failOn: eror\n",
      ["2:3", "/audit/failOn must be one of", 'found "eror"', 'did you mean "error"?'],
    ],
    [
      "wrong type",
      "audit:\n  only: DF9001\n",
      ["2:3", "/audit/only must be an array", 'found a string ("DF9001")'],
    ],
    [
      "wrong item",
      "audit:\n  skip:\n    - DF9001\n    - 7\n",
      ["4:7", "/audit/skip/1 must be", "found a number (7)"],
    ],
    ["not a mapping", "- audit\n", ["1:1", "must be an object", "found an array"]],
    [
      "unknown rule",
      "audit:\n  skip: [loud-dgo]\n",
      ["2:10", '/audit/skip/0 names "loud-dgo", which is no rule', 'did you mean "loud-dog"?'],
    ],
    [
      "unknown rule as key",
      "audit:\n  rules:\n    nope: {}\n",
      ["3:5", '/audit/rules/nope names "nope", which is no rule'],
    ],
    [
      "wrong severity",
      "audit:\n  rules:\n    DF9001:\n      severity: fatal\n",
      ["4:7", "/audit/rules/DF9001/severity must be one of"],
    ],
    ["not YAML", "audit: [\n", ["2:1"]],
    ["key twice", "audit: {}\naudit: {}\n", ["2:1", "unique"]],
    ["two documents", "audit: {}\n---\naudit: {}\n", ["2:1"]],
  ])("%s", async (_, text, parts) => {
    const message = await mistakes(text);
    for (const part of parts) expect(message).toContain(part);
    expect(message).toContain(`from  /.tguard.yaml:${parts[0]}`);
  });

  test("all of them at once, in their order", async () => {
    const message = await mistakes("audit:\n  failOn: x\n  format: y\n  what: z\n");
    expect(message).toContain("has 3 mistakes\n  2:3  /audit/failOn");
    expect(message.indexOf("3:3  /audit/format")).toBeGreaterThan(message.indexOf("2:3"));
    expect(message.indexOf("4:3  /audit/what")).toBeGreaterThan(message.indexOf("3:11"));
  });

  test("a flood of them is cut", async () => {
    const keys = Array.from({ length: 50 }, (_, i) => `  wrong${i}: 1\n`);
    expect(await mistakes(`audit:\n${keys.join("")}`)).toContain("and 30 more");
  });
});

describe("hostile files end with one clear error", () => {
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );

  test.each<[string, string | Uint8Array, string]>([
    ["too large", "#".repeat(1024 * 1024 + 1), "the limit is 1048576"],
    ["not UTF-8", Uint8Array.of(0x61, 0xff, 0xfe), "it is not UTF-8 text"],
    ["aliases that multiply", bomb.join("\n"), "aliases multiply"],
    ["nested without end", "[".repeat(200_000), "/.tguard.yaml"],
    ["control characters", 'audit: { "a\\e[31mb": 1 }', "\\u001b[31m"],
  ])("%s", async (_, content, part) => {
    const message = await mistakes(content);
    expect(message).toContain(part);
    expect(message).not.toContain("\x1b");
  });

  test.each([
    ["absent", "absent.yaml", "no such file"],
    ["a folder", ".", "not a regular file"],
    ["a device", "/dev/zero", "not a regular file"],
  ])("%s", async (_, name, part) => {
    const path = name.startsWith("/") ? name : join(folder, name);
    const error: unknown = await readConfig(path, index).catch((e: unknown) => e);
    expect(error instanceof UserError && formatError(error)).toContain(part);
  });
});

describe("the file that governs a folder", () => {
  const at = (...parts: string[]): string => join(folder, "find", ...parts);
  beforeAll(() => {
    for (const path of ["repo/.git", "repo/a/b", "repo/a/sub/.git", "loose/a"])
      mkdirSync(at(path), { recursive: true });
    for (const path of ["", "repo", "repo/a", "loose"]) writeFileSync(at(path, ".tguard.yaml"), "");
  });

  test.each<[string, string | undefined]>([
    ["repo", "repo"],
    ["repo/a", "repo/a"],
    ["repo/a/b", "repo/a"],
    // A repository of its own: what is above does not count.
    ["repo/a/sub", undefined],
    ["loose", "loose"],
    // Outside a repository nothing above counts: it may be another user's.
    ["loose/a", undefined],
  ])("%s: %s", (from, found) => {
    const expected = found === undefined ? undefined : at(found, ".tguard.yaml");
    expect(configFinder()(at(from))).toBe(expected);
  });
});
