import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";
import { Engine } from "../support/engine.ts";

let bundle: TestBundle;
let engine: Engine;
beforeEach(() => {
  bundle = new TestBundle();
  engine = new Engine(bundle);
});
afterEach(() => {
  try {
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
    expect(bundle.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
  }
});

const hasPs = spawnSync("ps", ["--version"]).status === 0;
/** Without a pid namespace: processes outlive the first one. */
const sharePids = (c: Config): void => {
  c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "pid");
  // A user namespace may not mount proc of a pid namespace that it does not own.
  c.mounts = c.mounts.filter((m: Config) => m.type !== "proc");
};

describe("global options", () => {
  test("--version: lines as engines take them apart", () => {
    expect(bundle.tguard("--version").stdout).toMatch(
      /^tguard version \d+\.\d+\.\d+\nspec: 1\.\d+\.\d+\n$/,
    );
    expect(bundle.tguard("-v").stdout).toMatch(/^tguard version /);
  });

  test.each([
    [
      "json",
      /^\{"level":"error","msg":"container does not exist: \\"nobody\\".*","time":"[^"]+Z"\}\n$/,
    ],
    ["text", /^time="[^"]+Z" level=error msg="container does not exist: \\"nobody\\".*"\n$/],
  ])("--log in %s, and the same on standard error", (format, line) => {
    const log = engine.path("log");
    const done = bundle.tguard(
      "--log",
      log,
      `--log-format=${format}`,
      "--debug",
      "state",
      "nobody",
    );
    expect(done.status).toBe(1);
    expect(done.stderr).toMatch(/^tguard: container does not exist: "nobody"/);
    expect(
      readFileSync(log, "utf8")
        .split("\n")
        .filter((l) => l.includes("error"))
        .at(-1),
    ).toMatch(new RegExp(line.source.replace("\\n$", "$")));
  });

  test("given several times, the last one counts; a command's options may stand behind =", () => {
    const log = engine.path("log");
    const [globals, options] = [
      [`--log=${engine.path("other")}`, "--log-format=json", "--log", log, "-systemd-cgroup=false"],
      ["--format=json", "--quiet=false"],
    ];
    expect(bundle.tguard(...globals, "list", ...options)).toMatchObject({
      status: 0,
      stdout: "[]\n",
    });
  });

  test.each([
    [["--nope", "state", "x"], "unknown option '--nope'"],
    [["state"], "missing required argument 'id'"],
    [["state", "a", "b"], "too many arguments"],
    [["--log"], "argument missing"],
    [["nope"], "unknown command 'nope'"],
  ])("%j is a wrong command line", (args, message) => {
    const { status, stderr } = bundle.tguard(...args);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain(message);
  });

  test("warnings go to the log, not to the container's standard error", () => {
    const unlikely = (c: Config): void => {
      c.process.capabilities.bounding = [
        "CAP_SYS_RESOURCE",
        "CAP_MAC_ADMIN",
        "CAP_BPF",
        "CAP_SYS_MODULE",
      ];
      c.process.capabilities.effective = c.process.capabilities.bounding;
      c.process.capabilities.permitted = c.process.capabilities.bounding;
    };
    expect(engine.create("true", { change: unlikely })).toBe(0);
    expect(engine.out).toBe("");
  });
});

describe("list", () => {
  test("the table is runc's to the letter", () => {
    expect(bundle.tguard("list").stdout).toBe(
      "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n",
    );
    const { pid } = engine.up("exec sleep 300");
    const [heading = "", line = ""] = bundle.tguard("list").stdout.split("\n");
    expect(line.slice(heading.indexOf("PID"))).toMatch(
      new RegExp(`^${pid} +running +${bundle.dir} {3}\\S+Z {3}\\S+$`),
    );
    expect(line.startsWith(`${bundle.id} `)).toBe(true);
    expect(heading.indexOf("STATUS") - heading.indexOf("PID")).toBe(12);
    expect(bundle.tguard("list", "-q").stdout).toBe(`${bundle.id}\n`);
    expect(bundle.tguard("list", "--format", "xml").stderr).toMatch(/^tguard: unknown format/);
  });
});

describe("ps", () => {
  test("json: the processes' numbers", async () => {
    const { pid } = engine.up("sleep 301 & exec sleep 300");
    const pids = await eventually(() => {
      const found = JSON.parse(bundle.tguard("ps", "--format", "json", bundle.id).stdout);
      return found.length === 2 && (found as number[]);
    });
    expect(pids).toContain(pid);
    expect([...pids].sort((a, b) => a - b)).toEqual(pids);
    expect(bundle.tguard("ps", "-f=xml", bundle.id).stderr).toMatch(
      /^tguard: invalid format option/,
    );
    expect(bundle.tguard("ps", "nobody").status).toBe(1);
  });

  test.skipIf(!hasPs)("table: ps(1) with its own options, only these lines", () => {
    const { pid } = engine.up("exec sleep 300");
    const lines = bundle.tguard("ps", bundle.id).stdout.split("\n");
    expect(lines[0]).toMatch(/^UID +PID +PPID/);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(new RegExp(` ${pid} .* sleep 300$`));
    expect(bundle.tguard("ps", bundle.id, "-e", "-o", "pid,comm").stdout).toMatch(
      new RegExp(`^ *PID COMMAND\n *${pid} sleep\n$`),
    );
    expect(bundle.tguard("ps", bundle.id, "-e", "-o", "comm").stderr).toMatch(
      /^tguard: couldn't find PID field/,
    );
    expect(bundle.tguard("ps", bundle.id, "--nope").stderr).toMatch(
      /^tguard: ps ended with status/,
    );
  });
});

describe("kill", () => {
  test("a container whose init is a zombie is stopped: container not running", async () => {
    // Nobody here reaps what create leaves behind: it stays with the machine's init for a moment, or forever.
    engine.up("exec sleep 300");
    process.kill(engine.state.pid, "SIGKILL");
    await engine.stopped();
    const { status, stderr } = bundle.tguard("kill", bundle.id, "TERM");
    expect(status).toBe(1);
    expect(stderr).toMatch(/container not running/);
    // As with runc, --all of what is gone is no error.
    expect(bundle.tguard("kill", "--all", bundle.id, "KILL").status).toBe(0);
  });

  test("--all reaches every process", async () => {
    const script =
      "trap : USR1; (trap 'echo child; exit' USR1; echo ready; while :; do sleep 0.1; done) & wait; wait; echo parent";
    engine.up(script);
    await engine.said("ready");
    expect(bundle.tguard("kill", "-a", bundle.id, "SIGUSR1").status).toBe(0);
    await engine.said("child");
    await engine.said("parent");
  });

  test("a created container is killed like a running one", async () => {
    expect(engine.create("true")).toBe(0);
    expect(bundle.tguard("kill", bundle.id, "SIGKILL").status).toBe(0);
    await engine.stopped();
  });

  test.runIf(isRoot)("SIGKILL in a shared pid namespace ends all, others the first", async () => {
    engine.up("trap 'echo first; exit' TERM; sleep 301 & echo ready; while :; do sleep 0.1; done", {
      change: sharePids,
    });
    await engine.said("ready");
    const others = (): readonly number[] =>
      JSON.parse(bundle.tguard("ps", "-f", "json", bundle.id).stdout);
    expect(others().length).toBeGreaterThanOrEqual(2);
    expect(bundle.tguard("kill", bundle.id, "TERM").status).toBe(0);
    await engine.said("first");
    await engine.stopped();
    expect(others().length).toBeGreaterThanOrEqual(1);
    // The first is gone, the others are not: what kill --all is for.
    expect(bundle.tguard("kill", "--all", bundle.id, "KILL").status).toBe(0);
    await eventually(() => others().length === 0);
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test.runIf(isRoot)("delete ends what is left of a shared pid namespace", async () => {
    engine.up("sleep 301 & echo ready", { change: sharePids });
    await engine.stopped();
    const [pid] = JSON.parse(bundle.tguard("ps", "-f", "json", bundle.id).stdout) as number[];
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toBe("sleep\x00301\x00");
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
    expect(bundle.leftovers()).toEqual([]);
  });

  test("a number above 64, or a name that is none", () => {
    engine.up("exec sleep 300");
    for (const signal of ["65", "SIGNOPE", "-", "1e1"])
      expect(bundle.tguard("kill", bundle.id, signal).stderr).toMatch(/^tguard: unknown signal/);
    expect(bundle.tguard("kill", bundle.id, String(constants.signals.SIGCONT)).status).toBe(0);
  });
});

// dockerd names its state below /var/run, which is a link to /run.
test("--root may lead through a symbolic link", () => {
  symlinkSync(bundle.dir, join(bundle.dir, "link"));
  const root = join(bundle.dir, "link", "state");
  mkdirSync(root, { mode: 0o700 });
  bundle.write(bundle.spec("exec sleep 300"));
  const at = (...args: readonly string[]): number | null =>
    spawnSync(TGUARD, ["--root", root, ...args], { stdio: "ignore" }).status;
  expect(at("create", "--bundle", bundle.dir, bundle.id)).toBe(0);
  expect(at("start", bundle.id)).toBe(0);
  expect(at("delete", "--force", bundle.id)).toBe(0);
});

describe("delete", () => {
  test("of a running one is refused with runc's words; --force of an unknown one is none", () => {
    engine.up("exec sleep 300");
    const { status, stderr } = bundle.tguard("delete", bundle.id);
    expect(status).toBe(1);
    expect(stderr).toContain(`cannot delete container "${bundle.id}" that is not stopped: running`);
    expect(bundle.tguard("delete", "--force", "nobody")).toMatchObject({ status: 0, stderr: "" });
    expect(bundle.tguard("delete", "nobody").stderr).toMatch(/container does not exist/);
  });

  // containerd's shim cleans up from inside a bundle that is gone.
  test("works in a folder that was removed", () => {
    mkdirSync(join(bundle.dir, "gone"));
    const script = 'cd "$1" && rmdir "$1" && exec "$0" --root "$2" delete --force nobody';
    const args = ["-c", script, TGUARD, join(bundle.dir, "gone"), bundle.state];
    expect(spawnSync("sh", args, { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  test("a state that is no record is cleared by --force", () => {
    mkdirSync(join(bundle.state, bundle.id), { recursive: true, mode: 0o700 });
    writeFileSync(join(bundle.state, bundle.id, "state.json"), "{torn");
    expect(bundle.tguard("state", bundle.id).status).toBe(1);
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
    expect(readdirSync(bundle.state)).toEqual([]);
  });
});

describe("state", () => {
  test("a process number that was used again is not the container's", async () => {
    engine.up("exec sleep 300");
    const file = join(bundle.state, bundle.id, "state.json");
    const record = JSON.parse(readFileSync(file, "utf8"));
    const real = record.process;
    writeFileSync(file, JSON.stringify({ ...record, process: { ...real, startTime: "1" } }));
    expect(engine.state).toMatchObject({ status: "stopped", pid: 0 });
    expect(bundle.tguard("kill", bundle.id, "KILL").stderr).toMatch(/container not running/);
    expect(bundle.tguard("exec", bundle.id, "true").stderr).toMatch(/stopped container/);
    writeFileSync(file, JSON.stringify({ ...record, process: real }));
    expect(engine.state.status).toBe("running");
  });
});

describe("spec", () => {
  test("--bundle and --rootless; what is there stays", () => {
    mkdirSync(engine.path("new"));
    const spec = (...flags: string[]): number | null =>
      bundle.tguard("spec", "-b", engine.path("new"), ...flags).status;
    expect(spec("--rootless")).toBe(0);
    const config = JSON.parse(readFileSync(engine.path("new/config.json"), "utf8"));
    expect(config.linux.uidMappings).toHaveLength(1);
    expect(spec()).toBe(1);
  });
});
