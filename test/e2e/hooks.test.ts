import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HookKind } from "../../src/oci/runtime-config.ts";
import { type Config, eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";
import { hostHook, imageHook, KINDS, printed, type SeenState } from "../support/hooks.ts";

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

/** A script of the host for each kind but startContainer, whose file must be in the image. */
function hooksOfAllKinds(script: string): Config {
  return Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      [
        kind === "startContainer"
          ? imageHook(bundle, "hook", `exec >>/tmp/startContainer.out\n${script}`)
          : hostHook(bundle, kind, script),
      ],
    ]),
  );
}

/** A writable directory in the container that the test can read: /tmp of the root filesystem. */
const change =
  (hooks: Config, more: (config: Config) => void = () => undefined) =>
  (config: Config): void => {
    config.root.readonly = false;
    config.hooks = hooks;
    more(config);
  };

const output = (kind: HookKind): string =>
  kind === "startContainer"
    ? readFileSync(join(bundle.rootfs, "tmp/startContainer.out"), "utf8")
    : printed(bundle, kind);

const here = (kind: string): string => readlinkSync(`/proc/self/ns/${kind}`);

describe.skipIf(!isRoot)("as root (skipped for ordinary users: the namespaces differ)", () => {
  test("every kind gets the state on standard input, with its status and process", () => {
    const run = bundle.run("echo ran", {
      change: change(hooksOfAllKinds("cat"), (config) => {
        config.annotations = { "com.example.key": "a value" };
      }),
    });
    expect(run).toMatchObject({ status: 0, stdout: "ran\n" });
    const status: Readonly<Record<HookKind, string>> = {
      prestart: "creating",
      createRuntime: "creating",
      createContainer: "creating",
      startContainer: "created",
      poststart: "running",
      poststop: "stopped",
    };
    for (const kind of KINDS) {
      const state = JSON.parse(output(kind)) as SeenState;
      expect(state, kind).toMatchObject({
        ociVersion: "1.3.0",
        id: bundle.id,
        status: status[kind],
        bundle: bundle.dir,
        annotations: { "com.example.key": "a value" },
      });
      // Inside the container's pid namespace it is the first process.
      if (kind === "createContainer" || kind === "startContainer") expect(state.pid, kind).toBe(1);
      else if (kind === "poststop") expect(state.pid).toBeUndefined();
      else expect(state.pid, kind).toBeGreaterThan(1);
    }
  });

  test("each kind runs in the namespaces, the root and the directory that are its own", () => {
    const script =
      "for n in mnt net uts pid ipc; do readlink /proc/self/ns/$n; done; pwd; test -e /bin/busybox -a ! -e /usr/lib && echo image || echo host";
    const run = bundle.run("true", { change: change(hooksOfAllKinds(script)) });
    expect(run.stderr).toBe("");
    for (const kind of KINDS) {
      const [mnt, net, uts, , ipc, cwd, root] = output(kind).split("\n");
      const isInside = kind === "createContainer" || kind === "startContainer";
      for (const [type, seen] of Object.entries({ mnt, net, uts, ipc }))
        expect(seen === here(type), `${kind} ${type}`).toBe(!isInside);
      expect(root, kind).toBe(kind === "startContainer" ? "image" : "host");
      expect(cwd, kind).toBe(
        kind === "startContainer" ? "/" : kind === "createContainer" ? bundle.rootfs : bundle.dir,
      );
    }
  });

  test("createRuntime sees the process in its network namespace, and the mounts made", () => {
    const script = [
      "read -r state",
      "pid=$(echo $state | sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/')",
      "readlink /proc/$pid/ns/net",
      `nsenter -t $pid -m test -e ${bundle.rootfs}/proc/1/status && echo mounted`,
      "nsenter -t $pid -n ip link add dummy-or-not type dummy 2>/dev/null; nsenter -t $pid -n true && echo entered",
    ].join("\n");
    bundle.run("readlink /proc/self/ns/net > /tmp/net", {
      change: change({ createRuntime: [hostHook(bundle, "hook", script)] }),
    });
    const [net, mounted, entered] = printed(bundle, "hook").split("\n");
    expect(net).toMatch(/^net:\[/);
    expect(net).not.toBe(here("net"));
    expect(readFileSync(join(bundle.rootfs, "tmp/net"), "utf8").trim()).toBe(net);
    expect([mounted, entered]).toEqual(["mounted", "entered"]);
  });

  test.each([["private"], ["rshared"]])(
    "createContainer mounts into the root by its path on the host (rootfsPropagation %s)",
    (propagation) => {
      const hook = hostHook(
        bundle,
        "hook",
        `mkdir -p "$PWD/mnt" && mount -t tmpfs mine "$PWD/mnt" && echo from-hook > ${bundle.rootfs}/mnt/file && echo x > ${bundle.rootfs}/etc/written`,
      );
      const run = bundle.run("cat /mnt/file /etc/written; touch /x", {
        change: (config) => {
          config.root.readonly = true;
          config.linux.rootfsPropagation = propagation;
          config.hooks = {
            createContainer: [{ ...hook, env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] }],
          };
        },
      });
      // The hook could still write to the root; the program cannot.
      expect(run.stdout).toBe("from-hook\nx\n");
      expect(run.stderr).toMatch(/read-only/i);
      expect(existsSync(join(bundle.rootfs, "mnt/file"))).toBe(false);
    },
  );

  test("hooks get neither descriptors nor variables of ours, no other environment than their own", () => {
    const script = "env | sort; ls /proc/self/fd | wc -l";
    const hooks = hooksOfAllKinds(script);
    const bare = bundle.run("true", { change: change(hooks) });
    expect(bare.stderr).toBe("");
    // `ls` has 0, 1, 2 and the directory; the shell adds PWD and the like by itself, the host's variables are not there.
    for (const kind of KINDS) {
      const lines = output(kind).trim().split("\n");
      expect(lines.at(-1)?.trim(), kind).toBe("4");
      expect(
        lines.slice(0, -1).filter((l) => !/^(PWD|SHLVL|OLDPWD|_|PATH)=/.test(l)),
        kind,
      ).toEqual([]);
    }
  });

  test("arguments and environment are as config.json has them", () => {
    const hook = hostHook(bundle, "hook", 'echo "$#:$1:$2"; echo "$KEY|$EMPTY|${NONE-unset}"');
    bundle.run("true", {
      change: change({
        createRuntime: [{ ...hook, args: ["zeroth", "a b", "é"], env: ["KEY=a=b", "EMPTY="] }],
      }),
    });
    expect(printed(bundle, "hook")).toBe("2:a b:é\na=b||unset\n");
  });

  test("hooks of one kind run in order, and the kinds one after another", () => {
    const log = join(bundle.base, "log");
    const note = (word: string): Config => hostHook(bundle, word, `echo ${word} >> ${log}`);
    bundle.run("true", {
      change: change({
        poststop: [note("poststop-1"), note("poststop-2")],
        createContainer: [note("createContainer-1"), note("createContainer-2")],
        createRuntime: [note("createRuntime-1"), note("createRuntime-2")],
        prestart: [note("prestart-1")],
        poststart: [note("poststart-1")],
      }),
    });
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual([
      "prestart-1",
      "createRuntime-1",
      "createRuntime-2",
      "createContainer-1",
      "createContainer-2",
      "poststart-1",
      "poststop-1",
      "poststop-2",
    ]);
  });

  describe("a hook that fails", () => {
    test.each([["prestart"], ["createRuntime"], ["createContainer"], ["startContainer"]] as const)(
      "%s: the container does not run, poststop does",
      (kind) => {
        const script = "echo it is broken >&2; exit 7";
        const failing =
          kind === "startContainer"
            ? imageHook(bundle, "hook", script)
            : hostHook(bundle, "failing", script);
        const run = bundle.run("echo ran; echo ran > /tmp/ran", {
          change: change({
            [kind]: [failing, hostHook(bundle, "second", "echo run")],
            poststart: [hostHook(bundle, "poststart", "echo run")],
            poststop: [hostHook(bundle, "poststop", "cat")],
          }),
        });
        expect(run).toMatchObject({ status: 125, stdout: "" });
        expect(run.stderr).toContain(`the ${kind} hook ${failing.path} failed: exit status 7`);
        expect(run.stderr).toContain(`config.json /hooks/${kind}/0`);
        expect(run.stderr).toContain("it said: it is broken");
        expect(existsSync(join(bundle.rootfs, "tmp/ran"))).toBe(false);
        expect(printed(bundle, "second") + printed(bundle, "poststart")).toBe("");
        expect(JSON.parse(printed(bundle, "poststop"))).toMatchObject({ status: "stopped" });
      },
    );

    test("poststart: the container ends (runtime.md, step 9), poststop runs", () => {
      const run = bundle.run("sleep 1000", {
        change: change({
          poststart: [hostHook(bundle, "failing", "exit 3")],
          poststop: [hostHook(bundle, "poststop", "echo run")],
        }),
      });
      expect(run.status).toBe(125);
      expect(run.stderr).toContain("the poststart hook");
      expect(printed(bundle, "poststop")).toBe("run\n");
    });

    test("poststop: told, and the others run; the status is the program's", () => {
      const run = bundle.run("exit 5", {
        change: change({
          poststop: [
            hostHook(bundle, "failing", "exit 3"),
            { path: "/nonexistent/hook" },
            hostHook(bundle, "poststop", "echo run"),
          ],
        }),
      });
      expect(run.status).toBe(5);
      expect(run.stderr).toMatch(/warning: the poststop hook \S+ failed: exit status 3/);
      expect(run.stderr).toMatch(/warning: the poststop hook \/nonexistent\/hook failed: ENOENT/);
      expect(printed(bundle, "poststop")).toBe("run\n");
    });

    test.each([
      ["createRuntime", "ENOENT"],
      ["createContainer", "ENOENT"],
      ["startContainer", "ENOENT"],
    ] as const)("%s that does not exist: %s", (kind, code) => {
      const run = bundle.run("true", { change: change({ [kind]: [{ path: "/no/such/hook" }] }) });
      expect(run.status).toBe(125);
      expect(run.stderr).toContain(`the ${kind} hook /no/such/hook failed: ${code}`);
    });

    test.each([["createRuntime"], ["createContainer"], ["startContainer"]] as const)(
      "%s that hangs ends with its children when its time is over",
      async (kind) => {
        const marker = `1000.${process.pid}${kind.length}`;
        const script = `sleep ${marker} & setsid sleep ${marker} & sleep ${marker}`;
        const hook =
          kind === "startContainer"
            ? imageHook(bundle, "hook", `${script.replace("setsid ", "")}`)
            : hostHook(bundle, "hook", script);
        const env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"];
        const run = bundle.run("true", {
          change: change({ [kind]: [{ ...hook, env, timeout: 1 }] }),
        });
        expect(run.status).toBe(125);
        expect(run.stderr).toContain("hook ran past specified timeout of 1.0s");
        await eventually(() => !commandLines().some((line) => line.includes(marker)));
      },
    );
  });

  test.each([
    ["createRuntime", "SIGTERM"],
    ["createContainer", "SIGTERM"],
    ["createRuntime", "SIGKILL"],
  ] as const)("%s that hangs without a timeout ends when tguard gets %s", async (kind, signal) => {
    const marker = `1001.${process.pid}${kind.length}${signal.length}`;
    const hook = hostHook(bundle, "hook", `echo begun; sleep ${marker} & sleep ${marker}`);
    bundle.write(
      bundle.spec("true", change({ [kind]: [{ ...hook, env: ["PATH=/usr/bin:/bin"] }] })),
    );
    const running = bundle.start("run", "--no-harden", "--bundle", bundle.dir, bundle.id);
    const ended = new Promise((resolve) => running.on("close", resolve));
    await eventually(() => printed(bundle, "hook") === "begun\n");
    running.kill(signal);
    await ended;
    await eventually(() => !commandLines().some((line) => line.includes(marker)));
    await eventually(() => bundle.leftovers().length === 0);
  });

  test("what a hook leaves running on purpose goes on, and nobody waits for it", async () => {
    const stop = join(bundle.base, "stop");
    const done = join(bundle.base, "done");
    const hook = hostHook(
      bundle,
      "hook",
      `(until test -e ${stop}; do sleep 0.05; done; echo done > ${done}) >/dev/null 2>&1 &`,
    );
    const run = bundle.run("echo ran", {
      change: change({ createRuntime: [{ ...hook, env: ["PATH=/usr/bin:/bin"] }] }),
    });
    expect(run).toMatchObject({ status: 0, stdout: "ran\n" });
    writeFileSync(stop, "");
    await eventually(() => existsSync(done));
  });

  test("a detached container: poststart before `run` returns, poststop at delete", () => {
    bundle.write(
      bundle.spec(
        "sleep 1000",
        change({
          poststart: [hostHook(bundle, "poststart", "cat")],
          poststop: [hostHook(bundle, "poststop", "cat")],
        }),
      ),
    );
    expect(bundle.detach("--no-harden")).toBe(0);
    const { pid, status } = JSON.parse(printed(bundle, "poststart")) as SeenState;
    expect(status).toBe("running");
    expect(JSON.parse(bundle.tguard("state", bundle.id).stdout)).toMatchObject({ pid });
    expect(printed(bundle, "poststop")).toBe("");
    // What config.json says now does not matter any more.
    bundle.write(bundle.spec("true"));
    expect(bundle.tguard("delete", "--force", bundle.id)).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(printed(bundle, "poststop"))).toMatchObject({
      status: "stopped",
      id: bundle.id,
      bundle: bundle.dir,
    });
  });

  describe("create, start, delete", () => {
    /** An engine's create: nothing of ours on the standard streams. */
    const create = (): { readonly status: number | null; readonly log: string } => {
      const log = join(bundle.base, "log");
      const args = ["--root", bundle.state, "--log", log, "--log-format", "json"];
      const { status } = spawnSync(TGUARD, [...args, "create", "--bundle", bundle.dir, bundle.id], {
        stdio: "ignore",
        cwd: bundle.base,
        timeout: 50_000,
      });
      return { status, log: existsSync(log) ? readFileSync(log, "utf8") : "" };
    };

    test("each command runs its kinds", () => {
      const log = join(bundle.base, "order");
      const hooks = Object.fromEntries(
        KINDS.map((kind) => [
          kind,
          [
            kind === "startContainer"
              ? imageHook(bundle, "hook", `echo ${kind} >> /tmp/order; cat > /tmp/state`)
              : hostHook(bundle, kind, `echo ${kind} >> ${log}; cat`),
          ],
        ]),
      );
      bundle.write(bundle.spec("sleep 1000", change(hooks)));
      expect(create()).toEqual({ status: 0, log: "" });
      const order = (): readonly string[] => readFileSync(log, "utf8").trim().split("\n");
      expect(order()).toEqual(["prestart", "createRuntime", "createContainer"]);
      expect(existsSync(join(bundle.rootfs, "tmp/order"))).toBe(false);
      expect(bundle.tguard("start", bundle.id)).toMatchObject({ status: 0, stderr: "" });
      expect(readFileSync(join(bundle.rootfs, "tmp/order"), "utf8")).toBe("startContainer\n");
      expect(JSON.parse(readFileSync(join(bundle.rootfs, "tmp/state"), "utf8"))).toMatchObject({
        status: "created",
        pid: 1,
      });
      expect(order().slice(3)).toEqual(["poststart"]);
      expect(JSON.parse(printed(bundle, "poststart"))).toMatchObject({ status: "running" });
      expect(bundle.tguard("delete", "--force", bundle.id)).toMatchObject({
        status: 0,
        stderr: "",
      });
      expect(order().slice(4)).toEqual(["poststop"]);
    });

    test("a failed createRuntime hook fails create with its sentence in the log, and nothing stays", () => {
      bundle.write(
        bundle.spec(
          "true",
          change({
            createRuntime: [hostHook(bundle, "failing", "echo no network >&2; exit 3")],
            poststop: [hostHook(bundle, "poststop", "echo run")],
          }),
        ),
      );
      const { status, log } = create();
      expect(status).not.toBe(0);
      expect(log).toContain("exit status 3");
      expect(log).toContain("no network");
      expect(printed(bundle, "poststop")).toBe("run\n");
      expect(bundle.tguard("state", bundle.id).status).not.toBe(0);
    });

    test("a failed startContainer hook fails start, and the program does not run", async () => {
      bundle.write(
        bundle.spec(
          "echo ran > /tmp/ran",
          change({
            startContainer: [imageHook(bundle, "hook", "echo from the image >&2; exit 9")],
            poststart: [hostHook(bundle, "poststart", "echo run")],
            poststop: [hostHook(bundle, "poststop", "echo run")],
          }),
        ),
      );
      expect(create().status).toBe(0);
      const start = bundle.tguard("start", bundle.id);
      expect(start.status).not.toBe(0);
      expect(start.stderr).toContain("the startContainer hook /bin/hook failed: exit status 9");
      expect(start.stderr).toContain("it said: from the image");
      expect(start.stderr).toContain("config.json /hooks/startContainer/0");
      expect(existsSync(join(bundle.rootfs, "tmp/ran"))).toBe(false);
      expect(printed(bundle, "poststart")).toBe("");
      await eventually(
        () => JSON.parse(bundle.tguard("state", bundle.id).stdout).status === "stopped",
      );
      expect(bundle.tguard("delete", bundle.id).status).toBe(0);
      expect(printed(bundle, "poststop")).toBe("run\n");
    });

    test("a failed poststart hook fails start and ends the container", async () => {
      bundle.write(
        bundle.spec("sleep 1000", change({ poststart: [hostHook(bundle, "failing", "exit 4")] })),
      );
      expect(create().status).toBe(0);
      const start = bundle.tguard("start", bundle.id);
      expect(start.status).not.toBe(0);
      expect(start.stderr).toMatch(/the poststart hook \S+ failed: exit status 4/);
      await eventually(
        () => JSON.parse(bundle.tguard("state", bundle.id).stdout).status === "stopped",
      );
      expect(bundle.tguard("delete", bundle.id).status).toBe(0);
    });
  });

  test("startContainer comes from the image and is confined as the program is", () => {
    const hook = imageHook(
      bundle,
      "hook",
      "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status > /tmp/hook; touch /x 2>/tmp/error; true",
    );
    const run = bundle.run("grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status", {
      flags: ["--profile", "default"],
      change: (config) => {
        config.hooks = { startContainer: [hook] };
        config.mounts.push({ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: [] });
        config.process.args = [
          "sh",
          "-c",
          "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status | diff - /tmp/hook && cat /tmp/hook /tmp/error",
        ];
      },
    });
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/CapEff:\s0+420\n/);
    expect(run.stdout).toMatch(/NoNewPrivs:\s1\n/);
    expect(run.stdout).toMatch(/Seccomp:\s2\n/);
    expect(run.stdout).toMatch(/read-only/i);
    expect(run.status).toBe(0);
  });
});

test("an ordinary start without hooks is planned without a trace of them", () => {
  const plan = bundle.tguard("plan", "--json", bundle.dir).stdout;
  expect(plan).not.toContain("hook");
});

function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return ""; // it has ended
      }
    });
}
