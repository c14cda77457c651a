import { spawnSync } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, type Outcome, TestBundle, TGUARD } from "../support/bundle.ts";

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  try {
    bundle.tguard("delete", "--force", bundle.id);
    expect(bundle.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
  }
});

const path = (name: string): string => join(bundle.base, name);
const status = (): string => JSON.parse(bundle.tguard("state", bundle.id).stdout).status;

/** Create a container that runs the script, its output in the file `out`, as an engine does. */
function create(
  script: string,
  options: {
    readonly flags?: readonly string[];
    readonly globals?: readonly string[];
    readonly change?: (config: Config) => void;
  } = {},
): Outcome {
  bundle.write(bundle.spec(script, options.change));
  const out = openSync(path("out"), "a");
  const args = [
    ...["--root", bundle.state, "--log", path("log"), "--log-format", "json"],
    ...(options.globals ?? []),
    ...["create", "--bundle", bundle.dir, ...(options.flags ?? []), bundle.id],
  ];
  const done = spawnSync(TGUARD, args, {
    stdio: ["ignore", out, out],
    cwd: bundle.base,
    timeout: 50_000,
  });
  return { status: done.status, stdout: readFileSync(path("out"), "utf8"), stderr: "" };
}

/** The last entry of the log, as an engine reads it. */
function lastLog(): { readonly level: string; readonly msg: string; readonly time: string } {
  return JSON.parse(readFileSync(path("log"), "utf8").trimEnd().split("\n").at(-1) ?? "{}");
}

describe("create and start", () => {
  test("the program waits for start; nothing else of tguard stays", async () => {
    expect(create("echo up; exec sleep 300", { flags: ["--pid-file", path("pid")] }).status).toBe(
      0,
    );
    const state = JSON.parse(bundle.tguard("state", bundle.id).stdout);
    expect(state).toMatchObject({ status: "created", bundle: bundle.dir });
    expect(readFileSync(path("pid"), "utf8")).toBe(String(state.pid));
    expect(readFileSync(path("out"), "utf8")).toBe("");
    // The directory, and the container's own process: no monitor, no supervisor.
    const processes = bundle.leftovers().filter((what) => /^\d+$/.test(what));
    expect(processes).toEqual([String(state.pid)]);

    expect(bundle.tguard("start", bundle.id)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(status()).toBe("running");
    await eventually(() => readFileSync(path("out"), "utf8") === "up\n");
    expect(readFileSync(`/proc/${state.pid}/cmdline`, "utf8")).toBe("sleep\x00300\x00");

    const again = bundle.tguard("start", bundle.id);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/^tguard: cannot start an already running container/);
    expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
    await eventually(() => status() === "stopped");
    expect(bundle.tguard("start", bundle.id).stderr).toMatch(
      /^tguard: cannot start a container that has stopped/,
    );
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test("a program that is missing fails create, with a sentence for the engine", () => {
    const done = create("", {
      change: (c) => {
        c.process.args = ["nosuch"];
      },
    });
    expect(done.status).toBeGreaterThan(0);
    expect(lastLog()).toMatchObject({
      level: "error",
      msg: expect.stringContaining("executable file not found in $PATH: nosuch"),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(existsSync(join(bundle.state, bundle.id))).toBe(false);
  });

  test("a program that cannot be executed after all fails start with its errno", () => {
    writeFileSync(join(bundle.rootfs, "bin/torn"), "not a program", { mode: 0o755 });
    expect(
      create("", {
        change: (c) => {
          c.process.args = ["/bin/torn"];
        },
      }).status,
    ).toBe(0);
    const { status: code, stderr } = bundle.tguard("start", bundle.id);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/^tguard: starting "\/bin\/torn": ENOEXEC/);
  });

  test("the bundle may go between create and start", async () => {
    expect(create("echo still here").status).toBe(0);
    rmSync(join(bundle.dir, "config.json"));
    expect(bundle.tguard("start", bundle.id).status).toBe(0);
    await eventually(() => readFileSync(path("out"), "utf8") === "still here\n");
  });

  test("one that was created and never started is deleted without force", () => {
    expect(create("sleep 300").status).toBe(0);
    expect(bundle.tguard("delete", bundle.id)).toMatchObject({ status: 0, stderr: "" });
    expect(bundle.leftovers()).toEqual([]);
  });
});
