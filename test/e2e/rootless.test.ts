import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultSpec } from "../../src/oci/spec.ts";
import {
  type Config,
  eventually,
  isRoot,
  type Outcome,
  outcomeOf,
  TestBundle,
  TGUARD,
} from "../support/bundle.ts";

/** The ordinary user of these tests: whoever runs them, or as root a user made for them. */
interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const NAME = `tguard-e2e-${process.pid}`;
const has = (program: string): boolean =>
  spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin; command -v ${program}`]).status === 0;
const sbin = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

/** Why no ordinary user can be had, or undefined. */
function hindrance(): string | undefined {
  if (isRoot && !(has("useradd") && has("userdel")))
    return "there is no useradd to make an ordinary user with";
  const probe = isRoot
    ? ["setpriv", "--reuid=65534", "--clear-groups", "unshare", "-U", "true"]
    : ["unshare", "-U", "true"];
  const done = spawnSync(probe[0] ?? "", probe.slice(1));
  return done.status === 0
    ? undefined
    : "ordinary users may not make user namespaces on this machine";
}

/** Why the user has one id only, or undefined. */
function noRange(user: User | undefined): string | undefined {
  if (!has("newuidmap")) return "newuidmap is missing (Debian's package uidmap)";
  if (isRoot) return undefined; // made with a range
  const range = ["/etc/subuid", "/etc/subgid"].every(
    (file) => existsSync(file) && rangeOf(file, user) !== undefined,
  );
  return range ? undefined : "this user has no range in /etc/subuid and /etc/subgid";
}

function rangeOf(file: string, user: User | undefined): readonly [number, number] | undefined {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .map((text) => text.split(":"))
    .find(([who]) => who === user?.name || who === String(user?.uid));
  return line === undefined ? undefined : [Number(line[1]), Number(line[2])];
}

function self(): User {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return { name: outcomeOf("id", ["-un"]).stdout.trim(), uid, gid };
}

/** A user without a home, with ids that no other entry names. */
function makeUser(): User {
  outcomeOf("useradd", ["-M", "-s", "/bin/sh", NAME], { env: sbin });
  const id = (flag: string): number => Number(outcomeOf("id", [flag, NAME]).stdout);
  const user = { name: NAME, uid: id("-u"), gid: id("-g") };
  // Debian's useradd gives a range by itself where /etc/subuid exists; where not, one far from all others.
  for (const [file, flag] of [
    ["/etc/subuid", "--add-subuids"],
    ["/etc/subgid", "--add-subgids"],
  ] as const)
    if (!existsSync(file) || rangeOf(file, user) === undefined)
      outcomeOf("usermod", [flag, "2000000000-2000065535", NAME], { env: sbin });
  return user;
}

const why = hindrance();
let user: User | undefined;
let bundle: TestBundle;
let runtimeDir = "";

beforeAll(() => {
  if (why === undefined) user = isRoot ? makeUser() : self();
});
afterAll(() => {
  if (isRoot && user !== undefined) {
    outcomeOf("userdel", [NAME], { env: sbin });
    for (const file of ["/etc/subuid", "/etc/subgid"])
      expect(rangeOf(file, user), file).toBeUndefined();
  }
});

beforeEach(() => {
  if (why !== undefined) return;
  bundle = new TestBundle();
  runtimeDir = join(bundle.base, "runtime");
  mkdirSync(runtimeDir);
  chmodSync(runtimeDir, 0o700);
  own(bundle.base);
});
afterEach(() => {
  if (why !== undefined) return;
  try {
    expect(bundle.leftovers()).toEqual([]);
    expect(tguard("list", "-q").stdout).toBe("");
  } finally {
    tguard("delete", "--force", bundle.id);
    rmSync(bundle.base, { recursive: true, force: true });
  }
});

function own(path: string): void {
  if (isRoot) outcomeOf("chown", ["-R", `${user?.uid}:${user?.gid}`, path]);
}

function spawnOptions(env: NodeJS.ProcessEnv = {}): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
} {
  return {
    cwd: bundle.base,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: bundle.base,
      XDG_RUNTIME_DIR: runtimeDir,
      XDG_CACHE_HOME: join(bundle.base, "cache"),
      ...env,
    },
    ...(isRoot && user !== undefined ? { uid: user.uid, gid: user.gid } : {}),
  };
}

const tguard = (...args: readonly string[]): Outcome => outcomeOf(TGUARD, args, spawnOptions());

interface Options {
  readonly flags?: readonly string[];
  readonly change?: (c: Config) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** What `tguard spec --rootless` writes, running a script. */
function write(script: string, change: (c: Config) => void = () => undefined): void {
  if (user === undefined) throw new Error("no user");
  const config: Config = structuredClone(defaultSpec({ rootless: user }));
  config.process.terminal = false;
  config.process.args = ["sh", "-c", script];
  change(config);
  bundle.write(config);
  own(bundle.dir);
}

function run(script: string, { flags = ["--no-harden"], change, env }: Options = {}): Outcome {
  write(script, change);
  return outcomeOf(TGUARD, ["run", ...flags, "--bundle", bundle.dir, bundle.id], spawnOptions(env));
}

describe.skipIf(why !== undefined)(`an ordinary user${why === undefined ? "" : `: ${why}`}`, () => {
  describe("with one id", () => {
    test("is root inside and himself outside", () => {
      const { status, stdout, stderr } = run(
        "id -u; cat /proc/self/uid_map; cat /proc/self/setgroups; touch /root/x; stat -c %u:%g /; exit 9",
        { change: (c) => (c.root.readonly = false) },
      );
      expect(stdout.replace(/ +/g, " "), stderr).toBe(`0\n 0 ${user?.uid} 1\ndeny\n0:0\n`);
      expect(status).toBe(9);
      expect(statSync(join(bundle.rootfs, "root/x")).uid).toBe(user?.uid);
    });

    test("namespaces, mounts, loopback and a terminal's devices all the same", () => {
      const { status, stdout, stderr } = run(
        "ip addr show lo | grep -o 'inet 127.0.0.1'; ls /proc/1/ns | wc -l; hostname; [ -c /dev/null ] && echo > /dev/null && echo null; wc -c < /proc/keys; mount | grep -c ' / '",
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^inet 127\.0\.0\.1\n\d+\n\S+\nnull\n0\n1\n$/);
    });

    test("create, exec before and after start, kill, delete", async () => {
      write("echo up; exec sleep 300");
      // Without a file for its output the waiting process would hold our pipe.
      const detached = (...args: readonly string[]): number | null =>
        spawnSync(TGUARD, args, { ...spawnOptions(), stdio: "ignore", timeout: 50_000 }).status;
      expect(detached("create", "--bundle", bundle.dir, bundle.id)).toBe(0);
      const state = (): Config => JSON.parse(tguard("state", bundle.id).stdout);
      expect(state().status).toBe("created");

      const inside = (...args: readonly string[]): Outcome => tguard("exec", bundle.id, ...args);
      const namespaces = "for n in user pid mnt net uts; do readlink /proc/$1/ns/$n; done";
      const before = inside("sh", "-c", `id -u; ${namespaces}; exit 3`, "sh", "self");
      expect(before.stderr).toBe("");
      expect(before.status).toBe(3);
      expect(detached("start", bundle.id)).toBe(0);
      expect(state().status).toBe("running");
      const after = inside("sh", "-c", `id -u; ${namespaces}`, "sh", "1");
      expect(after).toMatchObject({ status: 0, stdout: before.stdout });
      expect(before.stdout).toMatch(/^0\nuser:\[\d+\]\n/);
      expect(JSON.parse(tguard("ps", "--format", "json", bundle.id).stdout)).toEqual([state().pid]);

      expect(tguard("kill", "--all", bundle.id, "KILL").status).toBe(0);
      await eventually(() => state().status === "stopped");
      expect(tguard("delete", bundle.id).status).toBe(0);
      expect(bundle.leftovers()).toEqual([]);
    });

    test("tguard and init killed in the middle of create: nothing of it lives on", async () => {
      write("exec sleep 300");
      for (let instant = 0; instant < 60; instant += 6) {
        const child = spawn(TGUARD, ["create", "--bundle", bundle.dir, bundle.id], {
          ...spawnOptions(),
          stdio: "ignore",
        });
        const ended = once(child, "exit");
        await new Promise((done) => setTimeout(done, instant));
        child.kill("SIGSTOP"); // so that it cannot see init end
        const children = `/proc/${child.pid}/task/${child.pid}/children`;
        if (existsSync(children))
          for (const pid of readFileSync(children, "utf8").split(" ").filter(Boolean))
            spawnSync("kill", ["-9", pid]);
        child.kill("SIGKILL");
        await ended;
        expect(tguard("delete", "--force", bundle.id).status).toBe(0);
        await eventually(() => bundle.leftovers().length === 0);
      }
    });

    test("root of a user namespace of his own, as rootless engines call us", () => {
      const state = ["sh", "-c", `${TGUARD} list -q; ls -d "$XDG_RUNTIME_DIR/tguard"`];
      write("true");
      expect(run("true").status).toBe(0);
      const { stdout } = outcomeOf("unshare", ["-Ur", ...state], spawnOptions());
      expect(stdout).toBe(`${runtimeDir}/tguard\n`);
    });

    test("the default profile holds: no rights, no new ones, a filter", () => {
      // Without newuidmap in reach there is no more than the one id.
      const { status, stdout, stderr } = run(
        "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; mount -t tmpfs t /tmp 2>&1; (: > /bin/x) 2>&1; : > /tmp/x && echo wrote",
        { flags: [], env: { PATH: "/nonexistent" } },
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^CapEff:\t[0-9a-f]{13}[0-9a-f]{3}$/m);
      expect(stdout).toContain("NoNewPrivs:\t1\nSeccomp:\t2\n");
      expect(stdout).toMatch(/Operation not permitted|permission denied/);
      expect(stdout).toContain("/bin/x: Read-only file system");
      expect(stdout).toContain("wrote");
    });

    test("strict, too", () => {
      const { status, stdout, stderr } = run(
        "grep CapEff /proc/self/status; (: > /tmp/x) 2>&1; echo $?",
        {
          flags: ["--profile", "strict"],
        },
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^CapEff:\t0{16}\n.*\n1\n$/);
    });

    test("what takes root is refused with a reason, not left out", () => {
      for (const [change, where] of [
        [
          (c: Config) => c.linux.namespaces.splice(0, 9, { type: "mount" }),
          /user namespace|EPERM|ordinary user/,
        ],
        [
          (c: Config) => (c.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }]),
          /\/linux\/uidMappings|belongs to user/,
        ],
        [
          (c: Config) => (c.linux.resources = { memory: { limit: 1 << 24 } }),
          /\/linux\/resources|cgroup|control group/,
        ],
      ] as const) {
        const { status, stdout, stderr } = run("echo started", { change });
        expect(stderr).toMatch(/^tguard: /);
        expect(stderr).toMatch(where);
        expect(stderr).not.toMatch(/internal error|^ +at /m);
        expect(stdout).toBe("");
        expect(status).toBe(125);
      }
    });

    test("run --detach, state, list, kill, delete; the state is his alone", async () => {
      write("trap 'exit 0' TERM; while :; do sleep 0.1; done");
      const started = spawnSync(
        TGUARD,
        ["run", "--no-harden", "-d", "--bundle", bundle.dir, bundle.id],
        {
          ...spawnOptions(),
          stdio: "ignore",
          timeout: 50_000,
        },
      );
      expect(started.status).toBe(0);
      const state = JSON.parse(tguard("state", bundle.id).stdout);
      expect(state).toMatchObject({ status: "running", owner: user?.name });
      expect(tguard("list", "-q").stdout).toBe(`${bundle.id}\n`);
      const dir = statSync(join(runtimeDir, "tguard"));
      expect([dir.uid, dir.mode & 0o777]).toEqual([user?.uid, 0o700]);
      expect(tguard("kill", bundle.id, "TERM").status).toBe(0);
      // Again and again: before the shell's trap the signal is ignored.
      await eventually(() => {
        tguard("kill", bundle.id, "TERM");
        return JSON.parse(tguard("state", bundle.id).stdout).status === "stopped";
      });
      expect(tguard("delete", bundle.id).status).toBe(0);
    });

    test("killed at any instant, delete --force clears up", async () => {
      write("sleep 300 & sleep 300");
      for (let delay = 0; delay < 60; delay += 6) {
        const child = spawn(TGUARD, ["run", "--no-harden", "--bundle", bundle.dir, bundle.id], {
          ...spawnOptions(),
          stdio: "ignore",
        });
        const ended = once(child, "exit");
        await new Promise((done) => setTimeout(done, delay));
        child.kill("SIGKILL");
        await ended;
        const done = tguard("delete", "--force", bundle.id);
        expect(done).toEqual({ status: 0, stdout: "", stderr: "" });
        let left: readonly string[] = [];
        await eventually(() => {
          left = bundle.leftovers();
          return left.length === 0;
        }).catch(() => expect(left).toEqual([]));
      }
    });
  });

  describe("with a range of ids", () => {
    const mayChown = (c: Config): void => {
      for (const set of ["bounding", "effective", "permitted"])
        c.process.capabilities[set].push("CAP_CHOWN");
    };
    const usesRange = (c: Config): void => {
      mayChown(c);
      c.root.readonly = false;
      const [uids, gids] = [rangeOf("/etc/subuid", user), rangeOf("/etc/subgid", user)];
      const map = (
        own: number | undefined,
        range: readonly [number, number] | undefined,
      ): Config[] => [
        { containerID: 0, hostID: own, size: 1 },
        { containerID: 1, hostID: range?.[0], size: 60000 },
      ];
      c.linux.uidMappings = map(user?.uid, uids);
      c.linux.gidMappings = map(user?.gid, gids);
    };

    test("newuidmap writes the maps of config.json", (context) => {
      const missing = noRange(user);
      if (missing !== undefined) return context.skip(missing);
      const { status, stdout, stderr } = run(
        "cat /proc/self/uid_map; chown 1000:1000 /root && stat -c %u:%g /root; id",
        {
          change: (c) => {
            usesRange(c);
            c.process.user = { uid: 0, gid: 0, additionalGids: [5] };
          },
        },
      );
      expect(status, stderr).toBe(0);
      const base = rangeOf("/etc/subuid", user)?.[0] ?? 0;
      expect(stdout.replace(/ +/g, " ")).toBe(
        ` 0 ${user?.uid} 1\n 1 ${base} 60000\n1000:1000\nuid=0 gid=0 groups=5\n`,
      );
      expect(statSync(join(bundle.rootfs, "root")).uid).toBe(base + 999);
      expect(run("chown 0:0 /root", { change: usesRange }).status).toBe(0);
    });

    test("the default profile takes what /etc/subuid grants, and other users exist inside", (context) => {
      const missing = noRange(user);
      if (missing !== undefined) return context.skip(missing);
      const { status, stdout, stderr } = run(
        "cat /proc/self/uid_map; touch /tmp/x && chown 33:33 /tmp/x && stat -c %u:%g /tmp/x",
        {
          flags: [],
          change: (c) => {
            mayChown(c);
            // Where the bundle says nothing the profile decides.
            c.linux.namespaces = c.linux.namespaces.filter((n: Config) => n.type !== "user");
            delete c.linux.uidMappings;
            delete c.linux.gidMappings;
          },
        },
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^33:33$/m);
      const [start, count] = rangeOf("/etc/subuid", user) ?? [0, 0];
      for (const line of stdout.split("\n").filter((l) => l.startsWith(" "))) {
        const [, host = 0, size = 0] = line.trim().split(/ +/).map(Number);
        const isOwn = host === user?.uid && size === 1;
        expect(isOwn || (host >= start && host + size <= start + count), line).toBe(true);
      }
    });

    test("another user's ids are refused", (context) => {
      const missing = noRange(user);
      if (missing !== undefined) return context.skip(missing);
      const { status, stdout, stderr } = run("echo started", {
        change: (c) => {
          usesRange(c);
          c.linux.uidMappings[1].hostID = 1;
        },
      });
      expect(stderr).toMatch(/^tguard: /);
      expect(stderr).toMatch(/newuidmap|\/linux\/uidMappings|subuid/);
      expect(stderr).not.toMatch(/internal error|^ +at /m);
      expect(stdout).toBe("");
      expect(status).toBe(125);
    });
  });

  test("audit, harden and plan need no rights", () => {
    write("true");
    writeFileSync(join(bundle.base, "Dockerfile"), "FROM debian:12\nUSER root\n");
    expect(tguard("audit", "--only", "DF1003", join(bundle.base, "Dockerfile")).status).toBe(1);
    expect(JSON.parse(tguard("harden", bundle.dir).stdout).process.noNewPrivileges).toBe(true);
    expect(tguard("plan", bundle.dir).stdout).toMatch(/^launch plan: \d+ operations/);
  });
});
