import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { keyHash, startKey } from "../../src/sandbox/kept-plan.ts";
import { eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";
import { Crippled } from "../support/crippled.ts";

/** Ended by an instruction that is none: the front has handed the command line on to Bun, which is not there. */
const HANDED_ON = { status: null, signal: "SIGILL", stdout: "" };
const CACHE = "/var/cache/tguard";

let crippled: Crippled;
let bundle: TestBundle;

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd: bundle.base,
    env: { ...process.env, ...env },
    input: "",
    encoding: "utf8",
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  return { status, signal, stdout, stderr };
}

/** The program without JavaScript. */
const inC = (...args: readonly string[]): Ended =>
  execute(crippled.path, ["--root", bundle.state, ...args]);

/** The program without the front. */
const inTypeScript = (...args: readonly string[]): Ended =>
  execute(TGUARD, ["--root", bundle.state, ...args], { TGUARD_FRONT: "pass" });

const RUN = ["run", "--no-harden", "--bundle"] as const;
const run = (id = bundle.id): readonly string[] => [...RUN, bundle.dir, id];

/** Have the plan of `run` kept: the first start plans. */
function warm(script = "echo hello", ...flags: readonly string[]): void {
  bundle.write(bundle.spec(script));
  const { status, stderr } = bundle.tguard("run", ...flags, ...run().slice(1));
  expect(status, stderr).toBe(0);
}

function keptPath(mode: "foreground" | "detach" = "foreground"): string {
  const options = {
    id: bundle.id,
    bundle: bundle.dir,
    profile: undefined,
    mode,
    stateDir: join(bundle.state, bundle.id),
    cacheDir: CACHE,
  };
  return join(CACHE, `${keyHash(startKey(options, bundle.dir))}.plan`);
}

describe.skipIf(!isRoot)("the front (needs root: only root's plans are kept)", () => {
  beforeAll(() => {
    crippled = new Crippled();
  });
  afterAll(() => crippled.remove());
  beforeEach(() => {
    bundle = new TestBundle();
  });
  afterEach(() => {
    try {
      expect(bundle.leftovers()).toEqual([]);
    } finally {
      bundle.remove();
      rmSync(keptPath(), { force: true });
    }
  });

  test("a bundle that was not started before is TypeScript's", () => {
    expect(inC(...run())).toMatchObject(HANDED_ON);
  });

  test("a known bundle needs no JavaScript", () => {
    warm("echo out; echo err >&2; exit 0");
    expect(inC(...run())).toEqual({ status: 0, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  test.each([
    ["exit 7", 7],
    ["sh -c 'kill -15 $$'; exit $?", 143],
  ])("the status of %s", (script, status) => {
    bundle.write(bundle.spec(script));
    bundle.tguard(...run());
    expect(inC(...run()).status).toBe(status);
  });

  test.each(["default", "strict", "compat"])("with the profile %s", (profile) => {
    warm("id -u; cat /proc/self/uid_map; grep -E 'Cap|Seccomp:' /proc/self/status");
    const args = ["run", "--profile", profile, "--bundle", bundle.dir, bundle.id];
    const first = inTypeScript(...args);
    expect(inC(...args)).toEqual(first);
    rmSync(keptPath(), { force: true });
  });

  test.each(["x", "0-a_b.c+d", "f".repeat(64), "g".repeat(190)])("under the id %s", (id) => {
    warm("cat /proc/self/cgroup; true");
    const groups = (ended: Ended): string => ended.stdout;
    const args = run(id);
    expect(groups(inC(...args))).toBe(groups(inTypeScript(...args)));
    expect(groups(inC(...args))).not.toBe("");
  });

  test("a bundle without an id is known too, and twice at once", async () => {
    warm("echo $HOSTNAME; cat");
    const args = ["--root", bundle.state, "run", "--no-harden", bundle.dir];
    expect(execute(crippled.path, args)).toMatchObject({ status: 0 });
    const first = spawn(crippled.path, args, { cwd: bundle.base });
    await once(first.stdout, "data");
    expect(execute(crippled.path, args)).toMatchObject({ status: 0 });
    first.stdin.end();
    expect((await once(first, "close"))[0]).toBe(0);
  });

  describe("voids a plan:", () => {
    const changes: Readonly<Record<string, () => void>> = {
      "another config.json": () => bundle.write(bundle.spec("echo other")),
      "a config.json of the same length": () => bundle.write(bundle.spec("echo hallo")),
      "config.json is a link": () => {
        renameSync(join(bundle.dir, "config.json"), join(bundle.dir, "real.json"));
        symlinkSync("real.json", join(bundle.dir, "config.json"));
      },
      "another root filesystem": () => {
        renameSync(bundle.rootfs, join(bundle.base, "old"));
        spawnSync("cp", ["-a", join(bundle.base, "old"), bundle.rootfs]);
      },
      "a link in place of the root filesystem": () => {
        renameSync(bundle.rootfs, join(bundle.dir, "elsewhere"));
        symlinkSync("elsewhere", bundle.rootfs);
      },
      "another owner of the root filesystem": () => chownSync(bundle.rootfs, 1, 1),
      "a plan with one bit changed": () => {
        const file = readFileSync(keptPath());
        file[file.length - 20] = (file.at(-20) ?? 0) ^ 1;
        writeFileSync(keptPath(), file);
      },
      "a plan cut short": () =>
        writeFileSync(keptPath(), readFileSync(keptPath()).subarray(0, 900)),
      "an empty plan": () => writeFileSync(keptPath(), ""),
      "a plan of another user's": () => chownSync(keptPath(), 1, 0),
      "a plan that others may read": () => chmodSync(keptPath(), 0o644),
      "a plan that is a link": () => {
        renameSync(keptPath(), join(bundle.base, "plan"));
        symlinkSync(join(bundle.base, "plan"), keptPath());
      },
      "a plan that is a FIFO": () => {
        rmSync(keptPath());
        spawnSync("mkfifo", ["-m", "600", keptPath()]);
      },
    };

    test.each(Object.keys(changes))("%s", (name) => {
      warm();
      expect(inC(...run()).stdout).toBe("hello\n");
      changes[name]?.();
      expect(inC(...run())).toMatchObject(HANDED_ON);
      // And the whole program does what is right now.
      expect(inTypeScript(...run())).toMatchObject(bundle.tguard(...run()));
    });

    test("another build", () => {
      warm();
      const other = new Crippled();
      try {
        expect(execute(other.path, ["--root", bundle.state, ...run()]).stdout).toBe("hello\n");
        other.rename();
        expect(execute(other.path, ["--root", bundle.state, ...run()])).toMatchObject(HANDED_ON);
      } finally {
        other.remove();
      }
    });

    /** In a mount namespace of its own, where the machine may be made to look different. */
    const elsewhere = (script: string): Ended =>
      execute("unshare", [
        "-m",
        "sh",
        "-ec",
        script,
        crippled.path,
        ...[`--root=${bundle.state}`, ...run()],
      ]);

    test("another user database, a cache directory that others may write to", () => {
      warm();
      expect(elsewhere('"$0" "$@"')).toMatchObject({ status: 0, stdout: "hello\n" });
      const passwd = join(bundle.base, "passwd");
      writeFileSync(passwd, "toor:x:0:0::/:/bin/sh\n");
      expect(elsewhere(`mount --bind ${passwd} /etc/passwd; exec "$0" "$@"`)).toMatchObject(
        HANDED_ON,
      );
      const open = `mkdir ${bundle.base}/c; cp -p ${CACHE}/*.plan ${bundle.base}/c; chmod 777 ${bundle.base}/c;
        mount --bind ${bundle.base}/c ${CACHE}; exec "$0" "$@"`;
      expect(elsewhere(open)).toMatchObject(HANDED_ON);
      chmodSync(join(bundle.base, "c"), 0o700);
      expect(elsewhere(open.replace(/mkdir [^;]*;/, "").replace("777", "700"))).toMatchObject({
        stdout: "hello\n",
      });
    });

    test("other control groups", () => {
      warm();
      // What is mounted over one hierarchy hides it from the new namespace.
      const hidden = readdirSync("/sys/fs/cgroup")[0] ?? "";
      const script = `mount -t tmpfs none /sys/fs/cgroup/${hidden}; exec "$0" "$@"`;
      const inMount = statSync(join("/sys/fs/cgroup", hidden)).isDirectory();
      expect(inMount).toBe(true);
      expect(elsewhere(script)).toMatchObject(HANDED_ON);
    });
  });

  describe("steps aside", () => {
    test.each([
      ["an unknown option", ["run", "--no-such-option"]],
      ["help", ["run", "--help"]],
      ["a report", ["run", "--report", "--no-harden", "."]],
      ["descriptors to hand on", ["run", "--preserve-fds", "1", "--no-harden", "."]],
      ["an id that is none", ["state", "../x"]],
      ["an unknown container", ["state", "nobody"]],
      ["signals to all", ["kill", "--all", "nobody"]],
      ["debugging", ["--debug", "state", "nobody"]],
      ["too many words", ["delete", "a", "b"]],
    ])("for %s", (_, args) => {
      expect(inC(...args)).toMatchObject(HANDED_ON);
    });

    test("for ordinary users", () => {
      warm();
      const args = ["--reuid=65534", "--regid=65534", "--clear-groups", crippled.path];
      expect(execute("setpriv", [...args, "--root", bundle.state, ...run()])).toMatchObject(
        HANDED_ON,
      );
    });

    test("when it is told to", () => {
      warm();
      const env = { TGUARD_FRONT: "pass" };
      expect(execute(crippled.path, ["--root", bundle.state, ...run()], env)).toMatchObject(
        HANDED_ON,
      );
    });

    test("when init is not the one it was built with, or others may write to it", () => {
      warm();
      const init = join(crippled.dir, "tguard-init");
      chmodSync(init, 0o777);
      expect(inC(...run())).toMatchObject(HANDED_ON);
      chmodSync(init, 0o755);
      expect(inC(...run()).stdout).toBe("hello\n");
    });
  });

  test("a start that fails is told as TypeScript tells it, and leaves nothing", () => {
    warm();
    renameSync(join(bundle.rootfs, "bin/sh"), join(bundle.rootfs, "bin/no-sh"));
    const told = inTypeScript(...run());
    expect(told.status).toBe(127);
    expect(bundle.tguard(...run())).toEqual({
      status: told.status,
      stdout: told.stdout,
      stderr: told.stderr,
    });
    expect(inC(...run())).toMatchObject(HANDED_ON);
  });

  test("neither variable of its own reaches the workload", () => {
    warm("env; tr '\\0' '\\n' < /proc/1/environ");
    expect(inC(...run()).stdout).not.toMatch(/TGUARD|BUN/);
    expect(inTypeScript(...run()).stdout).not.toMatch(/TGUARD|BUN/);
  });

  test("the caller's soft limits do reach it, whoever starts it", () => {
    warm("ulimit -n; ulimit -s");
    const limited = (program: string, env: NodeJS.ProcessEnv): Ended =>
      execute(
        "sh",
        [
          "-c",
          'ulimit -Sn 123; ulimit -Ss 4321; exec "$0" "$@"',
          program,
          "--root",
          bundle.state,
          ...run(),
        ],
        env,
      );
    bundle.write(
      bundle.spec("ulimit -n; ulimit -s", (c) => {
        delete c.process.rlimits;
      }),
    );
    expect(limited(TGUARD, {}).stdout).toBe("123\n4321\n");
    expect(limited(crippled.path, {}).stdout).toBe("123\n4321\n");
  });

  test("descriptors of the caller's do not reach it either", () => {
    warm("ls /proc/self/fd | tr '\\n' ' '");
    const { stdout } = execute("sh", [
      "-c",
      'exec 3</etc/passwd 7</etc 9>/dev/null; exec "$@"',
      "sh",
      crippled.path,
      "--root",
      bundle.state,
      ...run(),
    ]);
    expect(stdout).toBe("0 1 2 3 ");
  });

  test("state on disk and as printed are TypeScript's, byte by byte", async () => {
    const read = (): string => readFileSync(join(bundle.state, bundle.id, "state.json"), "utf8");
    const plain = (text: string): string =>
      text
        .replaceAll(/"pid": ?\d+/g, '"pid"')
        .replaceAll(/"startTime":"\d+"/g, '"start"')
        .replaceAll(/"created": ?"[-\d:TZ.]+"/g, '"created"');
    const detach = ["run", "--no-harden", "--detach", "--bundle", bundle.dir, bundle.id];
    const quietly = (program: string, env: NodeJS.ProcessEnv): void => {
      const { status } = spawnSync(program, ["--root", bundle.state, ...detach], {
        cwd: bundle.base,
        env: { ...process.env, ...env },
        stdio: "ignore",
      });
      expect(status).toBe(0);
    };
    bundle.write(
      bundle.spec("sleep 300", (c) => {
        c.annotations = { "a.b": 'with "quotes", \\ and ü', empty: "" };
      }),
    );
    quietly(TGUARD, { TGUARD_FRONT: "pass" });
    const byTypeScript = {
      state: read(),
      config: configOf(),
      printed: inC("state", bundle.id).stdout,
    };
    expect(byTypeScript.printed).toBe(inTypeScript("state", bundle.id).stdout);
    inTypeScript("delete", "--force", bundle.id);

    const before = Date.now();
    quietly(crippled.path, {});
    const created = Date.parse(JSON.parse(read()).created);
    expect(created).toBeGreaterThanOrEqual(before);
    expect(created).toBeLessThanOrEqual(Date.now());
    expect(plain(read())).toBe(plain(byTypeScript.state));
    expect(configOf()).toBe(byTypeScript.config);
    expect(plain(inC("state", bundle.id).stdout)).toBe(plain(byTypeScript.printed));

    expect(inC("kill", bundle.id, "KILL")).toMatchObject({ status: 0, stdout: "" });
    await eventually(() => JSON.parse(inC("state", bundle.id).stdout).status === "stopped");
    expect(inC("state", bundle.id).stdout).toBe(inTypeScript("state", bundle.id).stdout);
    expect(inC("kill", bundle.id, "KILL")).toMatchObject(HANDED_ON);
    expect(inC("delete", bundle.id)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(existsSync(join(bundle.state, bundle.id))).toBe(false);
  });

  test("create, start, exec and what follows", async () => {
    bundle.write(bundle.spec("echo begun > /tmp/begun; sleep 300", writable));
    const quiet = (...args: readonly string[]): number | null =>
      spawnSync(crippled.path, ["--root", bundle.state, ...args], {
        cwd: bundle.base,
        stdio: "ignore",
      }).status;
    const create = ["create", "--bundle", bundle.dir, bundle.id];
    const begun = join(bundle.rootfs, "tmp/begun");
    for (let times = 0; times < 2; times++) {
      const { status } = spawnSync(TGUARD, ["--root", bundle.state, ...create], {
        stdio: "ignore",
        cwd: bundle.base,
      });
      expect(status).toBe(0);
      bundle.tguard("delete", "--force", bundle.id);
    }
    expect(quiet(...create)).toBe(0);
    const state = (): { status: string } => JSON.parse(inC("state", bundle.id).stdout);
    expect(state().status).toBe("created");
    expect(inC("delete", bundle.id)).toMatchObject(HANDED_ON);
    expect(existsSync(begun)).toBe(false);
    expect(quiet("start", bundle.id)).toBe(0);
    expect(state().status).toBe("running");
    expect(inC("start", bundle.id)).toMatchObject(HANDED_ON);
    await eventually(() => existsSync(begun));

    const exec = ["exec", bundle.id, "sh", "-c", "echo in; exit 5"];
    expect(inC(...exec)).toMatchObject(HANDED_ON);
    for (let times = 0; times < 2; times++) expect(bundle.tguard(...exec).status).toBe(5);
    expect(inC(...exec)).toEqual({ status: 5, signal: null, stdout: "in\n", stderr: "" });
    expect(inC(...exec.slice(0, 4), "echo other")).toMatchObject(HANDED_ON);

    expect(inC("kill", bundle.id, "9").status).toBe(0);
    await eventually(() => state().status === "stopped");
    expect(inC(...exec)).toMatchObject(HANDED_ON);
    expect(inC("delete", bundle.id).status).toBe(0);
  });

  test("a program that cannot be executed is told by `start` as TypeScript tells it", () => {
    writeFileSync(join(bundle.rootfs, "bin/broken"), "\x7fELF and nothing", { mode: 0o755 });
    const told = [
      inTypeScript,
      (...args: readonly string[]) => execute(TGUARD, ["--root", bundle.state, ...args]),
    ].map((tguard) => {
      bundle.write(bundle.spec("", (c) => (c.process.args = ["/bin/broken"])));
      spawnSync(TGUARD, ["--root", bundle.state, "create", "--bundle", bundle.dir, bundle.id], {
        stdio: "ignore",
        cwd: bundle.base,
      });
      const { status, stderr } = tguard("start", bundle.id);
      bundle.tguard("delete", "--force", bundle.id);
      return { status, stderr };
    });
    expect(told[0]?.stderr).toMatch(/^tguard: .*broken/);
    expect(told[1]).toEqual(told[0]);
  });

  test("signals are passed on, and the supervisor is two small processes", async () => {
    // Ends at once while it is made known, waits for the signal when the directory is there.
    warm(
      "[ -d /tmp/wait ] || exit 0; trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
    );
    mkdirSync(join(bundle.rootfs, "tmp/wait"));
    const child = spawn(crippled.path, ["--root", bundle.state, ...run()], {
      cwd: bundle.base,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += String(chunk);
    });
    await eventually(() => out.includes("ready"));
    const supervisors = readdirSync("/proc").filter(
      (pid) => exeOf(pid).startsWith("/memfd:tguard-init") && cwdOf(pid) === bundle.base,
    );
    expect(supervisors).toHaveLength(2);
    const kib = supervisors.map((pid) =>
      Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
    );
    for (const rss of kib) expect(rss).toBeLessThan(2048);
    child.kill("SIGTERM");
    expect((await once(child, "close"))[0]).toBe(3);
    expect(out).toBe("ready\ngot\n");
  });

  test("twenty starts at once", async () => {
    warm("echo hello");
    const ends = Array.from({ length: 20 }, async (_, i) => {
      const child = spawn(crippled.path, ["--root", bundle.state, ...run(`${bundle.id}-${i}`)], {
        cwd: bundle.base,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += String(chunk);
      });
      const [status] = await once(child, "close");
      return `${status} ${out}`;
    });
    expect(await Promise.all(ends)).toEqual(Array(20).fill("0 hello\n"));
  });

  test("killed at any instant, it leaves nothing that delete --force does not clear", async () => {
    warm("[ -d /tmp/wait ] || exit 0; sleep 300 & wait");
    mkdirSync(join(bundle.rootfs, "tmp/wait"));
    for (let i = 0; i < 20; i++) {
      const child = spawn(crippled.path, ["--root", bundle.state, ...run()], {
        cwd: bundle.base,
        stdio: "ignore",
      });
      const ended = once(child, "close");
      const until = process.hrtime.bigint() + BigInt(i) * 700_000n;
      while (process.hrtime.bigint() < until) {
        // another instant each time
      }
      child.kill("SIGKILL");
      await ended;
      expect(bundle.tguard("delete", "--force", bundle.id)).toMatchObject({
        status: 0,
        stderr: "",
      });
      await eventually(() => bundle.leftovers().length === 0);
    }
  });
});

function exeOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ""; // it ended while we looked, or has no program
  }
}

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

const writable = (c: { root: { readonly: boolean } }): void => {
  c.root.readonly = false;
};

function configOf(): string {
  return readFileSync(join(bundle.state, bundle.id, "config.json"), "utf8");
}
