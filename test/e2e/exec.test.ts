import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Config,
  eventually,
  isRoot,
  type Outcome,
  outcomeOf,
  TestBundle,
  TGUARD,
} from "../support/bundle.ts";
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

/** `exec` with options in front of the id. */
const exec = (flags: readonly string[], ...argv: readonly string[]): Outcome =>
  bundle.tguard("exec", ...flags, bundle.id, ...argv);

/** Write a process file; its path. */
function processFile(process: Config): string {
  const path = engine.path("process.json");
  writeFileSync(path, JSON.stringify({ cwd: "/", env: ["PATH=/bin"], ...process }));
  return path;
}

const field = (status: string, name: string): string | undefined =>
  new RegExp(`^${name}:\\t(.*)$`, "m").exec(status)?.[1];

describe("a process in a running container", () => {
  test("its output, its status, the container's namespaces and processes", () => {
    const { pid } = engine.up("exec sleep 300");
    const done = exec(
      [],
      "sh",
      "-c",
      "echo out; echo err >&2; for n in /proc/self/ns/*; do readlink $n; done; exit 7",
    );
    expect(done.status).toBe(7);
    expect(done.stderr).toBe("err\n");
    const kinds = ["cgroup", "ipc", "mnt", "net", "pid", "uts"];
    const of = (who: string): readonly string[] =>
      kinds.map((kind) => outcomeOf("readlink", [`/proc/${who}/ns/${kind}`]).stdout);
    for (const link of of(String(pid))) expect(done.stdout).toContain(link);
    expect(exec([], "ps").stdout).toMatch(/^ +1 .*sleep 300$/m);
  });

  test("standard input, and a signal's status", () => {
    engine.up("exec sleep 300");
    const args = ["--root", bundle.state, "exec", bundle.id];
    expect(outcomeOf(TGUARD, [...args, "cat"], { input: "typed" }).stdout).toBe("typed");
    expect(exec([], "sh", "-c", "kill -9 $$").status).toBe(137);
  });

  test("signals to a foreground exec reach the process", async () => {
    engine.up("exec sleep 300");
    const script = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.1; done";
    const child = bundle.start("exec", bundle.id, "sh", "-c", script);
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += String(chunk);
    });
    const ended = new Promise<number | null>((done) => child.on("close", done));
    await eventually(() => said.includes("ready"));
    child.kill("SIGTERM");
    expect(await ended).toBe(3);
    expect(said).toContain("got");
  });

  test("it is in the container's control groups", () => {
    const { pid } = engine.up("exec sleep 300", { change: dropCgroupNamespace });
    const own = readFileSync(`/proc/${pid}/cgroup`, "utf8");
    expect(exec([], "cat", "/proc/self/cgroup").stdout).toBe(own);
  });

  test.runIf(isRoot)("--cgroup: a group below the container's, and nothing outside", () => {
    const { pid } = engine.up("exec sleep 300", { change: dropCgroupNamespace });
    const own = readFileSync(`/proc/${pid}/cgroup`, "utf8");
    const pids = /^\d+:pids:(.*)$/m.exec(own)?.[1];
    if (pids === undefined) throw new Error(`no pids hierarchy: ${own}`);
    outcomeOf("mkdir", [join("/sys/fs/cgroup/pids", pids, "sub")]);
    const done = exec(["--cgroup", "pids:sub"], "grep", ":pids:", "/proc/self/cgroup");
    expect(done.stdout).toMatch(/:pids:\S*\/sub\n$/);
    for (const wrong of ["pids:../x", "nosuch:sub"]) {
      const { status, stderr } = exec(["--cgroup", wrong], "true");
      expect(status).toBe(255);
      expect(stderr).toMatch(/^tguard: (bad sub cgroup path|unknown controller)/);
    }
  });
});

function dropCgroupNamespace(c: Config): void {
  c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "cgroup");
}

describe("options", () => {
  test("--cwd, --env, HOME, and the container's own where none is given", () => {
    writeFileSync(join(bundle.rootfs, "etc/passwd"), "u:x:1000:1000::/home/u:/bin/sh\n");
    engine.up("exec sleep 300", {
      change: (c) => {
        c.process.env = ["PATH=/bin", "OWN=1"];
        c.process.cwd = "/var";
      },
    });
    const script = "pwd; echo $OWN $A $B $HOME";
    expect(exec([], "sh", "-c", script).stdout).toBe("/var\n1 /\n");
    expect(
      exec(["--cwd", "/tmp", "-e", "A=a", "--env=B=x,y", "-u", "1000"], "sh", "-c", script).stdout,
    ).toBe("/tmp\n1 a x,y /home/u\n");
    expect(exec(["--cwd", "tmp"], "true").stderr).toMatch(/^tguard: Cwd must be an absolute path/);
    expect(exec(["--cwd", "/nope"], "true").status).toBe(255);
  });

  test.runIf(isRoot)("--user, --additional-gids: numbers only", () => {
    engine.up("exec sleep 300");
    const id = (...flags: string[]): string => exec(flags, "id").stdout.trim();
    expect(id("--user", "1000")).toBe("uid=1000 gid=0");
    expect(id("--user", "1000:1001", "-g", "5", "--additional-gids", "6")).toBe(
      "uid=1000 gid=1001 groups=5,6",
    );
    for (const wrong of ["root", "0:root", "-1", "4294967295", ""]) {
      const { status, stderr } = exec(["--user", wrong], "true");
      if (wrong === "") expect(status).toBe(0);
      else
        expect([status, stderr]).toEqual([
          255,
          expect.stringMatching(/^tguard: parsing ".*" as [ug]id failed/),
        ]);
    }
  });

  test("--cap, --no-new-privs", () => {
    engine.up("exec sleep 300", {
      change: (c) => {
        c.process.noNewPrivileges = false;
        for (const set of Object.keys(c.process.capabilities)) c.process.capabilities[set] = [];
      },
    });
    const status = (...flags: string[]): string => exec(flags, "cat", "/proc/self/status").stdout;
    const plain = status();
    expect(field(plain, "CapEff")).toBe("0000000000000000");
    expect(field(plain, "NoNewPrivs")).toBe("0");
    const more = status("--cap", "CAP_CHOWN", "-c", "CAP_KILL", "--no-new-privs");
    expect(field(more, "CapEff")).toBe("0000000000000021");
    expect(field(more, "CapBnd")).toBe("0000000000000021");
    expect(field(more, "CapAmb")).toBe("0000000000000000");
    expect(field(more, "NoNewPrivs")).toBe("1");
    expect(exec(["--cap", "CAP_NOPE"], "true").stderr).toMatch(/^tguard: unknown capability/);
  });

  test("--process: everything comes from the file", () => {
    engine.up("exec sleep 300");
    const file = processFile({
      args: ["sh", "-c", "echo $A; pwd; ulimit -n; umask; grep CapBnd /proc/self/status; exit 9"],
      cwd: "/tmp",
      env: ["PATH=/bin", "A=b"],
      user: { uid: 0, gid: 0, umask: 0o77 },
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 77, hard: 88 }],
      capabilities: { bounding: ["CAP_CHOWN"] },
      noNewPrivileges: true,
    });
    expect(exec(["--process", file])).toMatchObject({
      status: 9,
      stdout: "b\n/tmp\n77\n0077\nCapBnd:\t0000000000000001\n",
    });
  });

  test.each([
    ["is not there", undefined, /cannot read the process file/],
    ["is no JSON", "{", /process\.json/],
    ["is no process", '{"args": "sh"}', /^tguard: the process is not valid/],
    [
      "asks for what does not exist",
      '{"args":["a"],"cwd":"/","capabilities":{"bounding":["CAP_X"]}}',
      /\/process\/capabilities/,
    ],
  ])("--process that %s", (_, text, message) => {
    engine.up("exec sleep 300");
    const path = engine.path("process.json");
    if (text !== undefined) writeFileSync(path, text);
    const { status, stderr } = exec(["--process", path]);
    expect(status).toBe(255);
    expect(stderr).toMatch(message);
  });

  test("--detach and --pid-file: the process goes on, a child of nobody here", async () => {
    engine.up("exec sleep 300");
    const pidFile = engine.path("pid");
    expect(
      engine.call([
        "exec",
        "--detach",
        "--pid-file",
        pidFile,
        bundle.id,
        "sh",
        "-c",
        "echo started; exec sleep 301",
      ]),
    ).toBe(0);
    const pid = readFileSync(pidFile, "utf8");
    await engine.said("started");
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toBe("sleep\x00301\x00");
    const parent = field(readFileSync(`/proc/${pid}/status`, "utf8"), "PPid");
    expect(readFileSync(`/proc/${parent}/cmdline`, "utf8")).not.toContain("tguard");
  });

  test("--tty relays a terminal; the caller's stays out of reach", () => {
    engine.up("exec sleep 300");
    const args = ["--root", bundle.state, "exec", "--tty", bundle.id, "sh", "-c"];
    const { stdout } = outcomeOf("script", [
      ...["-qec", [TGUARD, ...args, "'tty; ls -l /proc/self/fd/0; exit 5'"].join(" "), "/dev/null"],
    ]);
    expect(stdout).toMatch(/\/dev\/pts\/0\r\n/);
    expect(exec(["--detach", "--tty"], "true").stderr).toMatch(
      /^tguard: cannot allocate tty if tguard will detach without setting console socket/,
    );
  });

  test("--console-socket and --pidfd-socket of a detached process", async () => {
    engine.up("exec sleep 300");
    const [console, pidfd] = [engine.path("console"), engine.path("pidfd")];
    const terminal = await listen("recvfd", console, "typed\n");
    const handle = await listen("recvfd", pidfd, "pidfd");
    const file = processFile({ args: ["sh", "-c", "tty; read -r l; echo got $l"], terminal: true });
    const sockets = ["--console-socket", console, "--pidfd-socket", pidfd];
    const pidFile = ["--pid-file", engine.path("pid")];
    // As podman calls it.
    expect(exec(["--process", file, "--detach", "--tty", ...sockets, ...pidFile]).status).toBe(0);
    expect(await terminal.ended).toBe(0);
    expect(terminal.said()).toContain("got typed");
    expect(await handle.ended).toBe(0);
    expect(handle.said()).toContain(`pid: ${readFileSync(engine.path("pid"), "utf8")}`);
  });

  test("--preserve-fds", () => {
    bundle.install("calls");
    engine.up("exec sleep 300");
    writeFileSync(engine.path("a"), "from a");
    const fds = [0, 1].map(() => openSync(engine.path("a"), "r"));
    expect(
      engine.call(["exec", "--preserve-fds=1", bundle.id, "sh", "-c", "cat <&3; echo; calls fds"], {
        fds,
      }),
    ).toBe(0);
    for (const fd of fds) closeSync(fd);
    expect(engine.out).toMatch(/^from a\n3 \S*\/a$/m);
    expect(engine.out).not.toMatch(/^[4-9] /m);
  });

  test("the command's own options are the command's", () => {
    engine.up("exec sleep 300");
    expect(exec([], "echo", "--tty", "-d", "x").stdout).toBe("--tty -d x\n");
    expect(exec(["--"], "echo", "y").stdout).toBe("y\n");
  });
});

describe("what it takes over from the container", () => {
  test("its seccomp filter", () => {
    bundle.install("calls");
    engine.up("exec sleep 300", {
      change: (c) => {
        c.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["mkdirat", "mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 99 }],
        };
      },
    });
    expect(exec([], "grep", "^Seccomp:", "/proc/self/status").stdout).toBe("Seccomp:\t2\n");
    expect(exec([], "calls", "nr", "258").stdout).toMatch(/^-1 99$/m);
  });

  test("no_new_privs, bounding set, keyring, session", () => {
    const { pid } = engine.up("exec sleep 300");
    const status = exec([], "cat", "/proc/self/status").stdout;
    const own = readFileSync(`/proc/${pid}/status`, "utf8");
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"])
      expect(field(status, name), name).toBe(field(own, name));
    // Field 6 of proc(5)'s stat: the session; zero would be one of outside.
    const session = exec([], "sh", "-c", "cut -d ' ' -f 6 /proc/$$/stat").stdout.trim();
    expect(Number(session)).toBeGreaterThan(0);
  });

  test("its Landlock rules", () => {
    engine.up("exec sleep 300", {
      change: (c) => {
        c.annotations = { "org.tguard.landlock": JSON.stringify({ readExec: ["/"] }) };
        c.mounts.push({ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: [] });
      },
    });
    const denied = exec([], "sh", "-c", ": > /tmp/x");
    expect(denied.stderr).toMatch(/ermission denied/);
    expect(exec([], "ls", "/tmp").stdout).toBe("");
  });
});

describe("keeping host and container apart", () => {
  test("no descriptor, no directory of the host's; not dumpable until exec", () => {
    bundle.install("calls");
    engine.up("exec sleep 300");
    expect(exec([], "calls", "fds").stdout).toBe("");
    expect(exec([], "sh", "-c", "readlink /proc/$$/cwd; readlink /proc/$$/exe").stdout).toBe(
      "/\n/bin/busybox\n",
    );
  });

  test("a working directory on a descriptor of /proc is refused (CVE-2024-21626)", () => {
    engine.up("exec sleep 300");
    for (let fd = 3; fd < 10; fd++) {
      const { stdout } = exec(["--cwd", `/proc/self/fd/${fd}`], "sh", "-c", "ls ..; pwd -P");
      expect(stdout).not.toContain("bundle");
      expect(stdout).not.toMatch(/^\/tmp\/tguard/m);
    }
  });

  test("/etc/passwd that is a FIFO or leads outside does not matter", () => {
    engine.up("exec sleep 300");
    outcomeOf("mkfifo", [join(bundle.rootfs, "etc/passwd")]);
    expect(exec([], "sh", "-c", "echo $HOME").stdout).toBe("/\n");
    rmSync(join(bundle.rootfs, "etc/passwd"));
    symlinkSync("/proc/1/environ", join(bundle.rootfs, "etc/passwd"));
    expect(exec([], "sh", "-c", "echo $HOME").stdout).toBe("/\n");
  });

  test("/dev/pts of the image's making is no terminal", () => {
    engine.up("exec sleep 300", {
      change: (c) => {
        c.mounts = c.mounts.filter((m: Config) => m.destination !== "/dev/pts");
      },
    });
    const done = outcomeOf("script", [
      ...["-qec", `${TGUARD} --root ${bundle.state} exec -t ${bundle.id} tty`, "/dev/null"],
    ]);
    expect(done.stdout).not.toMatch(/\/dev\/pts\/\d/);
    expect(done.status).toBe(255);
  });
});

describe("when there is nothing to run it in", () => {
  test("a program that is missing, not executable, or no command at all", () => {
    engine.up("exec sleep 300");
    const fails = (argv: readonly string[], message: RegExp): void => {
      const { status, stderr } = exec([], ...argv);
      expect(status).toBe(255);
      expect(stderr).toMatch(message);
    };
    fails(["nosuch"], /executable file not found in \$PATH: nosuch/);
    fails(["/etc"], /permission denied/);
    fails([], /^tguard: process args cannot be empty/);
  });

  test("no such container, a stopped one", async () => {
    expect(bundle.tguard("exec", "nobody", "true")).toMatchObject({
      status: 255,
      stderr: expect.stringMatching(/^tguard: container does not exist: "nobody"/),
    });
    engine.up("true");
    await engine.stopped();
    expect(exec([], "true")).toMatchObject({
      status: 255,
      stderr: expect.stringMatching(/^tguard: cannot exec in a stopped container/),
    });
  });

  test("one that is only created takes processes as well", () => {
    expect(engine.create("exec sleep 300")).toBe(0);
    expect(exec([], "sh", "-c", "ps; exit 4")).toMatchObject({ status: 4 });
    expect(engine.state.status).toBe("created");
    expect(engine.call(["start", bundle.id])).toBe(0);
    expect(exec([], "true").status).toBe(0);
  });

  test("bundle and program file may be gone", () => {
    engine.up("exec sleep 300");
    rmSync(join(bundle.dir, "config.json"));
    expect(exec([], "echo", "still").stdout).toBe("still\n");
  });

  test.runIf(isRoot && existsSync("/sys/fs/cgroup/freezer"))(
    "a paused one, unless told to",
    async () => {
      engine.up("exec sleep 300");
      const group = readFileSync(`/proc/${engine.state.pid}/cgroup`, "utf8");
      const path = /^\d+:freezer:(.*)$/m.exec(group)?.[1] ?? "";
      const freezer = join("/sys/fs/cgroup/freezer", path, "freezer.state");
      writeFileSync(freezer, "FROZEN");
      await eventually(() => engine.state.status === "paused");
      expect(exec([], "true").stderr).toMatch(/^tguard: cannot exec in a paused container/);
      const child = bundle.start("exec", "--ignore-paused", bundle.id, "true");
      const ended = new Promise<number | null>((done) => child.on("close", done));
      // It stands still in the group until that goes on.
      await eventually(
        () => bundle.tguard("ps", "--format", "json", bundle.id).stdout.split(",").length >= 2,
      );
      writeFileSync(freezer, "THAWED");
      expect(await ended).toBe(0);
      // SIGKILL reaches what is frozen.
      writeFileSync(freezer, "FROZEN");
      await eventually(() => engine.state.status === "paused");
      expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
      await engine.stopped();
    },
  );
});
