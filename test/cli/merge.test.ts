import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditCommand } from "../../src/cli/audit.ts";
import { mergeCommand } from "../../src/cli/merge.ts";
import { type Outcome, runCommand } from "../support/cli.ts";

const home = process.cwd();
const root = realpathSync(mkdtempSync(join(tmpdir(), "tguard-merge-")));
const count = 3;
const shards = Array.from({ length: count }, (_, i) => `shard-${i + 1}.sarif`);

beforeAll(async () => {
  mkdirSync(join(root, ".git"));
  process.chdir(root);
  for (let i = 0; i < 8; i++) {
    mkdirSync(`tree/${i}`, { recursive: true });
    writeFileSync(`tree/${i}/Dockerfile`, `FROM debian\nADD ${i}.py /app\nUSER root\n`);
  }
  for (const [i, path] of shards.entries())
    await audit("--shard", `${i + 1}/${count}`, "--output", path, "--quiet");
});
afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

const audit = (...args: string[]): Promise<Outcome> =>
  runCommand(auditCommand(), ["tree", "--format", "sarif", ...args]);
const merge = (...args: string[]): Promise<Outcome> => runCommand(mergeCommand(), args);

test("the shards of an audit merge to the audit of all, in any order", async () => {
  const whole = JSON.parse((await audit()).stdout);
  for (const order of [shards, [...shards].reverse()]) {
    const { stdout, status } = await merge(...order);
    expect(JSON.parse(stdout)).toEqual(whole);
    expect(status).toBe(1);
  }
});

test("a report that is given twice counts once; --fail-on and --output", async () => {
  const [first = ""] = shards;
  const once = JSON.parse((await merge(first)).stdout);
  expect(JSON.parse((await merge(first, first)).stdout)).toEqual(once);
  const { status } = await merge(first, "--fail-on", "none", "--output", "all.sarif");
  expect(status).toBe(0);
  expect(JSON.parse(readFileSync("all.sarif", "utf8"))).toEqual(once);
});

test("an incomplete shard makes the whole incomplete", async () => {
  await runCommand(auditCommand(), ["absent", "--format", "sarif", "--output", "bad.sarif"]);
  const { status, stdout } = await merge(...shards, "bad.sarif", "--fail-on", "none");
  expect(status).toBe(2);
  expect(JSON.parse(stdout).runs[0].invocations[0].executionSuccessful).toBe(false);
});

test.each([
  ["absent.sarif", undefined, "there is no such file"],
  ["text.sarif", "no", "it is not JSON"],
  [
    "other.sarif",
    '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}}}]}',
    "is not a SARIF report",
  ],
  ["null.sarif", "null", "is not a SARIF report"],
])("%s: one clear error", async (path, text, message) => {
  if (text !== undefined) writeFileSync(path, text);
  const { status, stderr } = await merge(path);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test.each(["0/2", "3/2", "1", "a/b"])("--shard %s is refused", async (value) => {
  expect((await audit("--shard", value)).stderr).toContain("It is i/n");
});
