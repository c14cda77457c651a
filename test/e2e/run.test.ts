import { spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Config, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";

let bundle: TestBundle;
beforeAll(() => {
  bundle = new TestBundle();
});
afterAll(() => {
  expect(bundle.leftovers()).toEqual([]);
  bundle.remove();
});

/** Namespace links that a container shows, by name. */
const NS =
  'for n in mnt pid net ipc uts user cgroup; do echo "$n $(readlink /proc/self/ns/$n)"; done';
const own = (name: string): string => readlinkSync(`/proc/self/ns/${name}`);

describe("exit status", () => {
  test.each([
    ["exit 0", 0],
    ["exit 7", 7],
    ["exit 255", 255],
    ["sleep 60 & kill -9 $!; wait $!", 137],
    ["sh -c 'kill -15 $$' ; exit $?", 143],
  ])("%s gives %i", (script, status) => {
    expect(bundle.run(script).status).toBe(status);
  });

  test("of a workload that a signal ends, 128 + signal", () => {
    // Without a pid namespace the workload is no init, so a signal's default action applies.
    const noPid = (c: Config): void => {
      c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "pid");
      c.mounts = c.mounts.filter((m: Config) => m.type !== "proc");
    };
    if (!isRoot) return;
    expect(bundle.run("kill -11 $$", { change: noPid }).status).toBe(139);
  });
});

describe("process", () => {
  test("ambient capabilities that cannot be, as runc spec asks for, are left out", () => {
    const kill = ["CAP_KILL", "CAP_AUDIT_WRITE"];
    const { stdout, stderr } = bundle.run("grep -E 'CapInh|CapAmb' /proc/self/status", {
      change: (c) => {
        c.process.capabilities = {
          ...{ bounding: kill, effective: kill, permitted: kill },
          ...{ inheritable: ["CAP_KILL"], ambient: kill },
        };
      },
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("CapInh:\t0000000000000020\nCapAmb:\t0000000000000020\n");
  });

  test("args, env and cwd", () => {
    const { stdout } = bundle.run("", {
      change: (c) => {
        c.process.args = ["sh", "-c", 'echo "$0|$1|$A|$B"; pwd', "zero", "one two"];
        c.process.env = ["PATH=/bin", "A=first", "B=ü\n.", "A=last"];
        c.process.cwd = "/var/log";
      },
    });
    expect(stdout).toBe("zero|one two|last|ü\n.\n/var/log\n");
  });

  test("a missing working directory is made, as with runc", () => {
    const { stdout } = bundle.run("pwd", { change: (c) => (c.process.cwd = "/new/dir") });
    expect(stdout).toBe("/new/dir\n");
  });

  test("HOME comes from the image's passwd when the environment has none", () => {
    writeFileSync(
      join(bundle.rootfs, "etc/passwd"),
      "root:x:0:0::/var/log:/bin/sh\nu:x:7:7::/tmp:/bin/sh\n",
    );
    expect(bundle.run("echo $HOME").stdout).toBe("/var/log\n");
    expect(bundle.run("echo $HOME", { change: (c) => c.process.env.push("HOME=/x") }).stdout).toBe(
      "/x\n",
    );
  });

  test("umask, rlimits, oomScoreAdj, hostname, domainname", () => {
    const { stdout, stderr } = bundle.run(
      "umask; ulimit -n; ulimit -H -n; cat /proc/self/oom_score_adj; hostname; cat /proc/sys/kernel/domainname",
      {
        change: (c) => {
          c.process.user.umask = 0o27;
          c.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }];
          c.process.oomScoreAdj = 500;
          c.hostname = "box";
          c.domainname = "example.test";
        },
      },
    );
    expect(stderr).not.toContain("tguard: c");
    expect(stdout).toBe("0027\n100\n200\n500\nbox\nexample.test\n");
  });

  test("capabilities are exactly those of the five sets", () => {
    const caps = ["CAP_KILL", "CAP_CHOWN"];
    const { stdout } = bundle.run("grep ^Cap /proc/self/status", {
      change: (c) => {
        c.process.capabilities = {
          bounding: [...caps, "CAP_FOWNER"],
          effective: ["CAP_KILL"],
          permitted: caps,
          inheritable: caps,
          ambient: ["CAP_KILL"],
        };
      },
    });
    // exec by root under no_new_privs: no more than was permitted before (capabilities(7)).
    expect(stdout).toContain("CapBnd:\t0000000000000029\n");
    expect(stdout).toContain("CapInh:\t0000000000000021\n");
    expect(stdout).toContain("CapAmb:\t0000000000000020\n");
    expect(stdout).toContain("CapEff:\t0000000000000021\n");
  });

  test("no_new_privs", () => {
    const value = (on: boolean): string =>
      bundle.run("grep NoNewPrivs /proc/self/status", {
        change: (c) => (c.process.noNewPrivileges = on),
      }).stdout;
    expect(value(true)).toBe("NoNewPrivs:\t1\n");
    expect(value(false)).toBe("NoNewPrivs:\t0\n");
  });

  test.runIf(isRoot)("uid, gid and additional groups", () => {
    const { stdout } = bundle.run("id; cat /proc/self/status | grep CapEff", {
      change: (c) => (c.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6] }),
    });
    expect(stdout).toBe("uid=1000 gid=1001 groups=5,6\nCapEff:\t0000000000000000\n");
  });

  test("the container starts with no supplementary group of the caller", () => {
    expect(bundle.run("grep Groups /proc/self/status").stdout.trim()).toBe("Groups:");
  });

  test("a session of its own, and no descriptor but the standard three", () => {
    const { stdout } = bundle.run("ls /proc/self/fd | wc -l; cut -d' ' -f6 /proc/self/stat");
    expect(stdout).toBe("4\n1\n"); // ls itself opens the directory
  });
});

describe("namespaces", () => {
  test("new ones are new", () => {
    const { stdout } = bundle.run(NS);
    for (const line of stdout.trim().split("\n")) {
      const [name = "", link] = line.split(" ");
      if (name === "user" && isRoot) expect(link).toBe(own("user"));
      else expect(link, name).not.toBe(own(name));
    }
  });

  test.runIf(isRoot)("those left out are the host's", () => {
    const { stdout } = bundle.run(NS, {
      change: (c) => {
        c.linux.namespaces = [{ type: "mount" }, { type: "pid" }];
        delete c.hostname;
        c.mounts = c.mounts.filter((m: Config) => m.type !== "cgroup");
      },
    });
    for (const name of ["net", "ipc", "uts", "cgroup", "user"])
      expect(stdout).toContain(`${name} ${own(name)}\n`);
    expect(stdout).not.toContain(own("mnt"));
  });

  test.runIf(isRoot)("one is joined by its path", () => {
    const keeper = new TestBundle();
    try {
      keeper.write(keeper.spec("sleep 300"));
      expect(keeper.detach("--no-harden")).toBe(0);
      const { pid } = JSON.parse(keeper.tguard("state", keeper.id).stdout) as { pid: number };
      const join_ = ["network", "ipc", "uts", "pid"];
      const { stdout, stderr } = bundle.run(`${NS}; ps | grep -c 'sleep 300'`, {
        change: (c) => {
          for (const n of c.linux.namespaces)
            if (join_.includes(n.type))
              n.path = `/proc/${pid}/ns/${n.type === "network" ? "net" : n.type}`;
          delete c.hostname;
        },
      });
      for (const name of ["net", "ipc", "uts", "pid"])
        expect(stdout, stderr).toContain(`${name} ${readlinkSync(`/proc/${pid}/ns/${name}`)}\n`);
      expect(stdout).toMatch(/\n[1-9]\n$/);
    } finally {
      keeper.remove();
    }
  });

  test("a path of another type is refused", () => {
    const { status, stderr } = bundle.run("true", {
      change: (c) => {
        c.linux.namespaces.find((n: Config) => n.type === "ipc").path = "/proc/self/ns/uts";
      },
    });
    expect(status).toBe(125);
    expect(stderr).toContain("joining a namespace: EINVAL");
    expect(stderr).toContain("config.json /linux/namespaces/");
  });

  test("loopback is up in a new network namespace", () => {
    expect(bundle.run("ip addr show lo").stdout).toMatch(/LOOPBACK,UP.*\n.*\n +inet 127\.0\.0\.1/);
  });

  test("a time namespace has its offsets", () => {
    const { stdout, stderr, status } = bundle.run(
      "cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime",
      {
        change: (c) => {
          c.linux.namespaces.push({ type: "time" });
          c.linux.timeOffsets = {
            boottime: { secs: 86400, nanosecs: 5 },
            monotonic: { secs: 100 },
          };
        },
      },
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/monotonic +100 +0\nboottime +86400 +5\n/);
    expect(Number(stdout.trim().split("\n").at(-1))).toBeGreaterThan(86400);
  });

  test.runIf(isRoot)("a user namespace with several ranges", () => {
    chownSync(bundle.rootfs, 100000, 200000);
    try {
      const { stdout, stderr, status } = bundle.run(
        "cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /",
        {
          change: (c) => {
            c.linux.namespaces.push({ type: "user" });
            c.linux.uidMappings = [
              { containerID: 0, hostID: 100000, size: 1000 },
              { containerID: 1000, hostID: 300000, size: 1 },
            ];
            c.linux.gidMappings = [{ containerID: 0, hostID: 200000, size: 65536 }];
          },
        },
      );
      expect(status, stderr).toBe(0);
      expect(stdout.replace(/ +/g, " ")).toBe(
        " 0 100000 1000\n 1000 300000 1\n 0 200000 65536\n0:0\n",
      );
    } finally {
      chownSync(bundle.rootfs, 0, 0);
    }
  });

  test.runIf(isRoot)("a root filesystem that belongs to nobody in the container is refused", () => {
    const { status, stderr } = bundle.run("true", {
      change: (c) => {
        c.linux.namespaces.push({ type: "user" });
        c.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }];
        c.linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }];
      },
    });
    expect(status).toBe(125);
    expect(stderr).toContain(
      "the root filesystem belongs to user 0, who does not exist in the container",
    );
  });
});

describe("mounts", () => {
  const withMount =
    (mount: Config) =>
    (c: Config): void => {
      c.mounts.push(mount);
    };

  test("default devices, links, and nothing else that opens", () => {
    const { stdout } = bundle.run(
      "ls /dev | sort | tr '\\n' ' '; for d in null zero full random urandom tty; do stat -c '%n %t:%T %a' /dev/$d; done; readlink /dev/fd; readlink /dev/ptmx",
    );
    expect(stdout).toContain(
      "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero",
    );
    expect(stdout).toContain(
      "/dev/null 1:3 666\n/dev/zero 1:5 666\n/dev/full 1:7 666\n/dev/random 1:8 666\n/dev/urandom 1:9 666\n/dev/tty 5:0 666\n",
    );
    expect(stdout).toContain("/proc/self/fd\npts/ptmx\n");
  });

  test("a read-only root cannot be written to, a writable one can", () => {
    expect(bundle.run("touch /x").stderr).toContain("Read-only file system");
    expect(
      bundle.run("touch /x && rm /x", { change: (c) => (c.root.readonly = false) }).status,
    ).toBe(0);
  });

  test("every option of the table reaches the mount", () => {
    const table: readonly (readonly [readonly string[], string])[] = [
      [["nosuid", "nodev", "noexec", "ro"], "ro,nosuid,nodev,noexec"],
      [["noatime"], "rw,noatime"],
      [["nodiratime"], "rw,nodiratime"],
      [["strictatime"], "rw"],
      [["ro", "rw"], "rw"],
      [["noexec", "exec"], "rw,relatime"],
      [["nosymfollow"], "nosymfollow"],
      [["size=1m", "mode=0700"], "size=1024k,mode=700"],
      [["nr_inodes=10"], "nr_inodes=10"],
    ];
    for (const [options, expected] of table) {
      const { stdout, stderr } = bundle.run("mount | grep ' /mnt '", {
        change: withMount({ destination: "/mnt", type: "tmpfs", source: "tmpfs", options }),
      });
      expect(stdout, `${options.join()}: ${stderr}`).toContain(expected);
    }
  });

  test("bind and rbind, files and directories; the source's restrictions stay", () => {
    const source = join(bundle.base, "source");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "file"), "content");
    const bind = (from: string, to: string, ...options: string[]): Config => ({
      destination: to,
      type: "bind",
      source: from,
      options,
    });
    const { stdout, stderr } = bundle.run(
      "cat /d/file /f; mount | grep -E ' /(d|f) '; touch /d/new",
      {
        change: (c) => {
          c.mounts.push(
            bind(source, "/d", "rbind", "rro", "nosuid"),
            bind(join(source, "file"), "/f", "bind", "ro"),
          );
        },
      },
    );
    expect(stdout).toContain("contentcontent");
    expect(stdout).toMatch(/ \/d type .*\(ro,nosuid/);
    expect(stdout).toMatch(/ \/f type .*\(ro/);
    expect(stderr).toContain("Read-only file system");
  });

  test("a relative source lies in the bundle", () => {
    writeFileSync(join(bundle.dir, "data"), "from the bundle");
    const { stdout } = bundle.run("cat /data", {
      change: withMount({ destination: "/data", source: "data", options: ["bind"] }),
    });
    expect(stdout).toBe("from the bundle");
  });

  test("tmpcopyup brings the image's files along", () => {
    mkdirSync(join(bundle.rootfs, "seed/sub"), { recursive: true });
    writeFileSync(join(bundle.rootfs, "seed/sub/a"), "A", { mode: 0o640 });
    const { stdout, stderr } = bundle.run(
      "cat /seed/sub/a; stat -c %a /seed/sub/a; touch /seed/new && ls /seed",
      {
        change: withMount({
          destination: "/seed",
          type: "tmpfs",
          source: "tmpfs",
          options: ["tmpcopyup"],
        }),
      },
    );
    expect(stdout, stderr).toBe("A640\nnew\nsub\n");
  });

  test("a tmpfs without a mode takes that of the directory", () => {
    const { stdout } = bundle.run("stat -c %a /mode", {
      change: (c) => {
        c.root.readonly = false;
        c.mounts.push({ destination: "/mode", type: "tmpfs", source: "tmpfs", options: [] });
      },
    });
    expect(stdout).toBe("755\n");
  });

  test.runIf(isRoot)("an idmapped bind shows owners through its mapping", () => {
    const source = join(bundle.base, "owned");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "f"), "");
    chownSync(join(source, "f"), 1, 1);
    const mapping = [{ containerID: 0, hostID: 5000, size: 10 }];
    const { stdout, stderr } = bundle.run("stat -c %u:%g /m/f", {
      change: withMount({
        destination: "/m",
        type: "bind",
        source,
        options: ["bind", "idmap"],
        uidMappings: mapping,
        gidMappings: mapping,
      }),
    });
    expect(stdout, stderr).toBe("5001:5001\n");
  });

  test("propagation", () => {
    const { stdout } = bundle.run("grep -E ' /(a|b|c) ' /proc/self/mountinfo | cut -d' ' -f5,7", {
      change: (c) => {
        for (const [to, option] of [
          ["/a", "shared"],
          ["/b", "private"],
          ["/c", "unbindable"],
        ])
          c.mounts.push({ destination: to, type: "tmpfs", source: "t", options: [option] });
      },
    });
    expect(stdout).toMatch(/\/a shared:\d+\n\/b -\n\/c unbindable\n/);
  });

  test("masked and read-only paths", () => {
    const { stdout, stderr } = bundle.run(
      "wc -c < /proc/keys; ls /sys/firmware | wc -l; echo 1 > /proc/sys/kernel/printk",
    );
    expect(stdout).toBe("0\n0\n");
    expect(stderr).toContain("Read-only file system");
  });

  test("a read-only /dev has its devices all the same", () => {
    const { stdout, stderr } = bundle.run("cat /dev/null && mount | grep ' /dev '; touch /dev/x", {
      change: (c) => c.mounts.find((m: Config) => m.destination === "/dev").options.push("ro"),
    });
    expect(stdout).toMatch(/ \/dev type tmpfs \(ro,/);
    expect(stderr).toContain("Read-only file system");
  });

  test("a destination behind a symbolic link stays inside the root", () => {
    symlinkSync("/../../../../tmp/tguard-escape", join(bundle.rootfs, "out"));
    const { stdout, stderr, status } = bundle.run("mount | grep escape", {
      change: (c) => {
        c.root.readonly = false;
        c.mounts.push({ destination: "/out", type: "tmpfs", source: "t", options: [] });
      },
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain("on /tmp/tguard-escape type tmpfs");
  });

  test.each([
    ["a symbolic link as /proc", "proc", "ELOOP"],
    ["a symbolic link as /dev", "dev", "ELOOP"],
  ])("%s is refused", (_, name, code) => {
    const other = new TestBundle();
    try {
      spawnSync("rm", ["-rf", join(other.rootfs, name)]);
      symlinkSync("/tmp", join(other.rootfs, name));
      const { status, stderr } = other.run("true");
      expect(status).toBe(125);
      expect(stderr).toContain(code);
      expect(other.leftovers()).toEqual([]);
    } finally {
      other.remove();
    }
  });

  test.each([
    [{ destination: "/proc/self", type: "tmpfs", source: "t" }, "it lies inside /proc"],
    [{ destination: "/proc", type: "tmpfs", source: "t" }, "cannot stand in for /proc"],
    [
      { destination: "/x", type: "bind", source: "/etc", options: ["bind", "size=1"] },
      "is no option of a bind mount",
    ],
    [
      { destination: "/x", type: "tmpfs", source: "t", options: ["nosuchoption"] },
      "setting the filesystem option nosuchoption: EINVAL",
    ],
    [
      { destination: "/x", type: "nosuchfs", source: "t" },
      "opening a filesystem of type nosuchfs: ENODEV",
    ],
    [
      { destination: "/x", type: "bind", source: "/nosuch", options: ["bind"] },
      "taking the mount at /nosuch: ENOENT",
    ],
  ])("%j is refused", (mount, message) => {
    const { status, stderr } = bundle.run("true", { change: withMount(mount) });
    expect(stderr).toContain(message);
    expect(stderr).toContain("config.json /mounts/");
    expect(status).toBe(125);
  });
});

describe.runIf(isRoot)("sysctl", () => {
  test("is set in the container's own namespaces", () => {
    const before = readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8");
    const { stdout, stderr } = bundle.run(
      "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shmmni",
      {
        change: (c) =>
          (c.linux.sysctl = {
            "net.ipv4.ip_unprivileged_port_start": "80",
            "kernel.shmmni": "123",
          }),
      },
    );
    expect(stdout, stderr).toBe("80\n123\n");
    expect(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")).toBe(before);
  });
});

describe("seccomp", () => {
  const filter = (action: string, names: string[], extra: Config = {}): Config => ({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names, action, ...extra }],
  });
  test("a denied call fails with the errno asked for", () => {
    const { stderr } = bundle.run("mkdir /tmp/x", {
      change: (c) =>
        (c.linux.seccomp = filter("SCMP_ACT_ERRNO", ["mkdir", "mkdirat"], { errnoRet: 28 })),
    });
    expect(stderr).toContain("No space left on device");
  });
  test("a killed call ends the process", () => {
    const { status } = bundle.run("mkdir /tmp/x; echo $?; exit 3", {
      change: (c) => (c.linux.seccomp = filter("SCMP_ACT_KILL_PROCESS", ["mkdir", "mkdirat"])),
    });
    expect(status).toBe(3);
  });
  test("arguments are compared", () => {
    const { stdout } = bundle.run("kill -0 $$ && echo zero; kill -10 $$ || echo denied", {
      change: (c) =>
        (c.linux.seccomp = filter("SCMP_ACT_ERRNO", ["kill"], {
          args: [{ index: 1, value: 10, op: "SCMP_CMP_EQ" }],
        })),
    });
    expect(stdout).toBe("zero\ndenied\n");
  });
  test("without no_new_privs a filter is installed too, by root", () => {
    const { stdout } = bundle.run("grep -E 'NoNew|^Seccomp:' /proc/self/status", {
      change: (c) => {
        c.process.noNewPrivileges = false;
        c.linux.seccomp = filter("SCMP_ACT_ERRNO", ["mkdir"]);
      },
    });
    expect(stdout).toBe("NoNewPrivs:\t0\nSeccomp:\t2\n");
  });
});

describe.runIf(isRoot)("control groups", () => {
  test("limits are in force and the group is gone afterwards", () => {
    const { stdout, stderr } = bundle.run(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 2 & done 2>&1 | tail -1; cat /proc/self/cgroup",
      { change: (c) => (c.linux.resources = { pids: { limit: 8 } }) },
    );
    expect(stderr + stdout).toMatch(/can't fork|Resource temporarily unavailable/);
  });
  test("memory", () => {
    const { status } = bundle.run("dd if=/dev/zero of=/dev/shm/x bs=1M count=60; exit $?", {
      change: (c) => (c.linux.resources = { memory: { limit: 16 << 20, swap: 16 << 20 } }),
    });
    expect(status).toBe(137);
  });
  test("devices are denied by default, though CAP_MKNOD makes their nodes", () => {
    const script = "mknod /dev/x c 1 11 && echo made; head -c 1 /dev/x";
    const { stdout, stderr } = bundle.run(script, {
      change: (c) => {
        for (const set of ["bounding", "effective", "permitted"])
          c.process.capabilities[set].push("CAP_MKNOD");
      },
    });
    expect(stdout).toBe("made\n");
    expect(stderr).toMatch(/Operation not permitted/);
  });
});

describe.skipIf(!isRoot)("standard streams (needs root: profiles map ids)", () => {
  /** With pipes as a shell makes them; Node's own are sockets, which no program can open again. */
  const throughPipes = (script: string, flags: readonly string[], user = 0): string => {
    bundle.write(
      bundle.spec(script, (c) => {
        c.process.user = { uid: user, gid: user };
      }),
    );
    const args = ["--root", bundle.state, "run", ...flags, "--bundle", bundle.dir, bundle.id];
    const pipes = 'echo in | "$0" "$@" 2>&1 | cat';
    return spawnSync("sh", ["-c", pipes, TGUARD, ...args], { encoding: "utf8" }).stdout;
  };

  test.each(["--profile=default", "--profile=strict", "--profile=compat", "--no-harden"])(
    "/dev/stdout opens on a pipe, with %s",
    (flag) => {
      const script = "echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin";
      expect(throughPipes(script, [flag])).toMatch(/(^|\n)out\nerr\nin\n$/);
    },
  );

  test("a program's own user opens them too", () => {
    const script = "id -u; echo out > /dev/stdout";
    expect(throughPipes(script, ["--profile", "default"], 7)).toMatch(/(^|\n)7\nout\n$/);
  });

  test("a file of the caller's keeps its owner", () => {
    const path = join(bundle.base, "out.txt");
    const fd = openSync(path, "w");
    bundle.write(bundle.spec("echo out"));
    const args = ["--root", bundle.state, "run", "--bundle", bundle.dir, bundle.id];
    expect(spawnSync(TGUARD, args, { stdio: ["ignore", fd, "inherit"] }).status).toBe(0);
    closeSync(fd);
    expect(readFileSync(path, "utf8")).toBe("out\n");
    expect(statSync(path).uid).toBe(0);
  });
});
