import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, isRoot, outcomeOf, TestBundle, TGUARD } from "../support/bundle.ts";
import { Engine, listen } from "../support/engine.ts";

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

const terminal = (config: Config): void => {
  config.process.terminal = true;
};
const stateFiles = (): readonly string[] => readdirSync(join(bundle.state, bundle.id)).sort();

describe("create and start", () => {
  test("the program waits for start; nothing else of tguard stays", async () => {
    const pidFile = engine.path("pid");
    expect(engine.create("echo up; exec sleep 300", { flags: ["--pid-file", pidFile] })).toBe(0);
    const { state } = engine;
    expect(state).toMatchObject({ status: "created", bundle: bundle.dir });
    expect(readFileSync(pidFile, "utf8")).toBe(String(state.pid));
    expect(engine.out).not.toContain("up");
    // The container's own process alone: no monitor, no supervisor.
    expect(bundle.leftovers().filter((what) => /^\d+$/.test(what))).toEqual([String(state.pid)]);

    expect(bundle.tguard("start", bundle.id)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(engine.state).toMatchObject({ status: "running", pid: state.pid });
    await engine.said("up\n");
    expect(readFileSync(`/proc/${state.pid}/cmdline`, "utf8")).toBe("sleep\x00300\x00");
    expect(stateFiles()).toEqual(["config.json", "state.json"]);

    const again = bundle.tguard("start", bundle.id);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/^tguard: cannot start an already running container/);
    expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
    await engine.stopped();
    expect(bundle.tguard("start", bundle.id).stderr).toMatch(
      /^tguard: cannot start a container that has stopped/,
    );
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test("the program is no child of tguard's: whoever called is its reaper", () => {
    const { pid } = engine.up("sleep 300");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    expect(readFileSync(`/proc/${parent}/cmdline`, "utf8")).not.toContain("tguard");
  });

  test("a program that is missing fails create, with a sentence for the engine", () => {
    const status = engine.create("", {
      change: (c) => {
        c.process.args = ["nosuch"];
      },
    });
    expect(status).toBeGreaterThan(0);
    expect(engine.lastLog).toMatchObject({
      level: "error",
      msg: expect.stringContaining("executable file not found in $PATH: nosuch"),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(existsSync(join(bundle.state, bundle.id))).toBe(false);
  });

  test("a program that cannot be executed after all fails start with its errno", async () => {
    writeFileSync(join(bundle.rootfs, "bin/torn"), "not a program", { mode: 0o755 });
    const change = (c: Config): void => {
      c.process.args = ["/bin/torn"];
    };
    expect(engine.create("", { change })).toBe(0);
    expect(engine.call(["start", bundle.id])).toBeGreaterThan(0);
    expect(engine.lastLog.msg).toMatch(/^starting "\/bin\/torn": ENOEXEC: /);
    await engine.stopped();
  });

  test("the bundle may go between create and start", async () => {
    expect(engine.create("echo still here")).toBe(0);
    rmSync(join(bundle.dir, "config.json"));
    expect(engine.call(["start", bundle.id])).toBe(0);
    await engine.said("still here\n");
  });

  test("one that was created and never started is deleted without force", () => {
    expect(engine.create("sleep 300")).toBe(0);
    expect(bundle.tguard("delete", bundle.id)).toMatchObject({ status: 0, stderr: "" });
    expect(bundle.leftovers()).toEqual([]);
  });

  test("its process killed between create and start: it is stopped", async () => {
    expect(engine.create("sleep 300")).toBe(0);
    expect(bundle.tguard("kill", bundle.id, "9").status).toBe(0);
    await engine.stopped();
    expect(engine.call(["start", bundle.id])).toBe(1);
    expect(engine.lastLog.msg).toMatch(/^cannot start a container that has stopped/);
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test("an id in use, and ids that are none", () => {
    engine.up("sleep 300");
    expect(engine.create("true")).toBe(1);
    expect(engine.lastLog.msg).toMatch(/^container with id ".*" already exists/);
    for (const id of ["..", "a/b", "ä", "x".repeat(1025)]) {
      expect(engine.call(["create", "--bundle", bundle.dir, id])).toBe(1);
      expect(engine.lastLog.msg).toMatch(/^invalid container id: /);
    }
  });

  test("a leading dot is no hindrance", () => {
    bundle.write(bundle.spec("true"));
    expect(engine.call(["create", "--bundle", bundle.dir, `.${bundle.id}`])).toBe(0);
    expect(bundle.tguard("list", "-q").stdout).toBe(`.${bundle.id}\n`);
    expect(bundle.tguard("delete", `.${bundle.id}`).status).toBe(0);
  });

  test("state directories with long paths", async () => {
    const root = join(bundle.state, "x".repeat(100), "y".repeat(100));
    bundle.write(bundle.spec("echo ran"));
    const at = (...args: readonly string[]): number | null =>
      engine.call(["--root", root, ...args]);
    expect(at("create", "--bundle", bundle.dir, bundle.id)).toBe(0);
    expect(at("start", bundle.id)).toBe(0);
    await engine.said("ran");
    expect(at("delete", "--force", bundle.id)).toBe(0);
    expect(readdirSync(root)).toEqual([]);
    rmSync(bundle.state, { recursive: true });
  });

  test("--profile tightens what the bundle asks for; without it the bundle decides", async () => {
    const change = (c: Config): void => {
      c.root.readonly = false;
      c.process.noNewPrivileges = false;
    };
    const script = "touch /bin/x 2>/dev/null && echo wrote; grep NoNewPrivs /proc/self/status";
    engine.up(script, { change });
    await engine.said("NoNewPrivs:\t0\n");
    expect(engine.out).toContain("wrote");
    expect(bundle.tguard("delete", "--force", bundle.id).status).toBe(0);
    writeFileSync(engine.path("out"), "");
    engine.up(script, { change, flags: ["--profile", "default"] });
    await engine.said("NoNewPrivs:\t1\n");
    expect(engine.out).not.toContain("wrote");
  });
});

describe("descriptors and sockets", () => {
  test("--preserve-fds hands them on, and no others", async () => {
    bundle.install("calls");
    writeFileSync(engine.path("a"), "from a");
    const fds = ["a", "a", "a"].map((name) => openSync(engine.path(name), "r"));
    engine.up("cat <&3; echo; calls fds", { flags: ["--preserve-fds", "2"], fds });
    for (const fd of fds) closeSync(fd);
    await engine.said(/from a\n3 \S*\/a\n4 \S*\/a\n/);
    await engine.stopped();
    expect(engine.out).not.toMatch(/^[5-9] /m);
  });

  test("--preserve-fds of what is not open is an error", () => {
    expect(engine.create("true", { flags: ["--preserve-fds", "900"] })).toBe(1);
    expect(engine.lastLog.msg).toMatch(/^descriptor \d+ of 900 to preserve is not open/);
    expect(engine.create("true", { flags: ["--preserve-fds=x"] })).toBe(1);
    expect(engine.lastLog.msg).toMatch(/^"x" is no number of descriptors/);
  });

  test("LISTEN_FDS passes sockets on, when they are ours", () => {
    bundle.install("calls");
    bundle.write(bundle.spec("echo $LISTEN_FDS $LISTEN_PID; calls fds; echo end"));
    writeFileSync(engine.path("socket"), "");
    const run = (pid: string): string => {
      const start = `${TGUARD} --root ${bundle.state} run --no-harden --bundle ${bundle.dir} ${bundle.id}`;
      const command = `exec 3<${engine.path("socket")}; export LISTEN_FDS=1 LISTEN_PID=${pid}; exec ${start}`;
      return outcomeOf("sh", ["-c", command], { cwd: bundle.base }).stdout;
    };
    expect(run("$$")).toMatch(/^1 1\n3 \S*\/socket\nend\n$/);
    expect(run("1")).toBe("\nend\n");
  });

  test("--pidfd-socket gets a descriptor of the container's process", async () => {
    const path = engine.path("pidfd");
    const listener = await listen("recvfd", path, "pidfd");
    const { pid } = engine.up("sleep 300", { flags: ["--pidfd-socket", path] });
    expect(await listener.ended).toBe(0);
    expect(listener.said()).toMatch(new RegExp(`^pid: ${pid}$`, "m"));
  });

  test("--console-socket gets the terminal", async () => {
    const path = engine.path("console");
    const listener = await listen("recvfd", path, "typed\n");
    engine.up("tty; read -r line; echo got $line", {
      change: terminal,
      flags: ["--console-socket", path],
    });
    expect(await listener.ended).toBe(0);
    expect(listener.said()).toMatch(/\/dev\/pts\/0\r\n/);
    expect(listener.said()).toContain("got typed");
  });

  test.each([
    ["a terminal and nobody to hold it", true, [], /^cannot allocate tty if tguard will detach/],
    [
      "a console socket and no terminal",
      false,
      ["--console-socket", "/nonexistent"],
      /^cannot use console socket if tguard will not detach or allocate tty/,
    ],
  ])("%s is refused", (_, hasTerminal, flags, message) => {
    const change = (c: Config): void => {
      c.process.terminal = hasTerminal;
    };
    expect(engine.create("true", { change, flags })).toBe(1);
    expect(engine.lastLog.msg).toMatch(message);
  });

  test("NOTIFY_SOCKET: start returns when the container is ready, and only that is told", async () => {
    bundle.install("notify");
    const manager = engine.path("manager");
    const listener = await listen("notify", "serve", manager);
    const env = { NOTIFY_SOCKET: manager };
    const script =
      "notify send STATUS=lies; notify send MAINPID=1; notify send \"$(printf 'X=1\\nREADY=1\\nERRNO=2')\"; exec sleep 300";
    expect(engine.create(script, { env })).toBe(0);
    expect(engine.call(["start", bundle.id], { env })).toBe(0);
    expect(await listener.ended).toBe(0);
    const { pid } = engine.state;
    expect(listener.said()).toBe(`listening\nREADY=1\nMAINPID=${pid}\nBARRIER=1\n`);
  });

  test("NOTIFY_SOCKET: a container that ends without being ready does not hang start", async () => {
    const env = { NOTIFY_SOCKET: engine.path("nobody") };
    expect(engine.create("true", { env })).toBe(0);
    expect(engine.call(["start", bundle.id], { env })).toBe(0);
    await engine.stopped();
  });
});

describe("run", () => {
  test("--keep leaves the state of a container that has ended", () => {
    bundle.write(bundle.spec("exit 4"));
    const flags = ["--no-harden", "--keep", "--pid-file", engine.path("pid")];
    expect(bundle.tguard("run", ...flags, "--bundle", bundle.dir, bundle.id).status).toBe(4);
    expect(readFileSync(engine.path("pid"), "utf8")).toMatch(/^\d+$/);
    expect(engine.state).toMatchObject({ status: "stopped", pid: 0 });
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test("--no-pivot, --no-new-keyring and --no-subreaper are taken", () => {
    bundle.write(bundle.spec("echo ran"));
    const flags = ["--no-pivot", "--no-new-keyring", "--no-subreaper", "--no-harden"];
    const done = bundle.tguard("run", ...flags, "-b", bundle.dir, bundle.id);
    expect(done).toMatchObject({ status: 0, stdout: "ran\n" });
  });

  test("called runc, it takes the bundle as it is", () => {
    mkdirSync(engine.path("bin"));
    symlinkSync(TGUARD, engine.path("bin/runc"));
    bundle.write(
      bundle.spec("touch /bin/x && echo wrote", (c) => {
        c.root.readonly = false;
      }),
    );
    const run = (program: string): string =>
      outcomeOf(program, ["--root", bundle.state, "run", "--bundle", bundle.dir, bundle.id], {
        cwd: bundle.base,
      }).stdout;
    expect(run(engine.path("bin/runc"))).toBe("wrote\n");
    rmSync(join(bundle.rootfs, "bin/x"));
    expect(run(TGUARD)).toBe("");
  });
});

test("a plan that was kept without a profile never answers a start with one", () => {
  bundle.write(
    bundle.spec("touch /bin/x && echo wrote; rm -f /bin/x", (c) => {
      c.root.readonly = false;
    }),
  );
  const run = (globals: readonly string[], flags: readonly string[]): string =>
    bundle.tguard(...globals, "run", ...flags, "--bundle", bundle.dir, bundle.id).stdout;
  for (let again = 0; again < 3; again++) {
    expect(run([], ["--no-harden"])).toBe("wrote\n");
    expect(run([], [])).toBe("");
    expect(run(["--profile", "default"], [])).toBe("");
    expect(run([], ["--profile", "strict"])).toBe("");
    expect(run(["--profile", "strict"], [])).toBe("");
    expect(run(["--profile", "strict"], ["--no-harden"])).toBe("wrote\n");
  }
});

describe.runIf(isRoot)("without a mount namespace", () => {
  test("create, start and exec in a directory of the host's", async () => {
    engine.up("echo in $(ls / | wc -l); exec sleep 300", {
      change: (c) => {
        c.linux.namespaces = [{ type: "pid" }];
        c.mounts = [];
        delete c.linux.maskedPaths;
        delete c.linux.readonlyPaths;
        delete c.hostname;
        c.root.readonly = false;
      },
    });
    await engine.said(/in \d+/);
    const outside = outcomeOf("ls", [bundle.rootfs]).stdout;
    expect(bundle.tguard("exec", bundle.id, "ls", "/").stdout).toBe(outside);
  });
});
