import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  try {
    expect(bundle.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
  }
});

interface State {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly ociVersion: string;
}

const stateOf = (id = bundle.id): State => JSON.parse(bundle.tguard("state", id).stdout);

/** Start the script in the background, as `run --detach` does. */
function detach(script: string, change?: (c: Config) => void): void {
  bundle.write(bundle.spec(script, change));
  expect(bundle.detach("--no-harden")).toBe(0);
}

const stopped = (id = bundle.id): Promise<unknown> =>
  eventually(() => stateOf(id).status === "stopped");

function expectFailure(args: readonly string[], message: RegExp): void {
  const { status, stdout, stderr } = bundle.tguard(...args);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^tguard: /);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stdout).toBe("");
  expect(status).toBeGreaterThan(0);
}

function validator(): (state: unknown) => boolean {
  const root = join(import.meta.dirname, "../..");
  const read = (path: string): Record<string, unknown> => {
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(root, path), "utf8"));
    return schema;
  };
  const ajv = new Ajv({ strict: false });
  ajv.addSchema(read("src/oci/schema/defs.json"), "defs.json");
  return ajv.compile(read("fixtures/oci-schema/state/state-schema.json"));
}

describe("run --detach", () => {
  test("state, list, kill and delete, from start to end", async () => {
    detach("trap 'exit 0' TERM; while :; do sleep 1; done");
    const isValid = validator();
    const running = stateOf();
    expect(isValid(running)).toBe(true);
    expect(running).toMatchObject({ id: bundle.id, status: "running", bundle: bundle.dir });
    expect(readFileSync(`/proc/${running.pid}/cmdline`, "utf8")).toMatch(/^sh\0-c\0trap/);

    expect(bundle.tguard("list", "-q").stdout).toBe(`${bundle.id}\n`);
    expect(bundle.tguard("list").stdout).toMatch(
      new RegExp(
        `^ID +PID +STATUS +BUNDLE +CREATED +OWNER\n${bundle.id} +${running.pid} +running +`,
      ),
    );
    const listed = JSON.parse(bundle.tguard("list", "--format", "json").stdout);
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ id: bundle.id, pid: running.pid, status: "running" });

    await eventually(() => hasHandler(running.pid, constants.signals.SIGTERM));
    expect(bundle.tguard("kill", bundle.id).status).toBe(0);
    await stopped();
    const end = stateOf();
    expect(isValid(end)).toBe(true);
    expect(end).toMatchObject({ pid: 0, status: "stopped" });
    expect(bundle.tguard("list").stdout).toContain("stopped");
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
    expect(bundle.leftovers()).toEqual([]);
    expect(bundle.tguard("list").stdout).toMatch(/^ID.*OWNER\n$/);
    expect(bundle.tguard("list", "--format", "json").stdout).toBe("[]\n");
  });

  test("--pid-file holds the container's process", () => {
    bundle.write(bundle.spec("sleep 300"));
    const file = join(bundle.base, "pid");
    expect(bundle.detach("--no-harden", "--pid-file", file)).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(String(stateOf().pid));
    bundle.tguard("delete", "--force", bundle.id);
  });

  test("--pid-file that cannot be written: one error, nothing runs", () => {
    bundle.write(bundle.spec("sleep 300"));
    const { status, stderr } = bundle.tguard(
      ...["run", "--no-harden", "--detach", "--pid-file", "/nonexistent/pid"],
      ...["--bundle", bundle.dir, bundle.id],
    );
    expect(status).toBe(125);
    expect(stderr).toMatch(/^tguard: cannot write the pid file \/nonexistent\/pid\n/);
    expect(bundle.leftovers()).toEqual([]);
  });
});

describe("kill", () => {
  test.each(["USR1", "SIGUSR1", "usr1", String(constants.signals.SIGUSR1)])(
    "by %s",
    async (signal) => {
      detach("trap 'exit 0' USR1; : > /tmp/ready; while :; do sleep 1; done", (c) => {
        c.mounts.push({ destination: "/tmp", type: "tmpfs", source: "t", options: [] });
      });
      const { pid } = stateOf();
      // A shell's first act; before it the signal would be ignored, as by every init of a pid namespace.
      await eventually(() => hasHandler(pid, constants.signals.SIGUSR1));
      expect(bundle.tguard("kill", bundle.id, signal).status).toBe(0);
      await stopped();
      expect(bundle.tguard("delete", bundle.id).status).toBe(0);
    },
  );

  test("a workload that ignores SIGTERM lives until SIGKILL", async () => {
    detach("trap '' TERM; while :; do sleep 1; done");
    const { pid } = stateOf();
    expect(bundle.tguard("kill", bundle.id, "TERM").status).toBe(0);
    expect(stateOf()).toMatchObject({ pid, status: "running" });
    expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
    await stopped();
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test.skipIf(!isRoot)("--all reaches every process (needs root: control groups)", async () => {
    // Without a pid namespace the others would outlive the first.
    detach("sleep 300 & sleep 300 & sleep 300 & wait", (c) => {
      c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "pid");
      c.mounts = c.mounts.filter((m: Config) => m.type !== "proc");
      c.linux.maskedPaths = [];
      c.linux.readonlyPaths = [];
    });
    await eventually(() => bundle.leftovers().filter((l) => /^\d+$/.test(l)).length >= 4);
    expect(bundle.tguard("kill", "--all", bundle.id, "KILL").status).toBe(0);
    await eventually(() => bundle.leftovers().filter((l) => /^\d+$/.test(l)).length === 0);
    expect(stateOf().status).toBe("stopped");
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test("of one that is stopped, unknown, or with a signal that is none", async () => {
    detach("true");
    await stopped();
    expectFailure(["kill", bundle.id], /container not running/);
    expectFailure(["kill", bundle.id, "NOSUCH"], /unknown signal "NOSUCH"/);
    expectFailure(["kill", bundle.id, "65"], /unknown signal "65"/);
    expectFailure(["kill", "nobody"], /container does not exist: "nobody"/);
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });
});

function hasHandler(pid: number, signal: number): boolean {
  try {
    const caught = /^SigCgt:\t(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}

describe("delete", () => {
  test("of a running one is refused, --force ends it", () => {
    detach("sleep 300");
    const { pid } = stateOf();
    expectFailure(["delete", bundle.id], /cannot delete container .* that is not stopped: running/);
    expect(stateOf()).toMatchObject({ pid, status: "running" });
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
    expect(bundle.leftovers()).toEqual([]);
  });

  test("of one that does not exist is an error, with --force it is none", () => {
    expectFailure(["delete", "nobody"], /container does not exist: "nobody"/);
    expect(bundle.tguard("delete", "--force", "nobody")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("several at once agree", async () => {
    detach("sleep 300");
    const all = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const child = bundle.start("delete", "--force", bundle.id);
        let stderr = "";
        child.stderr?.on("data", (chunk) => {
          stderr += String(chunk);
        });
        const [status] = await once(child, "close");
        return { status, stderr };
      }),
    );
    expect(all).toEqual(all.map(() => ({ status: 0, stderr: "" })));
  });
});

describe("ids", () => {
  test("one that is in use, whether it runs or has stopped", async () => {
    const start = ["run", "--no-harden", "--bundle", bundle.dir, bundle.id];
    detach("sleep 1000");
    const { pid } = stateOf();
    expectFailure(start, /container with id ".*" already exists/);
    expect(stateOf(), "the first is as it was").toMatchObject({ pid, status: "running" });
    bundle.tguard("kill", bundle.id, "KILL");
    await stopped();
    expectFailure(start, /already exists/);
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test.each(["", ".", "..", "../x", "/abs", "a/b", "a b", "ü", "a\nb", "x".repeat(1025)])(
    "%j is none",
    (id) => {
      for (const args of [
        ["run", "--no-harden", "--bundle", bundle.dir, id],
        ["state", id],
        ["kill", id],
        ["delete", id],
      ]) {
        const { status, stderr } = bundle.tguard(...args);
        expect(status, args.join(" ")).toBeGreaterThan(0);
        expect(stderr, args.join(" ")).toMatch(/invalid container id|is missing/);
        expect(stderr).not.toMatch(/internal error|^ +at /m);
      }
      expect(readdirSync(bundle.base)).not.toContain("x");
    },
  );

  test("the longest names a file system takes work, or are refused clearly", () => {
    const id = `${bundle.id}-${"x".repeat(180)}`;
    bundle.write(bundle.spec("echo ran"));
    const { status, stdout, stderr } = bundle.tguard(
      "run",
      "--no-harden",
      "--bundle",
      bundle.dir,
      id,
    );
    expect(stderr).not.toMatch(/internal error/);
    if (status === 0) expect(stdout).toBe("ran\n");
    else expect(stderr).toMatch(/^tguard: /);
  });
});

describe("foreground", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT"] as const)(
    "%s is passed on once, and the exit status is the workload's",
    async (signal) => {
      const short = signal.slice(3);
      bundle.write(
        bundle.spec(
          `n=0; trap 'echo got ${short}; n=1' ${short}; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 0.1; exit 42`,
        ),
      );
      const tguard = bundle.start("run", "--no-harden", "--bundle", bundle.dir, bundle.id);
      let out = "";
      tguard.stdout?.on("data", (chunk) => {
        out += String(chunk);
      });
      const ended = once(tguard, "close");
      await eventually(() => out.includes("ready\n"));
      tguard.kill(signal);
      expect((await ended)[0]).toBe(42);
      expect(out).toBe(`ready\ngot ${short}\n`);
    },
  );

  test("an end by a signal is 128 + its number", async () => {
    bundle.write(bundle.spec("echo ready; sleep 300"));
    const tguard = bundle.start("run", "--no-harden", "--bundle", bundle.dir, bundle.id);
    const ended = once(tguard, "close");
    await once(tguard.stdout ?? tguard, "data");
    bundle.tguard("kill", bundle.id, "KILL");
    expect((await ended)[0]).toBe(137);
  });

  test("orphans end with the container", () => {
    const script =
      "for i in 1 2 3; do (sh -c 'trap \"\" TERM HUP INT; sleep 300 & sleep 300 & wait' > /dev/null 2>&1 &); done; exit 5";
    const { status, stderr } = bundle.run(script);
    expect(status, stderr).toBe(5);
    expect(bundle.leftovers()).toEqual([]);
  });

  test.skipIf(!isRoot)(
    "orphans end even without a pid namespace (needs root: control groups)",
    () => {
      const { status, stderr } = bundle.run(
        "for i in 1 2 3; do (sleep 300 > /dev/null 2>&1 &); done; exit 5",
        {
          change: (c) => {
            c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "pid");
            c.mounts = c.mounts.filter((m: Config) => m.type !== "proc");
            c.linux.maskedPaths = [];
            c.linux.readonlyPaths = [];
          },
        },
      );
      expect(status, stderr).toBe(5);
      expect(bundle.leftovers()).toEqual([]);
    },
  );

  test.skipIf(!isRoot)(
    "out of memory: 137, and nothing is left (needs root: control groups)",
    () => {
      const { status } = bundle.run("dd if=/dev/zero of=/dev/null bs=200M count=1; exit $?", {
        change: (c) => {
          c.linux.resources = { memory: { limit: 32 << 20, swap: 32 << 20 } };
        },
      });
      expect(status).toBe(137);
      expect(bundle.leftovers()).toEqual([]);
    },
  );

  test("20 at once", async () => {
    bundle.write(bundle.spec("echo $0 ran"));
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const id = `${bundle.id}-${i}`;
        const tguard = bundle.start("run", "--no-harden", "--bundle", bundle.dir, id);
        let out = "";
        for (const stream of [tguard.stdout, tguard.stderr])
          stream?.on("data", (chunk) => {
            out += String(chunk);
          });
        const [status] = await once(tguard, "close");
        return `${status} ${out}`;
      }),
    );
    expect(results).toEqual(results.map(() => "0 sh ran\n"));
  });
});

describe.skipIf(!isRoot)("a full disk (needs root: a file system of 64 KiB is mounted)", () => {
  /** Run tguard with a full tmpfs as its --root, in a mount namespace that ends with it. */
  function onFullDisk(fill: string): { status: number | null; stdout: string; stderr: string } {
    const state = join(bundle.base, "full");
    mkdirSync(state, { recursive: true });
    bundle.write(bundle.spec("echo started"));
    const script = `mount -t tmpfs -o size=64k,mode=700 full "$1" && ${fill}
"$2" --root "$1" run --no-harden --bundle "$3" "$4"; status=$?; echo "left: $(ls "$1")" >&2; exit $status`;
    return spawnSync(
      "unshare",
      ["-m", "sh", "-c", script, "sh", state, TGUARD, bundle.dir, bundle.id],
      {
        encoding: "utf8",
        timeout: 50_000,
        cwd: bundle.base,
      },
    );
  }

  test("one error that says so, and nothing is left", () => {
    const { status, stdout, stderr } = onFullDisk(
      '{ cat /dev/zero > "$1/.fill" || :; } 2>/dev/null;',
    );
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^tguard: cannot keep the container's state\n/);
    expect(stderr).toContain("ENOSPC");
    expect(stderr).toContain("free some space");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr).toMatch(/^left: $/m);
    expect(status).toBe(125);
  });

  test("no inodes: the same", () => {
    const { status, stdout, stderr } = onFullDisk(
      'mount -o remount,nr_inodes=2 "$1" && { : > "$1/.a"; } 2>/dev/null;',
    );
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^tguard: cannot keep the container's state\n/);
    expect(stderr).toContain("ENOSPC");
    expect(status).toBe(125);
  });
});

describe("the state directory", () => {
  test("one that others could write to is not used", () => {
    mkdirSync(bundle.state);
    spawnSync("chmod", ["0777", bundle.state]);
    const { status, stderr } = bundle.run("echo started");
    expect(status).toBe(125);
    expect(stderr).toContain("could be changed by other users");
    expect(existsSync(join(bundle.state, bundle.id))).toBe(false);
  });

  test("one that is a file, or in a place where none can be made", () => {
    bundle.write(bundle.spec("echo started"));
    for (const root of [join(bundle.dir, "config.json"), "/proc/nope/state"]) {
      const { status, stdout, stderr } = spawnSync(
        TGUARD,
        ["--root", root, "run", "--no-harden", "--bundle", bundle.dir, bundle.id],
        { encoding: "utf8", timeout: 50_000 },
      );
      expect(status, root).toBe(125);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^tguard: /);
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });
});
