import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Config, eventually, TestBundle, TGUARD } from "../support/bundle.ts";

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  bundle.tguard("delete", "--force", bundle.id);
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

const SCRIPT = "grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status > /mnt/status; sleep 1000";

/** What holds for a container that was created as an engine does it. */
async function created(
  globals: readonly string[],
  flags: readonly string[],
  change: (config: Config) => void = () => undefined,
): Promise<string> {
  const shared = join(bundle.base, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o777); // the container's root is another user here
  bundle.write(
    bundle.spec(SCRIPT, (config) => {
      config.process.noNewPrivileges = false;
      config.process.capabilities = { bounding: ["CAP_SYS_ADMIN", "CAP_KILL"] };
      delete config.linux.seccomp;
      config.mounts.push({
        destination: "/mnt",
        type: "bind",
        source: shared,
        options: ["bind", "rw"],
      });
      change(config);
    }),
  );
  const args = ["--root", bundle.state, ...globals, "create", ...flags, "-b", bundle.dir];
  // Nothing of ours on its streams: the container keeps them open.
  const { status } = spawnSync(TGUARD, [...args, bundle.id], { stdio: "ignore", timeout: 50_000 });
  expect(status).toBe(0);
  expect(bundle.tguard("start", bundle.id).status).toBe(0);
  const file = join(shared, "status");
  return eventually(() => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return /Seccomp:\s\d/.test(text) ? text : undefined;
  });
}

test("an engine's config is taken as it is", async () => {
  const status = await created([], []);
  expect(status).toMatch(/CapBnd:\s0000000000200020\n/);
  expect(status).toMatch(/NoNewPrivs:\s0\n/);
  expect(status).toMatch(/Seccomp:\s0\n/);
});

test.each<[string, readonly string[], readonly string[], Record<string, string>]>([
  ["the command's option", [], ["--profile", "default"], {}],
  ["the option in front of the command", ["--profile", "default"], [], {}],
  ["the annotation", [], [], { "org.tguard.profile": "default" }],
  ["both: the tighter holds", ["--profile", "default"], [], { "org.tguard.profile": "compat" }],
])("tightened by %s", async (_, globals, flags, annotations) => {
  const status = await created(globals, flags, (config) => {
    config.annotations = annotations;
  });
  expect(status).toMatch(/CapBnd:\s0000000000000020\n/);
  expect(status).toMatch(/NoNewPrivs:\s1\n/);
  expect(status).toMatch(/Seccomp:\s2\n/);
});

test("a run can be tightened further by the annotation, and not loosened", () => {
  const run = bundle.run("grep -E 'NoNewPrivs|CapBnd' /proc/self/status", {
    flags: ["--profile", "default"],
    change: (config) => {
      config.annotations = { "org.tguard.profile": "strict" };
      config.process.capabilities = { bounding: ["CAP_KILL"] };
    },
  });
  expect(run.stdout).toMatch(/CapBnd:\s0+\n/);
});

test("an annotation names a shipped profile, never a file", () => {
  const run = bundle.run("true", {
    change: (config) => {
      config.annotations = { "org.tguard.profile": "/etc/shadow" };
    },
  });
  expect(run.status).toBe(125);
  expect(run.stderr).toContain('there is no profile "/etc/shadow"');
  expect(run.stderr).toContain("config.json /annotations/org.tguard.profile");
});
