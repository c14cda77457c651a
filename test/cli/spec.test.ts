import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { specCommand } from "../../src/cli/spec.ts";
import { defaultSpec } from "../../src/oci/spec.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tguard-spec-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function spec(...args: string[]): Promise<unknown> {
  await specCommand().parseAsync(args, { from: "user" });
  return JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
}

test("writes config.json into the bundle directory", async () => {
  expect(await spec("--bundle", dir)).toEqual(defaultSpec({}));
});

test("--rootless maps the user who calls", async () => {
  const rootless = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  expect(await spec("--rootless", "-b", dir)).toEqual(defaultSpec({ rootless }));
});

test("refuses to replace a config.json", async () => {
  await spec("-b", dir);
  await expect(spec("-b", dir)).rejects.toThrow("exists already");
});
