import { chownSync, existsSync, mkdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Config, isRoot, outcomeOf, TestBundle, TGUARD } from "../support/bundle.ts";
import { careless, hostCapabilities } from "../support/careless.ts";

const { EPERM, ENOSYS, EAFNOSUPPORT } = constants.errno;

let bundle: TestBundle;
beforeAll(() => {
  if (!isRoot) return;
  bundle = new TestBundle();
  bundle.install("calls");
});
afterAll(() => {
  if (!isRoot) return;
  expect(bundle.leftovers()).toEqual([]);
  bundle.remove();
});

interface Options {
  readonly flags?: readonly string[];
  readonly change?: (config: Config) => void;
}

/** Run a program in the careless bundle, hardened by the default profile unless flags say otherwise. */
function run(args: readonly string[], { flags = [], change }: Options = {}): string {
  const config = careless(bundle, args);
  change?.(config);
  bundle.write(config);
  const done = bundle.tguard("run", ...flags, "--bundle", bundle.dir, bundle.id);
  // What a script in the container says on standard error is what the test looks at, too.
  return done.status === 125 ? `exit 125: ${done.stderr}` : done.stdout + done.stderr;
}
const sh = (script: string, options: Options = {}): string => run(["sh", "-c", script], options);

/** A policy file of this test's own. */
function policy(name: string, text: string): readonly string[] {
  const path = join(bundle.base, `${name}.yaml`);
  writeFileSync(path, text);
  return ["--profile", path];
}

/** Results of raw system calls: errno, 0 for success, or `signal N`. */
function calls(list: readonly string[], options: Options = {}): readonly (number | string)[] {
  const lines = run(["calls", "nr", ...list], options)
    .trim()
    .split("\n");
  expect(lines, lines.join("\n")).toHaveLength(list.length);
  return lines.map((line) => (line.startsWith("signal") ? line : Number(line.split(" ")[1])));
}

const status = (text: string, field: string): string | undefined =>
  new RegExp(`^${field}:\\s+(.*)$`, "m").exec(text)?.[1];

const NO_ROOT = "needs root: the careless bundle asks for the host's namespaces and capabilities";

describe.skipIf(!isRoot)(`careless bundle (${NO_ROOT})`, () => {
  describe("--no-harden runs it as it is", () => {
    test("every capability, no filter, the host's ids and namespaces, a writable root", () => {
      const said = sh(
        "cat /proc/self/status /proc/self/uid_map; readlink /proc/self/ns/pid; touch /bin/new && rm /bin/new && echo writable",
        { flags: ["--no-harden"] },
      );
      const all = hostCapabilities().length;
      const bits = BigInt(`0x${status(said, "CapEff") ?? "0"}`);
      expect(bits.toString(2).replaceAll("0", "")).toHaveLength(all);
      expect(status(said, "NoNewPrivs")).toBe("0");
      expect(status(said, "Seccomp")).toBe("0");
      expect(said).toMatch(/^ +0 +0 +4294967295$/m);
      expect(said).toContain(readlinkSync("/proc/self/ns/pid"));
      expect(said).toContain("writable");
    });
  });

  describe("default", () => {
    test("8 capabilities, no_new_privs, a filter, and none of the host's namespaces", () => {
      const said = sh(
        "cat /proc/self/status; for n in mnt pid net ipc uts user cgroup; do echo $n $(readlink /proc/self/ns/$n); done",
      );
      // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID NET_BIND_SERVICE: linux/capability.h
      const expected = "00000000000004fb";
      expect(status(said, "CapBnd")).toBe(expected);
      expect(status(said, "CapEff")).toBe(expected);
      expect(status(said, "CapPrm")).toBe(expected);
      expect(status(said, "CapInh")).toBe("0000000000000000");
      expect(status(said, "CapAmb")).toBe("0000000000000000");
      expect(status(said, "NoNewPrivs")).toBe("1");
      expect(status(said, "Seccomp")).toBe("2");
      for (const name of ["mnt", "pid", "net", "ipc", "uts", "user", "cgroup"]) {
        expect(said).toMatch(new RegExp(`^${name} ${name}:\\[\\d+\\]$`, "m"));
        expect(said, name).not.toContain(readlinkSync(`/proc/self/ns/${name}`));
      }
    });

    test("ids of its own, and the root filesystem's owners seen through them", () => {
      writeFileSync(join(bundle.rootfs, "etc/owned"), "");
      chownSync(join(bundle.rootfs, "etc/owned"), 33, 44);
      const said = sh("cat /proc/self/uid_map /proc/self/gid_map; stat -c '%n %u:%g' / /etc/owned");
      const maps = [...said.matchAll(/^ +0 +(\d+) +(\d+)$/gm)];
      expect(maps).toHaveLength(2);
      for (const [, base, size] of maps) {
        expect(Number(base)).toBeGreaterThanOrEqual(524288);
        expect(size).toBe("65536");
      }
      expect(said).toContain("/ 0:0\n/etc/owned 33:44\n");
      expect(statSync(join(bundle.rootfs, "etc/owned")).uid).toBe(33);
    });

    test("a read-only root, with a tmpfs where programs write", () => {
      const said = sh(
        "for d in / /bin /etc /root /var /sys /proc/sys/kernel; do touch $d/new 2>/dev/null && echo BAD $d; done; for d in /tmp /run /var/log /dev/shm; do touch $d/new && echo wrote $d; done; grep -E '^tmpfs /(tmp|run) ' /proc/mounts",
      );
      expect(said).not.toContain("BAD");
      expect(said).toContain("wrote /tmp\nwrote /run\nwrote /var/log\nwrote /dev/shm\n");
      expect(said).toMatch(/tmpfs \/tmp tmpfs rw,nosuid,nodev,noexec/);
      expect(existsSync(join(bundle.rootfs, "var/log/new"))).toBe(false);
      expect(existsSync(join(bundle.rootfs, "tmp/new"))).toBe(false);
    });

    test("programs do not run from what is writable", () => {
      const said = sh(
        "cp /bin/busybox /tmp/x 2>/dev/null || cat /bin/busybox > /tmp/x; chmod 755 /tmp/x; /tmp/x true; echo $?",
      );
      expect(said).toMatch(/Permission denied\n?/);
      expect(said).toContain("126");
    });

    test("masked and read-only paths of /proc and /sys", () => {
      const said = sh(
        "for f in /proc/kcore /proc/keys /proc/kallsyms /proc/timer_list; do [ -e $f ] && echo $f $(head -c 10 $f | wc -c); done; for d in /proc/acpi /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do [ -e $d ] && echo $d $(ls -A $d | wc -l); done; for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/irq/default_smp_affinity; do (: > $f) 2>/dev/null && echo BAD $f; done; echo done",
      );
      const lines = said.trim().split("\n");
      expect(lines.at(-1)).toBe("done");
      expect(lines.length).toBeGreaterThan(3);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/ 0$/);
    });

    test("the pids limit of a policy is in force", () => {
      const flags = policy("pids", "extends: default\npidsLimit: 16\n");
      const said = sh(
        "(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 1 & done) 2>&1; echo; cat /proc/self/cgroup",
        { flags },
      );
      expect(said).toMatch(/can't fork|Resource temporarily unavailable/);
    });

    test("a host directory that the bundle mounts loses setuid and devices, its files are nobody's", () => {
      const source = join(bundle.base, "shared");
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, "secret"), "s", { mode: 0o600 });
      const said = sh("grep ' /host ' /proc/mounts; stat -c %u:%g /host/secret; cat /host/secret", {
        change: (c) =>
          c.mounts.push({ destination: "/host", type: "bind", source, options: ["rbind"] }),
      });
      expect(said).toMatch(/ \/host .*nosuid,nodev/);
      expect(said).toContain("65534:65534");
      expect(said).toContain("Permission denied");
    });

    test.each(["/etc", "/", "/var/run/docker.sock", "/proc/sys", "/root/.ssh"])(
      "the host's %s is refused",
      (source) => {
        const said = sh("true", {
          change: (c) =>
            c.mounts.push({ destination: "/host", type: "bind", source, options: ["rbind"] }),
        });
        expect(said).toMatch(/^exit 125: tguard: profile default refuses to show/);
        expect(said).toContain("config.json /mounts/");
      },
    );

    test("--report says so before the program starts", () => {
      const said = sh("echo the program", { flags: ["--report"] });
      for (const line of [
        /^tguard enforces:$/m,
        /^ {2}namespaces +.*\bmount\b.*\bpid\b.*\buser\b/m,
        /^ {2}user +host uid \d{6,}; uids 0 to 65535 are \d+ and up on the host$/m,
        /^ {2}capabilities +.*\(bounding set: 8 of 41\)$/m,
        /^ {2}no_new_privs +on$/m,
        /^ {2}seccomp +filter of \d+ instructions/m,
        /^ {2}root +read-only, idmapped$/m,
        /^ {2}hidden +\/proc\//m,
        /^ {2}read-only +\/proc\//m,
        /^ {2}limits +2048 tasks, \d+ bytes of memory, devices denied by default$/m,
      ])
        expect(said).toMatch(line);
    });
  });

  describe("system calls", () => {
    // x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl
    const DENIED: readonly (readonly [string, string])[] = [
      ["mount", "165"],
      ["umount2", "166"],
      ["unshare(CLONE_NEWNS)", "272:0x20000"],
      ["unshare(CLONE_NEWUSER)", "272:0x10000000"],
      ["clone(CLONE_NEWUSER)", "56:0x10000011"],
      ["setns", "308"],
      ["ptrace(PTRACE_TRACEME)", "101"],
      ["process_vm_readv", "310"],
      ["bpf", "321"],
      ["perf_event_open", "298"],
      ["keyctl", "250"],
      ["add_key", "248"],
      ["io_uring_setup", "425"],
      ["userfaultfd", "323"],
      ["open_by_handle_at", "304"],
      ["init_module", "175"],
      ["kexec_load", "246"],
      ["open_tree", "428"],
      ["fsopen", "430"],
      ["pivot_root", "155"],
      ["modify_ldt", "154"],
    ];
    const x64 = process.arch === "x64";

    test.skipIf(!x64)("dangerous ones fail with EPERM (numbers are those of x86-64)", () => {
      const results = calls(DENIED.map(([, call]) => call));
      expect(Object.fromEntries(DENIED.map(([name], i) => [name, results[i]]))).toEqual(
        Object.fromEntries(DENIED.map(([name]) => [name, EPERM])),
      );
    });

    test.skipIf(!x64)("without hardening they would reach the kernel", () => {
      const results = calls(
        DENIED.map(([, call]) => call),
        { flags: ["--no-harden"] },
      );
      const refused = DENIED.filter((_, i) => results[i] === EPERM).map(([name]) => name);
      expect(refused).toEqual([]);
    });

    test("clone3, whose flags a filter cannot see, and numbers that no filter knows: ENOSYS", () => {
      for (const profile of ["default", "strict"])
        expect(calls(["435", "600", "9999"], { flags: ["--profile", profile] })).toEqual([
          ENOSYS,
          ENOSYS,
          ENOSYS,
        ]);
    });

    test.skipIf(!x64)(
      "sockets that hand over the kernel's corners (AF_ALG, AF_PACKET, AF_VSOCK)",
      () => {
        expect(calls(["41:38:5", "41:17:3", "41:40:1"])).toEqual([
          EAFNOSUPPORT,
          EAFNOSUPPORT,
          EAFNOSUPPORT,
        ]);
        expect(calls(["41:1:1", "41:2:1", "41:10:1"])).toEqual([0, 0, 0]);
      },
    );
  });

  describe("compat", () => {
    const flags = ["--profile", "compat"];
    test("Docker's 14 capabilities, a filter, a writable root, the host's ids", () => {
      const said = sh(
        "cat /proc/self/status /proc/self/uid_map; touch /new && rm /new && echo wrote",
        {
          flags,
        },
      );
      expect(status(said, "CapEff")).toBe("00000000a80425fb"); // what `docker run` shows
      expect(status(said, "Seccomp")).toBe("2");
      expect(status(said, "NoNewPrivs")).toBe("0");
      expect(said).toMatch(/^ +0 +0 +4294967295$/m);
      expect(said).toContain("wrote");
    });
    test("the calls that Docker denies are denied", () => {
      expect(calls(["165", "272:0x20000", "321", "250"], { flags })).toEqual([
        EPERM,
        EPERM,
        EPERM,
        EPERM,
      ]);
    });
  });

  describe("strict", () => {
    const flags = ["--profile", "strict"];
    test("no capability, no network, no path that can be written", () => {
      const said = sh(
        "cat /proc/self/status; ls /sys/class/net | tr '\\n' ' '; echo; for d in / /tmp /run /var/log /dev/shm /dev /proc/sys/kernel; do (: > $d/new) 2>/dev/null && echo BAD $d; done; echo null > /dev/null && echo devices work",
        { flags },
      );
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        expect(status(said, set), set).toBe("0000000000000000");
      expect(said).toMatch(/^lo $/m);
      expect(said).not.toContain("BAD");
      expect(said).toContain("devices work");
    });
    test.skipIf(process.arch !== "x64")(
      "sockets cannot be made (numbers are those of x86-64)",
      () => {
        const all = calls(["41:2:1", "41:10:1", "41:16:3", "41:17:3"], { flags });
        expect(all.every((result) => result !== 0)).toBe(true);
      },
    );
    test("Landlock is on, behind the mounts: a writable tmpfs that slips in cannot be written", () => {
      const loose = policy(
        "loose",
        `extends: strict
writable:
  - { path: /tmp, size: 1m, mode: "1777", create: true }
`,
      );
      const script = "grep ' /tmp ' /proc/mounts; : > /tmp/new";
      const said = sh(script, { flags: loose });
      expect(said).toMatch(/ \/tmp tmpfs rw/);
      expect(said).toContain("Permission denied");
      const report = sh("true", { flags: [...flags, "--report"] });
      expect(report).toMatch(/^ {2}landlock +\d+ paths allowed, all else denied$/m);
    });
  });

  describe("a policy file of the user's", () => {
    test("extends a profile: what it names differs, the rest holds", () => {
      const flags = policy(
        "own",
        `extends: default
capabilities:
  allow: [CAP_NET_BIND_SERVICE]
writable:
  - { path: /data, size: 1m, create: true }
landlock:
  readExec: [/]
  readWrite: [/data, /dev]
`,
      );
      const said = sh(
        "cat /proc/self/status; (: > /tmp/x) 2>&1; : > /data/x && echo wrote; (: > /dev/shm/x) 2>&1 && echo shm",
        { flags },
      );
      expect(status(said, "CapEff")).toBe("0000000000000400");
      expect(status(said, "Seccomp")).toBe("2");
      expect(said).toContain("/tmp/x: Read-only file system");
      expect(said).toContain("wrote\nshm");
    });
    test("mistakes in it are told with their place, and nothing starts", () => {
      const flags = policy("wrong", "extends: default\npidsLimit: many\nnosuchfield: 1\n");
      const said = sh("echo started", { flags });
      expect(said).toMatch(/^exit 125: tguard: /);
      expect(said).toMatch(/wrong\.yaml.*2/);
      expect(said).toContain("nosuchfield");
      expect(said).not.toContain("started");
    });
    test("one that is not there", () => {
      const said = sh("echo started", { flags: ["--profile", "/nonexistent/p.yaml"] });
      expect(said).toMatch(/^exit 125: tguard: /);
      expect(said).toContain("/nonexistent/p.yaml");
    });
    test("a name that no profile has", () => {
      expect(sh("true", { flags: ["--profile", "defualt"] })).toMatch(
        /^exit 125: tguard: .*defualt/,
      );
    });
  });
});

describe.skipIf(!isRoot)(`harden and audit (${NO_ROOT})`, () => {
  const harden = (...args: string[]): string => {
    const done = bundle.tguard("harden", ...args);
    expect(done.stderr).toBe("");
    expect(done.status).toBe(0);
    return done.stdout;
  };
  beforeAll(() => bundle.write(careless(bundle, ["sh"])));

  test("--diff shows each change with its place, what was and what will be, and the rule behind it", () => {
    const text = harden("--diff", bundle.dir);
    expect(text).toMatch(/, profile default: \d+ changes\n/);
    for (const [pointer, rule] of [
      ["/root/readonly", "writable-root"],
      ["/process/capabilities/bounding", "added-capability"],
      ["/process/noNewPrivileges", "allowed-new-privileges"],
      ["/linux/seccomp", "missing-seccomp-filter"],
      ["/linux/uidMappings", "root-on-host"],
      ["/linux/resources/pids/limit", "unlimited-pids"],
      ["/linux/maskedPaths", "exposed-kernel-paths"],
    ] as const)
      expect(text).toMatch(new RegExp(`^${pointer}\\S*  \\[${rule}\\]$`, "m"));
    expect(text).toMatch(/^ {2}- false\n {2}\+ true$/m);
    const { changes } = JSON.parse(harden("--diff", "--format", "json", bundle.dir));
    expect(changes).toHaveLength(Number(/(\d+) changes/.exec(text)?.[1]));
    for (const change of changes) expect(change.why, change.pointer).not.toBe("");
  });

  test.each(["compat", "default", "strict"])(
    "%s: what is hardened is not changed again, and runs",
    (profile) => {
      const again = new TestBundle();
      try {
        again.write(careless(again, ["sh", "-c", "echo it runs"]));
        again.write(JSON.parse(harden("--profile", profile, again.dir)));
        expect(harden("--profile", profile, "--diff", again.dir)).toContain("nothing to change");
        // Hardened on paper is hardened in force: no profile is needed any more.
        const done = again.tguard("run", "--no-harden", "--bundle", again.dir, again.id);
        expect(done.stderr).toBe("");
        expect(done.stdout).toBe("it runs\n");
        expect(again.leftovers()).toEqual([]);
      } finally {
        again.remove();
      }
    },
  );

  test("the careless bundle has findings, the hardened one has none", () => {
    const before = bundle.tguard("audit", "--format", "json", bundle.dir);
    expect(before.status).toBe(1);
    const found = JSON.parse(before.stdout).sources[0].findings.length;
    expect(found).toBeGreaterThanOrEqual(6);
    const target = join(bundle.base, "hardened");
    mkdirSync(join(target, "rootfs"), { recursive: true });
    writeFileSync(join(target, "config.json"), harden(bundle.dir));
    const after = bundle.tguard("audit", "--fail-on", "info", target);
    expect(after.stdout).toBe("no findings in 1 source\n");
    expect(after.status).toBe(0);
  });
});

describe("plan", () => {
  // Root shows that it needs no root by giving it up.
  const asNobody = isRoot ? { uid: 65534, gid: 65534 } : {};
  let own: TestBundle;
  beforeAll(() => {
    own = new TestBundle();
    own.write(own.spec("true"));
  });
  afterAll(() => own.remove());
  const plan = (...args: string[]): ReturnType<typeof outcomeOf> =>
    outcomeOf(TGUARD, ["plan", ...args, own.dir], {
      ...asNobody,
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent" },
    });

  test("a table, without root and without leaving anything", () => {
    const { status: code, stdout, stderr } = plan("--no-harden");
    expect(stderr).not.toMatch(/internal error/);
    // An ordinary user may lack what this bundle asks for; then that is what is said.
    if (code === 0) {
      expect(stdout).toMatch(/^launch plan: \d+ operations, foreground\n/);
      expect(stdout).toMatch(/^host: /m);
      expect(stdout).toMatch(/^ +\d+ pivot_root/m);
      expect(stdout).toMatch(/^ +\d+ exec +/m);
    } else expect(stderr).toMatch(/^tguard: .*\n {2}(from|why|try) /);
  });

  test("JSON with every operation, each with its place in config.json", () => {
    const { status: code, stdout, stderr } = plan("--format", "json");
    expect(code, stderr).toBe(0);
    const { version, operations } = JSON.parse(stdout);
    expect(version).toBe(1);
    expect(operations.map((o: { index: number }) => o.index)).toEqual(
      operations.map((_: unknown, i: number) => i + 1),
    );
    expect(operations.at(-1).section).toMatch(/cleanup|container/);
    for (const name of ["pivot_root", "capset", "seccomp", "exec"])
      expect(
        operations.filter((o: { op: string }) => o.op === name),
        name,
      ).toHaveLength(1);
    expect(operations.find((o: { op: string }) => o.op === "capset").at).toBe(
      "/process/capabilities",
    );
  });

  test("an unknown format is an error", () => {
    const { status: code, stderr } = plan("--format", "xml");
    expect(code).not.toBe(0);
    expect(stderr).toContain('"xml"');
  });
});
