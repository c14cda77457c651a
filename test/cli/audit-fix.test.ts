import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { auditCommand } from "../../src/cli/audit.ts";
import { baselineCommand } from "../../src/cli/baseline.ts";
import { type Outcome, runCommand } from "../support/cli.ts";

const home = process.cwd();
const root = realpathSync(mkdtempSync(join(tmpdir(), "tguard-fix-")));
mkdirSync(join(root, ".git"));
process.chdir(root);
afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

const run = (...args: string[]): Promise<Outcome> =>
  runCommand(auditCommand(), ["--only", "DF1005", "--fail-on", "note", ...args]);
const before = "\ufeffFROM scratch\r\n# note\r\nADD  app.py /app/\r\n";
const after = "\ufeffFROM scratch\r\n# note\r\nCOPY  app.py /app/\r\n";
beforeEach(() => writeFileSync("Dockerfile", before));

describe("fixes", () => {
  test("--fix mends in place, keeps mark, line ends and layout, and says what it did", async () => {
    const { status, stderr, stdout } = await run("Dockerfile", "--fix");
    expect(readFileSync("Dockerfile", "utf8")).toBe(after);
    expect(stderr).toBe('Dockerfile: 1 fix\n  write "COPY"\n');
    expect(stdout).toBe("no findings in 1 source\n");
    expect(status).toBe(0);
    expect((await run("Dockerfile", "--fix")).stderr).toBe("");
  });

  test("--diff prints a patch and changes nothing", async () => {
    const { stdout } = await run("Dockerfile", "--diff");
    expect(stdout).toContain("--- a/Dockerfile\n+++ b/Dockerfile\n");
    expect(stdout).toContain("\n-ADD  app.py /app/\r\n+COPY  app.py /app/\r\n");
    expect(readFileSync("Dockerfile", "utf8")).toBe(before);
  });

  test("an unsafe fix waits for --unsafe, which waits for --fix", async () => {
    const text = "FROM scratch\nADD app /app/\n";
    writeFileSync("Dockerfile", text);
    expect((await run("Dockerfile", "--fix")).status).toBe(1);
    expect(readFileSync("Dockerfile", "utf8")).toBe(text);
    expect((await run("Dockerfile", "--fix", "--unsafe")).status).toBe(0);
    expect(readFileSync("Dockerfile", "utf8")).toBe("FROM scratch\nCOPY app /app/\n");
    await expect(run("Dockerfile", "--unsafe")).resolves.toMatchObject({ status: 2 });
  });

  test("what cannot be written back as it was is left alone, and told", async () => {
    const bytes = Buffer.from("FROM scratch\nADD app.py /app/\n# \xff\n", "latin1");
    writeFileSync("Dockerfile", bytes);
    const { stderr, status } = await run("Dockerfile", "--fix");
    expect(stderr).toContain('"Dockerfile" is not fixed');
    expect(readFileSync("Dockerfile")).toEqual(bytes);
    expect(status).toBe(1);
  });
});

describe("baseline", () => {
  test("what was there before is not reported, what comes is", async () => {
    const base = await runCommand(baselineCommand(), ["Dockerfile", "-o", "base.json"]);
    expect(base.status).toBe(0);
    expect(base.stderr).toMatch(/; baseline in base\.json\n$/);
    const same = await run("Dockerfile", "--baseline", "base.json");
    expect(same.status).toBe(0);
    expect(same.stdout).toBe("no findings in 1 source; 1 in the baseline\n");
    writeFileSync("Dockerfile", `${before}ADD b.py /b\n`);
    const more = await run("Dockerfile", "--baseline", "base.json", "--quiet");
    expect(more.status).toBe(1);
    expect(more.stdout).toMatch(/^Dockerfile:4:1 .*\n$/);
    expect((await run("Dockerfile", "--no-baseline", "--quiet")).stdout.split("\n").length).toBe(3);
  });

  test("a baseline that is not there", async () => {
    const { status, stderr } = await run("Dockerfile", "--baseline", "absent.json");
    expect(status).toBe(2);
    expect(stderr).toContain('cannot read "absent.json"');
  });
});

describe("formats and names", () => {
  test("several reports at once", async () => {
    const { stdout } = await run(
      ...["Dockerfile", "--format", "table", "--format", "sarif=a.sarif", "-f", "html=a.html"],
    );
    expect(stdout).toContain("1 finding in 1 source");
    expect(JSON.parse(readFileSync("a.sarif", "utf8")).version).toBe("2.1.0");
    expect(readFileSync("a.html", "utf8")).toMatch(/^<!DOCTYPE html>/);
  });

  test.each([
    [["--format", "table", "--format", "json"], "two reports would go to standard output"],
    [["--format", "json=x", "--format", "table", "--output", "x"], "two reports would go to x"],
    [["--format", "sarif="], "Allowed are table, sarif"],
    [["--alias", "nobody"], 'no rule has an id of "nobody"'],
    [["--rule-set", "new"], "It is a version"],
  ])("%j: %s", async (args, message) => {
    const { status, stderr } = await run("Dockerfile", ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test("--alias prints another tool's ids", async () => {
    expect((await run("Dockerfile", "--alias", "hadolint", "--quiet")).stdout).toContain(
      "DF1005 add-instead-of-copy (DL3020):",
    );
  });

  test("--rule-set leaves out what came later", async () => {
    const count = async (version: string): Promise<number> => {
      const args = ["Dockerfile", "--rule-set", version, "--format", "json", "--fail-on", "none"];
      const { stdout } = await runCommand(auditCommand(), args);
      return JSON.parse(stdout).rules.length;
    };
    expect(await count("0.0")).toBe(1);
    expect(await count("0.1")).toBeGreaterThan(10);
  });

  test("--no-suppress", async () => {
    writeFileSync("Dockerfile", "FROM scratch\n# tguard ignore=DF1005\nADD app.py /app/\n");
    expect((await run("Dockerfile")).status).toBe(0);
    expect((await run("Dockerfile", "--no-suppress")).status).toBe(1);
  });
});
