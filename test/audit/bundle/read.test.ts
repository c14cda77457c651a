import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readBundleModel } from "../../../src/audit/bundle/read.ts";
import { runRules } from "../../../src/audit/engine.ts";
import type { Rule } from "../../../src/audit/rule.ts";
import { UserError } from "../../../src/base/error.ts";
import { inTempDir } from "../../support/image-builder.ts";
import { bundleRules } from "../../support/model-rules.ts";

const fixtures = resolve(import.meta.dirname, "../../../fixtures/bundles-audit");

describe("fixtures", () => {
  const runc = ["missing-seccomp-filter", "unlimited-pids"];
  test.each([
    ["hardened", []],
    [
      "unsafe",
      [
        "added-capability",
        "allowed-new-privileges",
        "engine-socket-mount",
        "exposed-kernel-paths",
        "host-namespace",
        "missing-seccomp-filter",
        "root-on-host",
        "sensitive-host-mount",
        "unlimited-pids",
        "writable-root",
      ],
    ],
    ["runc-spec", [...runc.slice(0, 1), "root-on-host", ...runc.slice(1)]],
    ["runc-spec-rootless", ["host-namespace", ...runc]],
  ])("%s", async (name, expected) => {
    const rules = await bundleRules();
    const model = await readBundleModel(join(fixtures, name));
    const { findings, failures } = runRules("bundle", model, rules as Rule[]);
    expect(failures).toEqual([]);
    const names = new Map(rules.map(({ meta }) => [meta.id, meta.name]));
    expect([...new Set(findings.map((f) => names.get(f.ruleId)))].sort()).toEqual(expected);
  });

  test("the model names the file, and its text is the file's", async () => {
    const model = await readBundleModel(join(fixtures, "unsafe"));
    const path = join(fixtures, "unsafe/config.json");
    expect(model).toMatchObject({
      displayName: join(fixtures, "unsafe"),
      path,
      directory: join(fixtures, "unsafe"),
      text: readFileSync(path, "utf8"),
      isLinux: true,
    });
    const { start, end } = model.spanOf("/mounts/2/source");
    expect(model.text.slice(start, end)).toBe('"/etc"');
  });
});

describe("bad bundles", () => {
  const write =
    (text: string | Buffer) =>
    (dir: string): void =>
      writeFileSync(join(dir, "config.json"), text);
  test.each<[string, (dir: string) => void, string]>([
    ["no config.json", () => {}, "DIR/config.json DIR is not a bundle: it has no config.json"],
    [
      "config.json a directory",
      (dir) => mkdirSync(join(dir, "config.json")),
      "DIR/config.json DIR/config.json is not a regular file",
    ],
    [
      "config.json a FIFO",
      (dir) => execFileSync("mkfifo", [join(dir, "config.json")]),
      "DIR/config.json DIR/config.json is not a regular file",
    ],
    [
      "config.json a loop",
      (dir) => symlinkSync("config.json", join(dir, "config.json")),
      "DIR/config.json cannot read DIR/config.json",
    ],
    [
      "empty",
      write(""),
      "DIR/config.json:1:1 DIR/config.json is not JSON: expected a value, found end of file",
    ],
    [
      "not JSON",
      write('{\n  "process": {,}\n}'),
      'DIR/config.json:2:15 DIR/config.json is not JSON: expected a key in double quotes, found ","',
    ],
    [
      "not UTF-8",
      write(Buffer.from([0x22, 0xff, 0x22])),
      "DIR/config.json DIR/config.json is not UTF-8",
    ],
    [
      "200 MB",
      (dir) => {
        write("{}")(dir);
        truncateSync(join(dir, "config.json"), 200 * 1024 * 1024);
      },
      "DIR/config.json DIR/config.json is too large: 209715200 bytes, at most 16777216",
    ],
    [
      "nested deep",
      write('{"a":'.repeat(1000)),
      "DIR/config.json:1:1001 DIR/config.json is not JSON: nested deeper than 200",
    ],
    [
      "wrong type",
      write('{\n  "ociVersion": "1.2.0",\n  "mounts": {"destination": "/"}\n}'),
      "DIR/config.json:3:3 DIR/config.json is not a valid config.json",
    ],
    [
      "wrong type where a rule looks",
      write('{"ociVersion": "1.2.0", "process": {"cwd": "/", "noNewPrivileges": "yes"}}'),
      "DIR/config.json:1:68 DIR/config.json is not a valid config.json",
    ],
    ["an array", write("[]"), "DIR/config.json:1:1 DIR/config.json is not a valid config.json"],
  ])("%s", async (_, make, message) => {
    const found = inTempDir((dir) => {
      make(dir);
      return readBundleModel(dir);
    }).then(
      () => "no error",
      (error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        return `${error.where} ${error.message}`.replaceAll(/\S*tguard-image-\w+/g, "DIR");
      },
    );
    expect(await found).toBe(message);
  });
});
