import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { failOnValues } from "../../src/audit/severity.ts";
import { auditCommand } from "../../src/cli/audit.ts";
import { type Outcome, runCommand } from "../support/cli.ts";
import { bundleModelFromSnippet } from "../support/snippets.ts";

const home = process.cwd();
let root = "";

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "tguard-cli-")));
  mkdirSync(join(root, ".git"));
  process.chdir(root);
  writeFileSync("good", "FROM scratch\n");
  writeFileSync("broken", "FROM scratch\nRUM x\n");
  mkdirSync("bundle");
  const { text } = bundleModelFromSnippet('{"root": {"path": "rootfs", "readonly": false}}');
  writeFileSync("bundle/config.json", text);
});
afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

const run = (...args: string[]): Promise<Outcome> => runCommand(auditCommand(), args);
/** One medium finding, whatever rules come. */
const one = ["bundle", "--only", "writable-root"] as const;

describe("exit status and table", () => {
  test.each<[string, string[], number]>([
    ["clean", ["good", "--only", "DF0001"], 0],
    ["a medium finding under the default", [...one], 0],
    ["a medium finding under --fail-on warning", [...one, "--fail-on", "warning"], 1],
    ["a medium finding under --fail-on high", [...one, "--fail-on", "high"], 0],
    ["a medium finding under --fail-on medium", [...one, "--fail-on", "medium"], 1],
    ["a syntax error", ["broken", "--fail-on", "none"], 2],
    ["a target that is not there", ["absent", "good", "--only", "DF0001"], 2],
    ["an unknown rule", ["good", "--only", "nope"], 2],
    ["an unknown option", ["good", "--nope"], 2],
    ["a wrong format", ["good", "--format", "xml"], 2],
    ["no target", [], 2],
    ["an empty list of rules", ["good", "--only", ","], 2],
  ])("%s", async (_, args, status) => {
    expect((await run(...args)).status).toBe(status);
  });

  test("the table goes to standard output, what could not be audited to standard error", async () => {
    const { stdout, stderr } = await run("absent", ...one);
    expect(stdout).toMatch(/^bundle\n\n {2}medium {4}RT1007 writable-root {2}\d+:\d+\n/);
    expect(stdout).toMatch(/1 finding in 1 source: 1 medium\n$/);
    expect(stderr).toBe('tguard: cannot read "absent"\n  why   there is no such file or folder\n');
  });

  test("--quiet: one line a finding", async () => {
    const { stdout } = await run(...one, "--quiet");
    expect(stdout).toMatch(/^bundle:\d+:\d+ medium RT1007 writable-root: .*\n$/);
  });

  test("--only and --skip take lists and can be repeated", async () => {
    const { stdout } = await run(
      "bundle",
      "--only",
      "writable-root,RT1001",
      "--only",
      "RT1010",
      "--skip",
      "RT1007",
      "--quiet",
    );
    expect(stdout).toBe("");
  });

  test("colour only where it is wanted", async () => {
    expect((await run(...one)).stdout).not.toContain("\x1b[");
    expect((await run(...one, "--color", "always")).stdout).toContain("\x1b[33m");
  });
});

describe("formats", () => {
  test("json and sarif are one document on standard output", async () => {
    const json = JSON.parse((await run(...one, "--format", "json")).stdout);
    expect(json.sources[0]).toMatchObject({ path: "bundle", uri: "bundle/config.json" });
    const sarif = JSON.parse((await run(...one, "--format", "sarif")).stdout);
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation).toEqual({
      uri: "bundle/config.json",
      uriBaseId: "%SRCROOT%",
      index: 0,
    });
  });

  test("the configuration chooses the format, the command line wins", async () => {
    mkdirSync("conf");
    writeFileSync("conf/Dockerfile", "FROM scratch\n");
    writeFileSync("conf/.tguard.yaml", "audit: { format: json, only: [DF0001] }\n");
    expect((await run("conf")).stdout).toMatch(/^\{/);
    expect((await run("conf", "--format", "table")).stdout).toBe("no findings in 1 source\n");
    expect((await run("conf", "--no-config", "--only", "DF0001")).stdout).toBe(
      "no findings in 1 source\n",
    );
  });

  test("--fail-on takes what the engine knows", () => {
    const option = auditCommand().options.find((o) => o.long === "--fail-on");
    expect(option?.argChoices).toEqual(failOnValues);
  });
});

describe("--output", () => {
  beforeEach(() => {
    rmSync("out", { recursive: true, force: true });
    mkdirSync("out");
  });
  const write = (path: string, ...more: string[]): Promise<Outcome> =>
    run(...one, "--format", "json", "--output", path, ...more);

  test("writes the file and says so on standard error", async () => {
    const { stdout, stderr, status } = await write("out/r.json");
    expect(status).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toBe("1 finding in 1 source: 1 medium; report in out/r.json\n");
    expect(JSON.parse(readFileSync("out/r.json", "utf8")).summary.findings).toBe(1);
    expect(readdirSync("out")).toEqual(["r.json"]);
    expect((await write("out/r.json", "--quiet")).stderr).toBe("");
  });

  test("replaces an older file, keeps its mode, and the link that leads to it", async () => {
    writeFileSync("out/real", "old");
    chmodSync("out/real", 0o600);
    symlinkSync("real", "out/link");
    await write("out/link");
    expect(readFileSync("out/real", "utf8")).toMatch(/^\{/);
    expect(statSync("out/real").mode & 0o777).toBe(0o600);
    expect(readdirSync("out")).toEqual(["link", "real"]);
  });

  test("a device is written to directly", async () => {
    expect((await write("/dev/null")).status).toBe(0);
  });

  test.each([
    ["out/absent/r.json", "its folder does not exist"],
    ["out", "it is a folder"],
    ["good/r.json", "a part of the path is not a folder"],
    ["/dev/full", "the disk is full"],
  ])("%s: %s", async (path, why) => {
    const { stderr, status } = await write(path);
    expect(status).toBe(2);
    expect(stderr).toContain(`cannot write "${path}"\n  why   ${why}`);
    expect(readdirSync("out")).toEqual([]);
  });

  test("when the disk fills up nothing half-made stays, and the older file is as it was", async () => {
    writeFileSync("out/r.json", "old");
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    const sync = vi.spyOn(fs, "fsyncSync").mockImplementation(() => {
      throw full;
    });
    syncBuiltinESMExports();
    const { stderr, status } = await write("out/r.json");
    sync.mockRestore();
    syncBuiltinESMExports();
    expect(status).toBe(2);
    expect(stderr).toContain('cannot write "out/r.json"\n  why   the disk is full');
    expect(readFileSync("out/r.json", "utf8")).toBe("old");
    expect(readdirSync("out")).toEqual(["r.json"]);
  });
});
