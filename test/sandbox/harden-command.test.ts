import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hardenCommand } from "../../src/cli/harden.ts";
import { validateConfig } from "../../src/oci/validate.ts";
import { carelessConfig } from "./harden-support.ts";

let dir = "";
let printed = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tguard-harden-"));
  mkdirSync(join(dir, "rootfs/tmp"), { recursive: true });
  writeFileSync(join(dir, "config.json"), JSON.stringify(carelessConfig()));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    printed += String(text);
    const done = rest.at(-1);
    if (typeof done === "function") (done as () => void)();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});
const run = async (...args: string[]): Promise<string> => {
  await hardenCommand().parseAsync(args, { from: "user" });
  return printed;
};

describe("tguard harden", () => {
  it("prints a config.json that is valid, and leaves the bundle as it was", async () => {
    const before = readFileSync(join(dir, "config.json"), "utf8");
    const config = JSON.parse(await run(dir)) as Record<string, unknown>;
    expect(validateConfig(config)).toEqual([]);
    expect(config["root"]).toEqual({ path: "rootfs", readonly: true });
    expect(readFileSync(join(dir, "config.json"), "utf8")).toBe(before);
  });
  it("--diff tells the changes without colour when piped", async () => {
    const text = await run(dir, "--diff");
    expect(text).toContain(`${dir}, profile default: `);
    expect(text).toContain(
      "/process/capabilities/bounding  [added-capability]\n  - CAP_SYS_ADMIN CAP_NET_RAW\n",
    );
    expect(text).not.toContain("\x1b");
  });
  it("--diff --format json is for programs", async () => {
    const value = JSON.parse(
      await run(dir, "--diff", "--format", "json", "--profile", "strict"),
    ) as {
      profile: string;
      changes: { pointer: string; rule: string }[];
    };
    expect(value.profile).toBe("strict");
    expect(value.changes.find(({ pointer }) => pointer === "/root/readonly")?.rule).toBe(
      "writable-root",
    );
  });
  it("refuses a link to what the profile refuses", async () => {
    symlinkSync("/etc", join(dir, "link"));
    const mounts = [{ destination: "/x", type: "bind", source: "link", options: ["rbind"] }];
    writeFileSync(join(dir, "config.json"), JSON.stringify(carelessConfig({ mounts })));
    await expect(run(dir)).rejects.toThrow(/host's \/etc/);
  });
  it("fails for what is no bundle", async () => {
    await expect(run(join(dir, "none"))).rejects.toThrow();
  });
});
