import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, eventually, outcomeOf, TestBundle, TGUARD } from "../support/bundle.ts";
import { helperPath } from "../support/helpers.ts";

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

interface Session {
  /** Status of tguard. */
  readonly status: number;
  /** What the user saw. */
  readonly screen: string;
  readonly settings: { readonly before: string; readonly after: string };
}

const terminal = (c: Config): void => {
  c.process.terminal = true;
};

/** Run the script in a container with a terminal, at a terminal of 24 rows and 80 columns where `keys` are typed (see pty.c). */
function session(script: string, keys: string, ...flags: readonly string[]): Session {
  bundle.write(bundle.spec(script, terminal));
  const run = ["run", ...(flags.length === 0 ? ["--no-harden"] : flags)];
  const args = ["--root", bundle.state, ...run, "--bundle", bundle.dir, bundle.id];
  const done = outcomeOf(helperPath("pty"), ["24x80", keys, TGUARD, ...args], { cwd: bundle.base });
  expect(done.status, done.stdout + done.stderr).toBe(0);
  const said = (name: string): string =>
    new RegExp(`^${name} (.*)$`, "m").exec(done.stderr)?.[1] ?? "";
  return {
    status: Number(said("status")),
    screen: done.stdout.replaceAll("\r\n", "\n"),
    settings: { before: said("settings before:"), after: said("settings after:") },
  };
}

function expectRestored({ settings }: Session): void {
  expect(settings.before).not.toBe("");
  expect(settings.after).toBe(settings.before);
}

describe("a terminal in the foreground", () => {
  test("the container's standard streams are a terminal of its own", () => {
    const s = session(
      "tty; for f in 0 1 2; do [ -t $f ] && echo $f; done; ls -l /dev/console; exit 3",
      "",
    );
    expect(s.screen).toMatch(/^\/dev\/pts\/0\n0\n1\n2\nc.* \/dev\/console\n$/);
    expect(s.status).toBe(3);
    expectRestored(s);
  });

  test("keys reach the program, its output the screen, each once", () => {
    const s = session("read -r line; echo got $line", "raw;type=abc\\n");
    expect(s.screen).toBe("abc\ngot abc\n");
    expect(s.status).toBe(0);
    expectRestored(s);
  });

  test("the window's size, and its changes", () => {
    const s = session(
      'stty size; while [ "$(stty size)" = "24 80" ]; do sleep 0.05; done; stty size',
      "wait=24 80;resize=50x132",
    );
    expect(s.screen).toBe("24 80\n50 132\n");
  });

  test("control-C is one SIGINT for the program, none for tguard", () => {
    const s = session(
      "n=0; trap 'n=$((n+1)); echo INT $n' INT; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 0.2; echo end $n; exit 7",
      "wait=ready;type=^C",
    );
    expect(s.screen).toMatch(/^ready\n\^CINT 1\nend 1\n$/);
    expect(s.status).toBe(7);
    expectRestored(s);
  });

  test("control-D ends the input", () => {
    const s = session("cat; echo end", "raw;type=abc\\n^D");
    expect(s.screen).toBe("abc\nabc\nend\n");
    expect(s.status).toBe(0);
  });

  test("control-Z stops the program's own job, not tguard", () => {
    const s = session("stty -a | grep -o 'susp = ^Z'; exit 0", "");
    expect(s.screen).toBe("susp = ^Z\n");
  });

  test("a hundred thousand lines arrive whole and in order", () => {
    const s = session("seq 1 100000", "");
    expect(s.screen === Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join("")).toBe(
      true,
    );
    expect(s.status).toBe(0);
    expectRestored(s);
  });

  test("hardened, too", () => {
    const s = session(
      "tty; stty size; echo over > /dev/console; exit 4",
      "",
      "--profile",
      "default",
    );
    expect(s.screen).toBe("/dev/pts/0\n24 80\nover\n");
    expect(s.status).toBe(4);
    expectRestored(s);
  });

  test("a start that fails leaves the terminal as it was", () => {
    bundle.write(
      bundle.spec("", (c) => {
        terminal(c);
        c.process.args = ["/no/such/program"];
      }),
    );
    const args = ["--root", bundle.state, "run", "--no-harden", "--bundle", bundle.dir, bundle.id];
    const done = outcomeOf(helperPath("pty"), ["24x80", "", TGUARD, ...args], { cwd: bundle.base });
    expect(done.stdout).toContain("tguard: ");
    expect(done.stdout).toContain("/no/such/program");
    const [before, after] = [...done.stderr.matchAll(/^settings \w+: (.*)$/gm)].map((m) => m[1]);
    expect(after).toBe(before);
    expect(done.stderr).toContain("status 127");
  });
});

describe("raw mode is undone, however it ends", () => {
  test.each([
    ["tguard is killed", "raw;wait=ready;command=9", 137],
    ["tguard is told to end", "raw;wait=ready;command=15", 143],
    ["init is killed", "raw;wait=ready;init=9", 125],
    ["the terminal hangs up", "raw;wait=ready;command=1", 129],
  ])("when %s", async (_, keys, status) => {
    // No pid 1 of its own: the default action of a signal applies.
    const s = session(
      "trap 'exit 143' TERM; trap 'exit 129' HUP; echo ready; while :; do sleep 0.1; done",
      keys,
    );
    expect(s.screen).toContain("ready");
    expect(s.status).toBe(status);
    expectRestored(s);
    await eventually(
      () =>
        bundle.leftovers().length === 0 ||
        bundle.tguard("delete", "--force", bundle.id).status !== 0,
    );
  });
});

describe("without a terminal of the caller's", () => {
  test("the container has one all the same", () => {
    bundle.write(bundle.spec("tty; read -r line; echo got $line", terminal));
    const args = ["--root", bundle.state, "run", "--no-harden", "--bundle", bundle.dir, bundle.id];
    const done = outcomeOf(TGUARD, args, { cwd: bundle.base, input: "typed\n" });
    expect(done.stdout.replaceAll("\r\n", "\n")).toMatch(
      /^(typed\n)?\/dev\/pts\/0\n(typed\n)?got typed\n$/,
    );
    expect(done.status).toBe(0);
  });

  test("detached, it needs somebody to hold it", () => {
    bundle.write(bundle.spec("tty", terminal));
    const done = bundle.tguard("run", "--no-harden", "--detach", "--bundle", bundle.dir, bundle.id);
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/^tguard: cannot allocate tty if tguard will detach/);
    expect(done.stderr).toContain("--console-socket");
  });
});

describe("--console-socket", () => {
  /** The engine's side, listening; `text` is what it types. */
  async function engine(
    path: string,
    text: string,
  ): Promise<{ child: ChildProcess; said(): string }> {
    const child = spawn(helperPath("recvfd"), [path, text], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 50_000,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        said += String(chunk);
      });
    await eventually(() => said.includes("listening") && existsSync(path));
    return { child, said: () => said };
  }

  test("takes the terminal's descriptor of a detached container", async () => {
    const path = join(bundle.base, "console");
    const { child, said } = await engine(path, "typed\n");
    const ended = once(child, "close");
    bundle.write(
      bundle.spec("tty; stty size; read -r line; echo got $line", (c) => {
        terminal(c);
        c.process.consoleSize = { height: 33, width: 99 };
      }),
    );
    expect(bundle.detach("--no-harden", "--console-socket", path)).toBe(0);
    expect((await ended)[0]).toBe(0);
    expect(said()).toContain("name: /dev/ptmx");
    expect(said().replaceAll("\r\n", "\n")).toMatch(/\/dev\/pts\/0\n/);
    expect(said()).toContain("33 99");
    expect(said()).toContain("got typed");
    await eventually(
      () => JSON.parse(bundle.tguard("state", bundle.id).stdout).status === "stopped",
    );
    expect(bundle.tguard("delete", bundle.id).status).toBe(0);
  });

  test.each([
    ["where nobody listens", "absent"],
    ["that is no socket", "bundle/config.json"],
  ])("%s: one error, nothing left", (_, name) => {
    bundle.write(bundle.spec("tty", terminal));
    const done = bundle.tguard(
      ...["run", "--no-harden", "--detach", "--console-socket", join(bundle.base, name)],
      ...["--bundle", bundle.dir, bundle.id],
    );
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/^tguard: .*(ENOENT|ECONNREFUSED)/);
    expect(done.stdout).toBe("");
  });
});
