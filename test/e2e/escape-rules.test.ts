import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Config,
  eventually,
  isRoot,
  outcomeOf,
  TestBundle,
  TGUARD,
} from "../support/bundle.ts";
import { helperPath } from "../support/helpers.ts";

/*
 * The seven rules of ARCHITECTURE.md, "Rules that keep the sandbox tight": each of these tests fails when its rule is
 * not kept. What a profile adds on top is the subject of hardened.test.ts: here bundles run as they are.
 */

const NO_ROOT =
  "needs root: an ordinary user's container has none of the rights that the rules take away";
const { ENOSYS, EPERM } = constants.errno;

let bundle: TestBundle;
beforeEach(() => {
  if (!isRoot) return;
  bundle = new TestBundle();
  bundle.install("calls");
});
afterEach(() => {
  if (!isRoot) return;
  try {
    expect(bundle.leftovers()).toEqual([]);
  } finally {
    bundle.remove();
  }
});

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Live children of a process, of all its threads. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
        .split(" ")
        .filter((word) => word !== "")
        .map(Number),
    );
  } catch {
    return []; // it ended while we looked
  }
}

/** tguard, init's outer half, and the container's process, which has not executed its program yet. */
interface InSetUp {
  readonly tguard: ChildProcess;
  readonly outer: number;
  readonly inner: number;
  release(): Promise<void>;
}

const isInit = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/exe`).includes("tguard-init");
  } catch {
    return false;
  }
};

/** Start the bundle and hold tguard by SIGSTOP, so that init waits for its word when all is set up but exec. */
async function heldInSetUp(...flags: readonly string[]): Promise<InSetUp> {
  for (let tries = 0; tries < 40; tries++) {
    const args = ["run", ...flags, "--bundle", bundle.dir, bundle.id];
    const tguard = bundle.start(...args);
    const pid = tguard.pid ?? -1;
    const ended = once(tguard, "exit");
    let outer: number | undefined;
    // Busy waiting: the moment is a few milliseconds long.
    const until = performance.now() + 5000;
    while (performance.now() < until) {
      outer = childrenOf(pid).find(isInit);
      if (outer !== undefined && childrenOf(outer).length > 0) break;
      outer = undefined;
    }
    tguard.kill("SIGSTOP");
    const release = async (): Promise<void> => {
      tguard.kill("SIGCONT");
      await ended;
    };
    const held = outer;
    if (held !== undefined) {
      await sleep(200); // init runs on to the point where it waits
      const inner = childrenOf(held)[0];
      if (inner !== undefined && isInit(inner)) return { tguard, outer: held, inner, release };
    }
    await release(); // too late: it had its word already
  }
  throw new Error("set-up could not be caught in 40 starts");
}

describe.skipIf(!isRoot)(`rule 1: init is a sealed copy (${NO_ROOT})`, () => {
  test("rule 1: both halves of init run from a memfd, and /proc/1/exe in the container is the program", async () => {
    bundle.write(bundle.spec("readlink /proc/1/exe; readlink /proc/self/exe"));
    const held = await heldInSetUp("--no-harden");
    let out = "";
    held.tguard.stdout?.on("data", (chunk) => {
      out += String(chunk);
    });
    try {
      for (const pid of [held.outer, held.inner])
        expect(readlinkSync(`/proc/${pid}/exe`)).toBe("/memfd:tguard-init (deleted)");
    } finally {
      await held.release();
    }
    expect(out).toBe("/bin/busybox\n/bin/busybox\n");
  });

  test("rule 1: a program that is /proc/self/exe in disguise gets the copy, and cannot write to it", () => {
    // CVE-2019-5736: the image makes the runtime execute itself inside the container.
    const init = join(TGUARD, "../tguard-init");
    const before = readFileSync(init);
    writeFileSync(join(bundle.rootfs, "bin/evil"), "#!/proc/self/exe\n", { mode: 0o755 });
    bundle.write(
      bundle.spec("", (c) => {
        c.process.args = ["/bin/evil"];
      }),
    );
    const done = bundle.tguard("run", "--no-harden", "--bundle", bundle.dir, bundle.id);
    expect(done.status).not.toBe(0);
    expect(done.stdout).toBe("");
    expect(readFileSync(init).equals(before)).toBe(true);
  });

  test("rule 1: neither init nor tguard is a file of the container", () => {
    const { stdout } = bundle.run(
      "for p in /proc/[0-9]*; do readlink $p/exe; cat $p/maps; done | grep -E 'tguard|memfd'; echo end",
    );
    expect(stdout).toBe("end\n");
  });
});

describe.skipIf(!isRoot)(`rule 2: nothing of the host's leaks in (${NO_ROOT})`, () => {
  /** Run with descriptors 5 to 9 open as a careless caller leaves them, one of them a directory of the host. */
  function runWithStrays(change?: (c: Config) => void, script = "/bin/calls fds"): string {
    bundle.write(bundle.spec(script, change));
    const dir = openSync("/", "r");
    const file = openSync("/etc/hostname", "r");
    try {
      const args = ["run", "--no-harden", "--bundle", bundle.dir, bundle.id];
      const done = outcomeOf(TGUARD, ["--root", bundle.state, ...args], {
        cwd: bundle.base,
        stdio: ["ignore", "pipe", "pipe", "ignore", "ignore", file, dir, dir, file, dir],
        env: { ...process.env, LISTEN_FDS: "5", LISTEN_PID: "1" },
      });
      return done.status === 0 ? done.stdout : `exit ${done.status}: ${done.stdout}${done.stderr}`;
    } finally {
      closeSync(dir);
      closeSync(file);
    }
  }

  test("rule 2: descriptors that the caller left open are not the container's", () => {
    expect(runWithStrays()).toBe("");
  });

  test.each(["/proc/self/fd/6", "/proc/1/fd/7", "/proc/self/fd/9/tmp", "/proc/thread-self/fd/6"])(
    "rule 2: the working directory %s is refused",
    (cwd) => {
      // CVE-2024-21626
      const said = runWithStrays((c) => {
        c.process.cwd = cwd;
      }, "echo started; ls");
      expect(said).toMatch(/^exit 125: tguard: /);
      expect(said).not.toContain("started");
    },
  );

  test("rule 2: nor does a link in the image lead out of the root", () => {
    symlinkSync("/proc/self/fd/6", join(bundle.rootfs, "work"));
    const said = runWithStrays((c) => {
      c.process.cwd = "/work";
    }, "echo started; ls");
    expect(said).toMatch(/^exit 125: tguard: /);
    expect(said).not.toContain("started");
  });

  test("rule 2: the working directory is inside the root", () => {
    expect(bundle.run("pwd -P; ls -d ../../../../etc/hostname 2>&1").stdout).toMatch(
      /^\/\nls: .*No such file/,
    );
  });

  test("rule 2: init is not dumpable while it sets the container up", async () => {
    // /proc/PID belongs to the process' user, unless it is not dumpable: then to root of the host (proc(5)).
    bundle.write(bundle.spec("true"));
    const held = await heldInSetUp(); // the default profile: another user outside than root
    try {
      const euid = /^Uid:\t\d+\t(\d+)/m.exec(readFileSync(`/proc/${held.inner}/status`, "utf8"));
      expect(Number(euid?.[1])).toBeGreaterThan(0);
      expect(statSync(`/proc/${held.inner}/fd`).uid).toBe(0);
      expect(statSync(`/proc/${held.inner}/mem`).uid).toBe(0);
    } finally {
      await held.release();
    }
  });
});

describe.skipIf(!isRoot)(`rule 3: paths are resolved inside the root (${NO_ROOT})`, () => {
  const LINKS: readonly (readonly [string, (host: string) => string])[] = [
    ["an absolute link to a host path", (host) => host],
    ["a relative link out of the root", (host) => `../../../../../../../../..${host}`],
    ["a link to a link", () => "first"],
    ["a link to /proc/1/root", (host) => `/proc/1/root${host}`],
  ];
  test.each(LINKS)("rule 3: a destination that is %s stays inside", (_, target) => {
    const victim = join(bundle.base, "victim");
    mkdirSync(victim);
    symlinkSync(victim, join(bundle.rootfs, "first"));
    symlinkSync(target(victim), join(bundle.rootfs, "out"));
    const { stdout, stderr, status } = bundle.run("touch /out/inside && ls /out", {
      change: (c) => {
        c.root.readonly = false;
        c.mounts.push({ destination: "/out", type: "tmpfs", source: "t", options: [] });
        c.mounts.push({
          destination: "/out/deeper/file",
          type: "bind",
          source: join(bundle.dir, "config.json"),
          options: ["bind", "ro"],
        });
      },
    });
    expect(readdirSync(victim), "the host's directory is as it was").toEqual([]);
    expect(existsSync(join(bundle.base, "deeper"))).toBe(false);
    if (status === 0) expect(stdout, stderr).toBe("deeper\ninside\n");
    else expect(stderr).toMatch(/^tguard: .*(ELOOP|EXDEV)/);
  });

  test("rule 3: a file is not made through a dangling link", () => {
    // CVE-2024-45310
    const victim = join(bundle.base, "made");
    symlinkSync(victim, join(bundle.rootfs, "file"));
    const { status, stdout, stderr } = bundle.run("cat /file", {
      change: (c) => {
        c.root.readonly = false;
        c.mounts.push({
          destination: "/file",
          type: "bind",
          source: "/etc/hostname",
          options: ["bind", "ro"],
        });
      },
    });
    expect(existsSync(victim)).toBe(false);
    expect(status, stderr).toBe(0);
    expect(stdout).toBe(readFileSync("/etc/hostname", "utf8"));
  });

  test.each([
    ["a loop", "loop", "ELOOP"],
    ["a magic link of /proc", "/proc/self/root/tmp", "ELOOP"],
    ["a magic link to a descriptor", "/proc/self/fd/3/x", "ELOOP"],
  ])("rule 3: %s is refused", (_, target, code) => {
    symlinkSync(target, join(bundle.rootfs, "loop"));
    const { status, stderr } = bundle.run("echo started", {
      change: (c) => {
        c.mounts.push({ destination: "/loop", type: "tmpfs", source: "t", options: [] });
      },
    });
    expect(status).toBe(125);
    expect(stderr).toContain(code);
    expect(stderr).toContain("config.json /mounts/");
  });

  test("rule 3: masked and read-only paths, and the working directory, too", () => {
    const victim = join(bundle.base, "victim");
    mkdirSync(victim);
    writeFileSync(join(victim, "f"), "content");
    symlinkSync(victim, join(bundle.rootfs, "out"));
    const { status, stderr } = bundle.run("true", {
      change: (c) => {
        c.root.readonly = false;
        c.linux.maskedPaths.push("/out/f");
        c.linux.readonlyPaths.push("/out");
        c.process.cwd = "/out/new/cwd";
      },
    });
    expect(readdirSync(victim)).toEqual(["f"]);
    expect(readFileSync(join(victim, "f"), "utf8")).toBe("content");
    // Either it made the directory inside, or it refused; both are right.
    if (status !== 0) expect(stderr).toMatch(/^tguard: /);
    else expect(existsSync(join(bundle.rootfs, victim, "new/cwd"))).toBe(true);
  });
});

describe.skipIf(!isRoot)(
  `rule 4: no device or /proc of the image's is believed (${NO_ROOT})`,
  () => {
    const withoutDev = (c: Config): void => {
      c.mounts = c.mounts.filter((m: Config) => !m.destination.startsWith("/dev"));
    };

    test.each([
      ["a link to a file of the image", (path: string) => symlinkSync("/etc/mine", path)],
      ["a link to the host's", (path: string) => symlinkSync("/../../../etc/hostname", path)],
      ["a regular file", (path: string) => writeFileSync(path, "mine")],
      ["a directory", (path: string) => mkdirSync(path)],
    ])("rule 4: /dev/null that is %s does not cover a masked file", (_, make) => {
      // CVE-2025-31133: what was to be hidden would show what the image put there, or could be written.
      writeFileSync(join(bundle.rootfs, "etc/mine"), "mine");
      writeFileSync(join(bundle.rootfs, "etc/secret"), "secret");
      make(join(bundle.rootfs, "dev/null"));
      const { status, stdout, stderr } = bundle.run(
        "wc -c < /etc/secret; stat -c '%F %t:%T' /etc/secret",
        {
          change: (c) => {
            withoutDev(c);
            c.linux.maskedPaths.push("/etc/secret");
          },
        },
      );
      if (status === 0) expect(stdout).toBe("0\ncharacter special file 1:3\n");
      else {
        expect(status).toBe(125);
        expect(stderr).toMatch(/^tguard: /);
      }
      expect(readFileSync(join(bundle.rootfs, "etc/mine"), "utf8")).toBe("mine");
      expect(readFileSync(join(bundle.rootfs, "etc/secret"), "utf8")).toBe("secret");
    });

    test("rule 4: masks come from the host's /dev/null, whatever the container's is", () => {
      writeFileSync(join(bundle.rootfs, "etc/secret"), "secret");
      const fake = join(bundle.base, "fakedev");
      mkdirSync(fake);
      writeFileSync(join(fake, "null"), "mine");
      const { status, stdout, stderr } = bundle.run("wc -c < /etc/secret", {
        change: (c) => {
          withoutDev(c);
          c.mounts.push({ destination: "/dev", type: "bind", source: fake, options: ["rbind"] });
          c.linux.maskedPaths.push("/etc/secret");
        },
      });
      if (status === 0) expect(stdout).toBe("0\n");
      else expect(stderr).toMatch(/^tguard: .*\n {2}from {2}/);
      expect(readFileSync(join(fake, "null"), "utf8")).toBe("mine");
    });

    test("rule 4: kernel settings are not written to a file that stands in for them", () => {
      // CVE-2025-52881
      mkdirSync(join(bundle.rootfs, "proc/sys/kernel"), { recursive: true });
      const fake = join(bundle.rootfs, "proc/sys/kernel/shmmni");
      writeFileSync(fake, "fake");
      const { stdout, stderr } = bundle.run("cat /other/sys/kernel/shmmni", {
        change: (c) => {
          c.mounts = c.mounts.filter((m: Config) => m.type !== "proc");
          c.mounts.push({ destination: "/other", type: "proc", source: "proc" });
          c.root.readonly = false;
          c.linux.sysctl = { "kernel.shmmni": "123" };
          c.linux.maskedPaths = [];
          c.linux.readonlyPaths = [];
        },
      });
      expect(stdout, stderr).toBe("123\n");
      expect(readFileSync(fake, "utf8")).toBe("fake");
    });

    test("rule 4: /dev/console is put in place by descriptor, not through a link", () => {
      // CVE-2025-52565
      const victim = join(bundle.base, "victim");
      writeFileSync(victim, "content");
      mkdirSync(join(bundle.rootfs, "dev/pts"));
      symlinkSync(victim, join(bundle.rootfs, "dev/console"));
      writeFileSync(join(bundle.rootfs, "etc/target"), "content");
      bundle.write(
        bundle.spec("echo over > /dev/console; tty", (c) => {
          c.mounts = c.mounts.filter(
            (m: Config) => !m.destination.startsWith("/dev") || m.destination === "/dev/pts",
          );
          c.process.terminal = true;
        }),
      );
      const args = [
        "--root",
        bundle.state,
        "run",
        "--no-harden",
        "--bundle",
        bundle.dir,
        bundle.id,
      ];
      const done = outcomeOf(helperPath("pty"), ["24x80", "", TGUARD, ...args], {
        cwd: bundle.base,
      });
      expect(readFileSync(victim, "utf8")).toBe("content");
      expect(existsSync(join(bundle.rootfs, victim))).toBe(false);
      expect(done.stderr).toMatch(/^status (125|0)$/m);
      if (done.stderr.includes("status 125")) expect(done.stdout).toContain("ELOOP");
      else expect(done.stdout).toContain("/dev/pts/0");
    });
  },
);

describe.skipIf(!isRoot)(`rule 5: rights are dropped (${NO_ROOT})`, () => {
  test("rule 5: all five sets are what config.json says, inheritable empty unless asked for", () => {
    const { stdout } = bundle.run("grep ^Cap /proc/self/status", {
      change: (c) => {
        c.process.capabilities = {
          bounding: ["CAP_KILL"],
          effective: ["CAP_KILL"],
          permitted: ["CAP_KILL"],
        };
      },
    });
    expect(stdout).toBe(
      [
        ["Inh", 0],
        ["Prm", 0x20],
        ["Eff", 0x20],
        ["Bnd", 0x20],
        ["Amb", 0],
      ]
        .map(([set, bits]) => `Cap${set}:\t${bits?.toString(16).padStart(16, "0")}\n`)
        .join(""),
    );
  });

  test("rule 5: without process.capabilities there are none", () => {
    const { stdout } = bundle.run("grep ^Cap /proc/self/status", {
      change: (c) => {
        delete c.process.capabilities;
      },
    });
    expect([...stdout.matchAll(/\t0{16}$/gm)]).toHaveLength(5);
  });

  test("rule 5: none of the caller's groups, capabilities or secure bits comes along", () => {
    bundle.write(bundle.spec("grep -E '^(Groups|CapInh|CapAmb)' /proc/self/status"));
    const own = ["--groups=4,20,100", "--inh-caps=+chown,+kill", "--ambient-caps=+chown,+kill"];
    const args = ["--root", bundle.state, "run", "--no-harden", "--bundle", bundle.dir, bundle.id];
    const done = outcomeOf("setpriv", [...own, TGUARD, ...args], { cwd: bundle.base });
    expect(done.stdout, done.stderr).toBe(
      "Groups:\t \nCapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n",
    );
  });

  test("rule 5: no_new_privs is on when the profile hardens, whatever config.json says", () => {
    const { stdout } = bundle.run("grep NoNewPrivs /proc/self/status", {
      flags: [],
      change: (c) => {
        c.process.noNewPrivileges = false;
      },
    });
    expect(stdout).toBe("NoNewPrivs:\t1\n");
  });

  test.skipIf(process.arch !== "x64")(
    "rule 5: a session keyring of its own (the call's number is that of x86-64)",
    () => {
      // keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)
      const serial = (text: string): number => Number(text.split(" ")[0]);
      const call = ["nr", "250:0:0xfffffffffffffffd:0"];
      const ours = serial(outcomeOf(helperPath("calls"), call).stdout);
      const inside = (): number => serial(bundle.run(`/bin/calls ${call.join(" ")}`).stdout);
      const [first, second] = [inside(), inside()];
      expect(first).toBeGreaterThan(0);
      expect(first).not.toBe(ours);
      expect(second).not.toBe(ours);
      expect(second).not.toBe(first);
    },
  );
});

describe.skipIf(!isRoot)(`rule 6: seccomp (${NO_ROOT})`, () => {
  const calls = (seccomp: Config, ...list: string[]): string[] =>
    bundle
      .run(`/bin/calls nr ${list.join(" ")}`, {
        ...(seccomp === undefined ? { flags: [] } : {}),
        change: (c) => {
          if (seccomp !== undefined) c.linux.seccomp = seccomp;
        },
      })
      .stdout.trim()
      .split("\n");
  const SIGSYS = `signal ${constants.signals.SIGSYS}`;
  const denying = {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: ["SCMP_ARCH_X86_64"],
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }],
  };

  test.skipIf(process.arch !== "x64").each([
    ["the default profile", undefined],
    ["a filter of config.json's", denying],
  ])(
    "rule 6: %s kills on every ABI that it does not name (i386 and x32, so x86-64 alone)",
    (_, filter) => {
      // getpid by i386's and x32's numbers. Some virtual machines answer int 0x80 with SIGSEGV, filter or not.
      const [bare = ""] = calls({ defaultAction: "SCMP_ACT_ALLOW" }, "i386:20");
      const i386 = bare.startsWith("signal") ? bare : SIGSYS;
      expect(calls(filter, "i386:20", "x32:39", "39")).toEqual([
        i386,
        SIGSYS,
        expect.stringMatching(/^\d+ 0$/),
      ]);
    },
  );

  test("rule 6: what a filter cannot know is ENOSYS, not what it says of the rest", () => {
    const allowed = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../profiles/seccomp/default.json"), "utf8"),
    );
    const strictest = { ...allowed, defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: EPERM };
    expect(calls(strictest, "600", "9999", "435")).toEqual([
      `-1 ${ENOSYS}`,
      `-1 ${ENOSYS}`,
      expect.stringMatching(/^-1 (38|1)$/),
    ]);
  });

  test("rule 6: it is installed last: what set-up itself needs may be denied", () => {
    const names =
      "mount umount2 pivot_root chdir fchdir chroot setresuid setresgid setgroups capset prctl setsid keyctl move_mount open_tree fsopen fsmount mount_setattr openat2 close_range umask sethostname unshare setns".split(
        " ",
      );
    const { status, stdout, stderr } = bundle.run("echo started", {
      change: (c) => {
        c.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names, action: "SCMP_ACT_ERRNO" }],
        };
        c.process.noNewPrivileges = true;
      },
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toBe("started\n");
  });
});

describe.skipIf(!isRoot)(`rule 7: killed at any instant (${NO_ROOT})`, () => {
  /** state.json is whole or not there. */
  function expectWholeState(): void {
    const path = join(bundle.state, bundle.id, "state.json");
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe("ENOENT");
      return;
    }
    expect(JSON.parse(text)).toMatchObject({ id: bundle.id });
  }

  async function expectNothingLeft(): Promise<void> {
    const done = bundle.tguard("delete", "--force", bundle.id);
    expect(done.stderr).toBe("");
    expect(done.status).toBe(0);
    let left: readonly string[] = [];
    await eventually(() => {
      left = bundle.leftovers();
      return left.length === 0;
    }).catch(() => expect(left).toEqual([]));
  }

  const WAITS = "sleep 300 & sleep 300 & wait";
  const start = (): ChildProcess => bundle.start("run", "--bundle", bundle.dir, bundle.id);
  // Start-up takes 10 to 60 ms; the busier the machine the longer, so the instants spread by themselves.
  const DELAYS = Array.from({ length: 30 }, (_, i) => i * 2);

  test("rule 7: tguard", async () => {
    bundle.write(bundle.spec(WAITS));
    for (const delay of DELAYS) {
      const tguard = start();
      const ended = once(tguard, "exit");
      await sleep(delay);
      tguard.kill("SIGKILL");
      await ended;
      expectWholeState();
      await expectNothingLeft();
    }
  });

  test("rule 7: init's outer half; tguard says so and clears up by itself", async () => {
    bundle.write(bundle.spec(WAITS));
    for (const delay of DELAYS.filter((_, i) => i % 3 === 0)) {
      const tguard = start();
      let stderr = "";
      tguard.stderr?.on("data", (chunk) => {
        stderr += String(chunk);
      });
      const ended = once(tguard, "close");
      const outer = await eventually(() => childrenOf(tguard.pid ?? -1).find((pid) => pid > 0));
      await sleep(delay);
      process.kill(outer, "SIGKILL");
      const [status] = await ended;
      expect(status, stderr).toBe(125);
      expect(stderr).toMatch(/^tguard: tguard-init was ended by SIGKILL/);
      expect(stderr).not.toMatch(/^ +at /m);
      let left: readonly string[] = [];
      await eventually(() => {
        left = bundle.leftovers();
        return left.length === 0;
      }).catch(() => expect(left).toEqual([]));
    }
  });

  test("rule 7: the workload", async () => {
    bundle.write(bundle.spec(WAITS));
    for (const delay of [0, 5, 20]) {
      const tguard = start();
      const ended = once(tguard, "exit");
      const state = await eventually(() => {
        const { stdout } = bundle.tguard("state", bundle.id);
        return stdout === "" ? undefined : (JSON.parse(stdout) as { pid: number; status: string });
      });
      await sleep(delay);
      const pid =
        state.pid ||
        (await eventually(
          () => JSON.parse(bundle.tguard("state", bundle.id).stdout).pid || undefined,
        ));
      process.kill(pid, "SIGKILL");
      // Killed before exec it is tguard's failure, after it the workload's end.
      expect([137, 125]).toContain((await ended)[0]);
      expect(bundle.leftovers()).toEqual([]);
    }
  });

  test("rule 7: tguard and init together", async () => {
    bundle.write(bundle.spec(WAITS));
    for (const delay of DELAYS.filter((_, i) => i % 5 === 0)) {
      const tguard = start();
      const ended = once(tguard, "exit");
      await sleep(delay);
      tguard.kill("SIGSTOP"); // so that it cannot see init end
      for (const outer of childrenOf(tguard.pid ?? -1)) process.kill(outer, "SIGKILL");
      tguard.kill("SIGKILL");
      await ended;
      expectWholeState();
      await expectNothingLeft();
    }
  });

  test("rule 7: a state.json that somebody broke is no obstacle", async () => {
    bundle.write(bundle.spec("sleep 300"));
    const dir = join(bundle.state, bundle.id);
    for (const text of ["", "{", "[]", '{"version":1}', '{"version":99}', "\u0000\u0000"]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      writeFileSync(join(dir, "state.json"), text);
      for (const args of [["list"], ["state", bundle.id]]) {
        const { stderr } = bundle.tguard(...args);
        expect(stderr, `${text} ${args.join(" ")}`).not.toMatch(/internal error|^ +at /m);
      }
      await expectNothingLeft();
    }
  });
});

afterAll(() => {
  // A container that a failed test left running would hold its directory.
  if (isRoot && bundle !== undefined && existsSync(bundle.base))
    rmSync(bundle.base, { recursive: true });
});
