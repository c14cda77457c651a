import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Config,
  isRoot,
  type Outcome,
  outcomeOf,
  TestBundle,
  TGUARD,
} from "../support/bundle.ts";

/** One error in the shape of all errors, no stack, nothing on standard output. */
function expectOneError({ stdout, stderr }: Outcome, message: RegExp | string): void {
  expect(stderr).toMatch(message);
  expect(stderr.match(/^tguard: (?!note)/gm), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/internal error|^ +at /m);
  expect(stdout).toBe("");
}

describe("run", () => {
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

  const start = (flags: readonly string[] = ["--no-harden"], dir = bundle.dir): Outcome =>
    bundle.tguard("run", ...flags, "--bundle", dir, bundle.id);
  const both = [["--no-harden"], ["--profile", "default"]] as const;

  describe("what is no bundle: 125", () => {
    test.each<[string, (base: string) => string, RegExp]>([
      ["a folder that is not there", (base) => join(base, "absent"), /absent/],
      ["an empty folder", (base) => makeFolder(join(base, "empty")), /config\.json/],
      [
        "a file",
        (base) => join(base, "bundle/config.json"),
        /not a (directory|folder|bundle)|config\.json/,
      ],
      ["a device", () => "/dev/null", /\/dev\/null/],
    ])("%s", (_, make, message) => {
      for (const flags of both) {
        const done = start(flags, make(bundle.base));
        expectOneError(done, message);
        expect(done.status).toBe(125);
      }
    });
  });

  describe("config.json: 125", () => {
    const config = (): string => join(bundle.dir, "config.json");
    const write = (text: string | Buffer): void => writeFileSync(config(), text);

    test.each<[string, string | Buffer, RegExp]>([
      ["empty", "", /not JSON|empty|config\.json/],
      ["not JSON", "{ ociVersion: yes }", /config\.json.*1.*|JSON/],
      ["cut off", '{"ociVersion": "1.0.0", "process": {', /JSON/],
      ["an array", "[]", /object/],
      ["null", "null", /object/],
      ["binary", Buffer.from([0, 1, 2, 255, 254]), /JSON|UTF-8|config\.json/],
      ["nested without end", "[".repeat(500_000), /nested|deep|JSON/],
      ["a number that is no text", '{"ociVersion": 1}', /\/ociVersion/],
    ])("%s", (_, text, message) => {
      write(text);
      for (const flags of both) {
        const done = start(flags);
        expectOneError(done, message);
        expect(done.stderr).toContain("config.json");
        expect(done.status).toBe(125);
      }
    });

    test("200 MB", () => {
      const fd = openSync(config(), "w");
      ftruncateSync(fd, 200 << 20);
      closeSync(fd);
      const done = start();
      expectOneError(done, /is too large: 200(\.0)? MiB/);
      expect(done.status).toBe(125);
    });

    test("a folder, a FIFO, a device", () => {
      rmSync(config());
      mkdirSync(config());
      expectOneError(start(), /config\.json/);
      rmSync(config(), { recursive: true });
      spawnSync("mkfifo", [config()]);
      const done = start();
      expectOneError(done, /config\.json/);
      expect(done.status).toBe(125);
      rmSync(config());
      symlinkSync("/dev/zero", config());
      expectOneError(start(), /config\.json/);
    });

    test("every mistake is told, with its JSON pointer, what was expected and what was found", () => {
      bundle.write(
        bundle.spec("true", (c) => {
          c.process.args = "sh";
          c.process.user.uid = -1;
          c.root.readonly = "yes";
          c.mounts[0].destination = 7;
          c.linux.namespaces[0].type = "nosuch";
        }),
      );
      const done = start();
      expectOneError(done, /^tguard: .*config\.json/);
      for (const pointer of [
        "/process/args",
        "/process/user/uid",
        "/root/readonly",
        "/mounts/0/destination",
        "/linux/namespaces/0/type",
      ])
        expect(done.stderr).toContain(pointer);
      expect(done.stderr).toMatch(/\/process\/args must be an array.*found a string/);
      expect(done.status).toBe(125);
    });

    test.each<[string, (c: Config) => unknown, string]>([
      [
        "an unknown capability",
        (c) => c.process.capabilities.bounding.push("CAP_NOSUCH"),
        "CAP_NOSUCH",
      ],
      [
        "an unknown rlimit",
        (c) => (c.process.rlimits = [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }]),
        "RLIMIT_NOSUCH",
      ],
      [
        "a soft limit above the hard one",
        (c) => (c.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 9, hard: 1 }]),
        "/process/rlimits/0",
      ],
      ["a relative working directory", (c) => (c.process.cwd = "work"), "/process/cwd"],
      ["no process", (c) => delete c.process, "/process"],
      ["no program", (c) => (c.process.args = []), "/process/args"],
      ["no root", (c) => delete c.root, "/root"],
      ["a namespace twice", (c) => c.linux.namespaces.push({ type: "pid" }), "/linux/namespaces"],
      [
        "an unknown seccomp action",
        (c) => (c.linux.seccomp = { defaultAction: "SCMP_ACT_NOSUCH" }),
        "/linux/seccomp/defaultAction",
      ],
      [
        "an unknown seccomp architecture",
        (c) =>
          (c.linux.seccomp = {
            defaultAction: "SCMP_ACT_ALLOW",
            architectures: ["SCMP_ARCH_NOSUCH"],
          }),
        "/linux/seccomp/architectures",
      ],
      [
        "a sysctl of the host's",
        (c) => (c.linux.sysctl = { "kernel.core_pattern": "|/x" }),
        "kernel.core_pattern",
      ],
      [
        "a sysctl that leaves its folder",
        (c) => (c.linux.sysctl = { "net/../kernel/core_pattern": "|/x" }),
        "/linux/sysctl",
      ],
      [
        "a cgroup outside of the hierarchy",
        (c) => (c.linux.cgroupsPath = "/../../../etc"),
        "/linux/cgroupsPath",
      ],
      [
        "a user namespace without maps",
        (c) => {
          c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "user");
          c.linux.namespaces.push({ type: "user" });
          delete c.linux.uidMappings;
        },
        "/linux",
      ],
      ["a NUL in the arguments", (c) => c.process.args.push("a\0b"), "/process/args"],
      ["a NUL in the environment", (c) => c.process.env.push("A=a\0b"), "/process/env"],
      ["a mount without destination", (c) => delete c.mounts[0].destination, "/mounts/0"],
      ["a hostname of 300 letters", (c) => (c.hostname = "h".repeat(300)), "/hostname"],
      [
        "an AppArmor profile that the kernel cannot give",
        (c) => (c.process.apparmorProfile = "tguard-no-such-profile"),
        "/process/apparmorProfile",
      ],
      [
        "an SELinux label",
        (c) => (c.process.selinuxLabel = "system_u:system_r:container_t:s0"),
        "/process/selinuxLabel",
      ],
      [
        "a feature that is not there",
        (c) => (c.linux.intelRdt = { closID: "x" }),
        "/linux/intelRdt",
      ],
      [
        "a hook that is not there",
        (c) => (c.hooks = { createRuntime: [{ path: "/no/such/hook" }] }),
        "/hooks/createRuntime",
      ],
    ])("%s", (_, change, where) => {
      bundle.write(bundle.spec("echo started", change));
      const done = start();
      expectOneError(done, /^tguard: /);
      expect(done.stderr).toContain(where);
      expect(done.status).toBe(125);
    });
  });

  describe("the root filesystem: 125", () => {
    test.each<[string, () => void]>([
      ["is not there", () => undefined],
      ["is a file", () => writeFileSync(bundle.rootfs, "")],
      ["is a link out of the bundle", () => symlinkSync("/", bundle.rootfs)],
      ["is a relative link out of the bundle", () => symlinkSync("../../..", bundle.rootfs)],
      ["is a link to itself", () => symlinkSync("rootfs", bundle.rootfs)],
    ])("%s", (_, make) => {
      rmSync(bundle.rootfs, { recursive: true });
      make();
      for (const flags of both) {
        const done = start(flags);
        expectOneError(done, /^tguard: /);
        expect(done.stderr).toContain("/root/path");
        expect(done.status).toBe(125);
      }
    });

    test("is a path out of the bundle", () => {
      for (const path of ["../../..", "/nonexistent/root"]) {
        bundle.write(
          bundle.spec("echo started", (c) => {
            c.root.path = path;
          }),
        );
        const done = start();
        expectOneError(done, /^tguard: /);
        expect(done.status).toBe(125);
      }
    });
  });

  describe("the program", () => {
    const bin = (name: string): string => join(bundle.rootfs, "bin", name);
    test.each<[string, () => void, string, number]>([
      ["is not there", () => undefined, "/bin/absent", 127],
      ["is not in PATH", () => undefined, "absent", 127],
      ["has a folder that is not there", () => undefined, "/no/such/folder/x", 127],
      ["is a dangling link", () => symlinkSync("/nowhere", bin("link")), "/bin/link", 127],
      [
        "has an interpreter that is not there",
        () => writeFileSync(bin("script"), "#!/no/such/sh\n", { mode: 0o755 }),
        "/bin/script",
        127,
      ],
      [
        "may not be executed",
        () => writeFileSync(bin("plain"), "x", { mode: 0o644 }),
        "/bin/plain",
        126,
      ],
      [
        "may not be executed, found in PATH",
        () => writeFileSync(bin("plain"), "x", { mode: 0o644 }),
        "plain",
        126,
      ],
      ["is a folder", () => mkdirSync(bin("folder")), "/bin/folder", 126],
      [
        "has a format that the kernel does not know",
        () => writeFileSync(bin("text"), "no magic here\n", { mode: 0o755 }),
        "/bin/text",
        126,
      ],
      ["is empty", () => writeFileSync(bin("empty"), "", { mode: 0o755 }), "/bin/empty", 126],
    ])("%s", (_, make, program, status) => {
      make();
      for (const flags of both) {
        bundle.write(
          bundle.spec("", (c) => {
            c.process.args = [program];
          }),
        );
        const done = start(flags);
        expectOneError(done, /^tguard: /);
        expect(done.stderr).toContain(program);
        expect(done.status).toBe(status);
      }
    });

    test("detached it fails the same way, and leaves nothing", () => {
      bundle.write(
        bundle.spec("", (c) => {
          c.process.args = ["/bin/absent"];
        }),
      );
      const done = start(["--no-harden", "--detach"]);
      expectOneError(done, "/bin/absent");
      expect(done.status).toBe(127);
    });

    test("arguments beyond what the kernel takes", () => {
      bundle.write(
        bundle.spec("", (c) => {
          c.process.args = ["true", "x".repeat(300_000)]; // MAX_ARG_STRLEN is 128 KiB: execve(2)
        }),
      );
      const done = start();
      expectOneError(done, /E2BIG|too large|too long/);
      expect([125, 126]).toContain(done.status);
    });
  });

  describe("the caller", () => {
    const NO_ROOT = "needs root, who can become somebody else";
    test.skipIf(!isRoot)(`may not read the bundle (${NO_ROOT}): 125`, () => {
      chmodSync(bundle.dir, 0o700);
      const done = outcomeOf(TGUARD, ["run", "--bundle", bundle.dir, bundle.id], {
        uid: 65534,
        gid: 65534,
        cwd: "/",
        env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent" },
      });
      expectOneError(done, /EACCES|permission/i);
      expect(done.status).toBe(125);
    });

    test.skipIf(!isRoot)(`may not write to the state directory (${NO_ROOT}): 125`, () => {
      mkdirSync(bundle.state, { mode: 0o700 });
      bundle.write(bundle.spec("echo started"));
      const done = outcomeOf(TGUARD, ["--root", bundle.state, "list"], {
        uid: 65534,
        gid: 65534,
        cwd: "/",
      });
      expectOneError(done, /EACCES|permission/i);
      expect(done.status).toBe(1);
    });

    test("gives wrong options: 125 for run, 2 or 1 for the others", () => {
      for (const [args, status] of [
        [["run", "--nosuch"], 125],
        [["run", "--profile"], 125],
        [["run", "a", "b", "c"], 125],
        [["state"], 2],
        [["state", "--nosuch", "x"], 2],
        [["nosuchcommand"], 2],
      ] as const) {
        const done = bundle.tguard(...args);
        expect(done.status, args.join(" ")).toBe(status);
        expect(done.stderr, args.join(" ")).toMatch(/error: |tguard: /);
        expect(done.stderr).not.toMatch(/internal error|^ +at /m);
      }
    });
  });
});

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

describe("audit", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "tguard-bad-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function audit(content: string | Buffer, ...args: readonly string[]): Outcome {
    const path = join(root, "Dockerfile");
    writeFileSync(path, content);
    return outcomeOf(TGUARD, ["audit", "--quiet", "--only", "DF0001,DF1003", ...args, path], {
      cwd: root,
    });
  }

  describe("what cannot be audited: one error, status 2", () => {
    test.each<[string, () => string | Buffer, RegExp]>([
      ["a binary file", () => readFileSync("/bin/true"), /binary file/],
      ["a NUL in the middle", () => "FROM debian:12\nUSER a\0b\n", /binary file/],
      ["50 MB", () => Buffer.alloc(50 << 20, "# comment\n"), /larger than 16 MiB/],
    ])("%s", (_, content, message) => {
      for (const args of [[], ["--format", "json"], ["--format", "sarif"]]) {
        const done = audit(content(), ...args);
        expect(done.stderr).toMatch(message);
        expect(done.stderr.match(/^tguard: /gm)).toHaveLength(1);
        expect(done.stderr).not.toMatch(/internal error|^ +at /m);
        if (args.length > 0) expect(() => JSON.parse(done.stdout)).not.toThrow();
        expect(done.status).toBe(2);
      }
    });

    test.each([
      ["empty", ""],
      ["blank", " \n\n\t\n"],
      ["comments alone", "# syntax=docker/dockerfile:1\n# nothing else\n"],
    ])("%s: no builder takes it", (_, content) => {
      const done = audit(content);
      expect(done.stdout).toMatch(/ DF0001 syntax-error: /);
      expect(done.stderr).toBe("");
      expect(done.status).toBe(2);
    });

    test("50 MB on standard input", () => {
      const script = "yes '# comment' | head -c 52428800 | \"$1\" audit -";
      const done = outcomeOf("sh", ["-c", script, "sh", TGUARD]);
      expect(done.stderr).toMatch(/^tguard: .*larger than 16 MiB/);
      expect(done.status).toBe(2);
    });

    test.skipIf(!isRoot)(
      "one that may not be read (needs root, who can become somebody else)",
      () => {
        const path = join(root, "private");
        writeFileSync(path, "FROM debian:12\n", { mode: 0o600 });
        chmodSync(root, 0o755);
        const done = outcomeOf(TGUARD, ["audit", path], { uid: 65534, gid: 65534, cwd: "/" });
        expect(done.stderr).toMatch(/^tguard: cannot read .*\n {2}why {3}permission denied/);
        expect(done.status).toBe(2);
      },
    );

    test.each([
      ["not JSON", "{"],
      ["of wrong types", '{"ociVersion": "1.0.0", "process": 7, "mounts": {}}'],
      ["without a process", '{"ociVersion": "1.0.0"}'],
    ])("a bundle whose config.json is %s", (_, text) => {
      const dir = makeFolder(join(root, "bundle"));
      writeFileSync(join(dir, "config.json"), text);
      const done = outcomeOf(TGUARD, ["audit", dir], { cwd: root });
      expect(done.stderr + done.stdout).not.toMatch(/internal error|^ +at /m);
      if (text.includes("process") || text === "{") {
        expect(done.stderr).toMatch(/^tguard: /);
        expect(done.status).toBe(2);
      } else expect([1, 2]).toContain(done.status);
      rmSync(dir, { recursive: true });
    });
  });

  describe("what only looks strange: the right result", () => {
    const UNSAFE = "FROM debian:12\nUSER root\n";
    test.each<[string, string | Buffer]>([
      ["CRLF", UNSAFE.replaceAll("\n", "\r\n")],
      ["a byte order mark", `\ufeff${UNSAFE}`],
      ["both", `\ufeff${UNSAFE.replaceAll("\n", "\r\n")}`],
      ["no new line at the end", UNSAFE.trimEnd()],
      [
        "invalid UTF-8",
        Buffer.concat([
          Buffer.from(`${UNSAFE}LABEL a="`),
          Buffer.from([0xff, 0xfe]),
          Buffer.from('"\n'),
        ]),
      ],
      ["control characters", `${UNSAFE}LABEL a="\x1b[31m\x07"\n`],
    ])("%s", (_, content) => {
      const { status, stdout, stderr } = audit(content);
      expect(stdout).toMatch(/^\S*Dockerfile:2:6 high DF1003 root-as-last-user: .*\n$/);
      expect(stderr).toBe("");
      expect(status).toBe(1);
    });

    test("100,000 lines", () => {
      const text = `FROM debian:12\n${"RUN true && echo line\n".repeat(99_998)}USER root\n`;
      const { status, stdout } = audit(text);
      expect(stdout).toMatch(/Dockerfile:100000:6 high DF1003 /);
      expect(status).toBe(1);
    });

    test("100,000 lines of one instruction, and one line of 10 MB", () => {
      const long = `FROM debian:12\nRUN true \\\n${"  && true \\\n".repeat(99_997)}  && true\nUSER root\n`;
      expect(audit(long).stdout).toMatch(/Dockerfile:100001:6 high DF1003 /);
      const wide = `FROM debian:12\nLABEL a="${"x".repeat(10 << 20)}"\nUSER root\n`;
      expect(audit(wide).stdout).toMatch(/Dockerfile:3:6 high DF1003 /);
    });
  });

  test.skipIf(!isRoot)(
    "a full disk: --output writes the whole report or leaves the old one (needs root: a file system of 64 KiB is mounted)",
    () => {
      const full = makeFolder(join(root, "full"));
      writeFileSync(join(root, "Dockerfile"), "FROM debian:12\nUSER root\n");
      const script = `mount -t tmpfs -o size=64k full "$1" && echo old > "$1/report" &&
{ cat /dev/zero > "$1/fill" || :; } 2>/dev/null
"$2" audit --format sarif --output "$1/report" "$3"; status=$?; ls -A "$1"; cat "$1/report"; exit $status`;
      const done = outcomeOf("unshare", [
        "-m",
        "sh",
        "-c",
        script,
        "sh",
        full,
        TGUARD,
        join(root, "Dockerfile"),
      ]);
      expect(done.stderr).toMatch(/^tguard: cannot write ".*report"\n {2}why {3}the disk is full/);
      expect(done.stdout).toBe("fill\nreport\nold\n");
      expect(done.status).toBe(2);
    },
  );
});
