import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, TestBundle } from "../support/bundle.ts";
import { helperPath } from "../support/helpers.ts";

let bundle: TestBundle;
let agent: ChildProcess | undefined;
let said = "";
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  agent?.kill("SIGKILL");
  agent = undefined;
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

/** Start fixtures/e2e/agent.c, which answers every notice with ENOMEDIUM; its socket. */
async function startAgent(): Promise<string> {
  const path = join(bundle.base, "agent.sock");
  said = "";
  agent = spawn(helperPath("agent"), [path], { stdio: ["ignore", "pipe", "inherit"] });
  agent.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually(() => said.startsWith("listening\n"));
  return path;
}

/** The agent has seen everybody leave. */
async function agentEnded(): Promise<number | null> {
  const process = agent;
  await eventually(() => process?.exitCode !== null);
  return process?.exitCode ?? null;
}

const notifying =
  (listenerPath: string | undefined, more: (config: Config) => void = () => undefined) =>
  (config: Config): void => {
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      ...(listenerPath === undefined ? {} : { listenerPath, listenerMetadata: "what you like" }),
      syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY" }],
    };
    more(config);
  };

describe("SCMP_ACT_NOTIFY", () => {
  test.each([[true], [false]])(
    "the agent gets the state with the listener, and decides (noNewPrivileges %s)",
    async (noNewPrivileges) => {
      const path = await startAgent();
      // Not awaited by a blocking call: the agent's output comes through this process.
      bundle.write(
        bundle.spec(
          "mkdir /tmp/made; echo after",
          notifying(path, (config) => {
            config.process.noNewPrivileges = noNewPrivileges;
            config.annotations = { "com.example.key": "value" };
          }),
        ),
      );
      const run = bundle.start("run", "--no-harden", "--bundle", bundle.dir, bundle.id);
      let output = "";
      for (const stream of [run.stdout, run.stderr])
        stream?.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      const status = await new Promise((done) => run.on("close", done));
      // ENOMEDIUM, as the agent has it.
      expect(output).toMatch(/No medium found[\s\S]*after\n/);
      expect(status).toBe(0);
      expect(await agentEnded()).toBe(0);
      const [, document = "", asked] = said.split("\n");
      const state = JSON.parse(document);
      expect(state).toMatchObject({
        ociVersion: "1.3.0",
        fds: ["seccompFd"],
        metadata: "what you like",
        state: {
          ociVersion: "1.3.0",
          id: bundle.id,
          status: "creating",
          bundle: bundle.dir,
          annotations: { "com.example.key": "value" },
        },
      });
      // As the host counts it, not 1.
      expect(state.pid).toBeGreaterThan(1);
      expect(state.state.pid).toBe(state.pid);
      expect(asked).toMatch(/^asked \d+$/);
    },
  );

  test("a process that joins has a listener of its own; the state is the running container's", async () => {
    const first = await startAgent();
    bundle.write(bundle.spec("sleep 1000", notifying(first)));
    expect(bundle.detach("--no-harden")).toBe(0);
    const { state: creating } = JSON.parse(
      (await eventually(() => /\n(.*)\n/.exec(said) ?? undefined))[1] ?? "",
    );
    const firstAgent = agent;
    rmSync(first);
    await startAgent();
    const exec = bundle.start("exec", bundle.id, "mkdir", "/tmp/made");
    const status = await new Promise((done) => exec.on("close", done));
    expect(status).toBe(1);
    await eventually(() => said.includes("asked"));
    const state = JSON.parse(said.split("\n")[1] ?? "");
    expect(state.state).toMatchObject({ status: "running", pid: creating.pid, id: bundle.id });
    expect(state.pid).toBeGreaterThan(1);
    expect(state.pid).not.toBe(creating.pid);
    bundle.tguard("delete", "--force", bundle.id);
    firstAgent?.kill("SIGKILL");
  });

  test("nobody at the socket is an error with its place", () => {
    const run = bundle.run("true", { change: notifying(join(bundle.base, "none.sock")) });
    expect(run.status).toBe(125);
    expect(run.stderr).toMatch(/connecting to the socket \S+: ENOENT/);
    expect(run.stderr).toContain("config.json /linux/seccomp/listenerPath");
  });

  test("without a listenerPath it is refused", () => {
    const run = bundle.run("true", { change: notifying(undefined) });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain("/linux/seccomp/listenerPath");
  });

  test("as the default action, and metadata without a path, are refused", () => {
    const run = bundle.run("true", {
      change: (config) => {
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_NOTIFY",
          listenerPath: "/run/none",
        };
      },
    });
    expect(run.status).toBe(125);
    expect(run.stderr).toContain("/linux/seccomp/defaultAction");
    const other = bundle.run("true", {
      change: (config) => {
        config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x" };
      },
    });
    expect(other.status).toBe(125);
    expect(other.stderr).toContain("/linux/seccomp/listenerMetadata");
  });
});

describe("listenerPath without an action that notifies", () => {
  test("is ignored: nobody is asked", () => {
    const run = bundle.run("echo ran", {
      change: (config) => {
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          listenerPath: "/run/no-such-agent",
        };
      },
    });
    expect(run).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  });
});

test.each([
  [["SECCOMP_FILTER_FLAG_LOG"]],
  [["SECCOMP_FILTER_FLAG_TSYNC"]],
  [["SECCOMP_FILTER_FLAG_SPEC_ALLOW"]],
  [["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]],
  [
    [
      "SECCOMP_FILTER_FLAG_LOG",
      "SECCOMP_FILTER_FLAG_TSYNC",
      "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
      "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    ],
  ],
])("the flags %j are taken", (flags) => {
  const run = bundle.run("grep Seccomp: /proc/self/status; mkdir /tmp/x", {
    change: (config) => {
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        flags,
        syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 123 }],
      };
    },
  });
  expect(run.stdout).toMatch(/Seccomp:\s2/);
  expect(run.stderr).toContain("No medium found");
});

test("defaultErrnoRet is what a call that nothing names gets", () => {
  const run = bundle.run("mkdir /tmp/x", {
    change: (config) => {
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ERRNO",
        defaultErrnoRet: 123,
        syscalls: [
          {
            names:
              "execve exit exit_group brk mmap munmap mprotect arch_prctl read write close open openat fstat newfstatat stat lstat access faccessat getuid geteuid getgid getegid getpid getppid rt_sigaction rt_sigprocmask rt_sigreturn set_tid_address set_robust_list prlimit64 ioctl fcntl clone vfork fork wait4 dup2 dup3 pipe pipe2 uname getcwd prctl rseq getrandom readlink sendto umask futex sched_getaffinity".split(
                " ",
              ),
            action: "SCMP_ACT_ALLOW",
          },
        ],
      };
    },
  });
  expect(run.stderr).toContain("No medium found");
});

test("an unknown flag is refused with its place", () => {
  const run = bundle.run("true", {
    change: (config) => {
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        flags: ["SECCOMP_FILTER_FLAG_NEW"],
      };
    },
  });
  expect(run.status).toBe(125);
  expect(run.stderr).toContain("/linux/seccomp/flags/0");
});
