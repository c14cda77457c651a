import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventually, isRoot, TestBundle, TGUARD } from "../support/bundle.ts";
import { Engine } from "../support/engine.ts";

/** Whatever is killed, and whenever: `delete --force` leaves nothing, and other containers go on. */

// Guards against a hang: some start a hundred containers, on machines that do other things as well.
vi.setConfig({ testTimeout: 400_000 });

let bundle: TestBundle;
let engine: Engine;
beforeEach(() => {
  bundle = new TestBundle();
  engine = new Engine(bundle);
});
afterEach(() => bundle.remove());

// A command takes 10 to 60 ms; the busier the machine the longer, so the instants spread by themselves.
const INSTANTS = Array.from({ length: 12 }, (_, i) => i * 5);

/** A command with nothing of ours on its standard streams: a killed one leaves no reader waiting. */
function begin(...args: readonly string[]): ChildProcess {
  return spawn(TGUARD, ["--root", bundle.state, ...args], {
    stdio: "ignore",
    cwd: bundle.base,
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
}

function childrenOf(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").split(" ").map(Number).filter(Boolean) : [];
}

type Victim = "tguard" | "init" | "both";

function killChildren(pid: number): void {
  for (const child of childrenOf(pid))
    try {
      process.kill(child, "SIGKILL");
    } catch {
      // It ended by itself between the look and the kill.
    }
}

/** Kill at that instant; what is gone already is gone. init alone: as soon after it as there is one. */
async function killAt(child: ChildProcess, instant: number, victim: Victim): Promise<void> {
  const ended = child.exitCode === null ? once(child, "exit") : undefined;
  await sleep(instant);
  const pid = child.pid ?? -1;
  if (victim === "init") {
    while (child.exitCode === null && child.signalCode === null) {
      killChildren(pid);
      await sleep(5);
    }
    return;
  }
  if (victim === "both") {
    child.kill("SIGSTOP"); // so that it cannot see init end
    killChildren(pid);
  }
  child.kill("SIGKILL");
  await ended;
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

describe.each<Victim>(["tguard", "init", "both"])("kill -9 of %s", (victim) => {
  test("at every stage of create", async () => {
    bundle.write(bundle.spec("sleep 300"));
    for (const instant of INSTANTS) {
      await killAt(begin("create", "--bundle", bundle.dir, bundle.id), instant, victim);
      const { stdout } = bundle.tguard("state", bundle.id);
      if (stdout !== "")
        expect(["created", "creating", "stopped"]).toContain(JSON.parse(stdout).status);
      await expectNothingLeft();
    }
  });

  test("at every stage of exec: the container goes on", async () => {
    const { pid } = engine.up("exec sleep 300");
    for (const instant of INSTANTS) {
      await killAt(begin("exec", bundle.id, "sleep", "302"), instant, victim);
      expect(engine.state).toMatchObject({ pid, status: "running" });
      // What hung on the killed one dies with it.
      await eventually(
        () => JSON.parse(bundle.tguard("ps", "-f", "json", bundle.id).stdout).length === 1,
      );
    }
    await expectNothingLeft();
  });
});

test("kill -9 of tguard at every stage of start: it runs or it can be started", async () => {
  for (const instant of INSTANTS) {
    expect(engine.create("exec sleep 300")).toBe(0);
    await killAt(begin("start", bundle.id), instant, "tguard");
    const { status } = engine.state;
    expect(["created", "running"]).toContain(status);
    expect(engine.call(["start", bundle.id])).toBe(status === "created" ? 0 : 1);
    expect(engine.state.status).toBe("running");
    await expectNothingLeft();
  }
});

test("kill -9 of tguard at every stage of delete: another one ends the work", async () => {
  for (const instant of INSTANTS) {
    engine.up("sleep 301 & exec sleep 300");
    await killAt(begin("delete", "--force", bundle.id), instant, "tguard");
    await expectNothingLeft();
  }
});

test("a created container's process killed while start waits for it", async () => {
  for (const instant of INSTANTS.slice(0, 6)) {
    expect(engine.create("exec sleep 300")).toBe(0);
    const { pid } = engine.state;
    const start = begin("start", bundle.id);
    const ended = once(start, "exit");
    await sleep(instant);
    process.kill(pid, "SIGKILL");
    expect([0, 1]).toContain((await ended)[0]);
    await engine.stopped();
    await expectNothingLeft();
  }
});

test("50 containers at once: created, started, deleted; a neighbour goes on", async () => {
  const neighbour = engine.up("exec sleep 300");
  bundle.write(bundle.spec("exec sleep 300"));
  const ids = Array.from({ length: 50 }, (_, i) => `${bundle.id}-${i}`);
  const all = async (make: (id: string) => readonly string[]): Promise<void> => {
    const statuses = await Promise.all(
      ids.map(async (id) => (await once(begin(...make(id)), "exit"))[0]),
    );
    expect(statuses).toEqual(ids.map(() => 0));
  };
  await all((id) => ["create", "--bundle", bundle.dir, id]);
  await all((id) => ["start", id]);
  const listed = JSON.parse(bundle.tguard("list", "-f", "json").stdout) as { status: string }[];
  expect(listed.map(({ status }) => status)).toEqual(Array(51).fill("running"));
  await all((id) => ["delete", "--force", id]);
  expect(engine.state).toMatchObject({ pid: neighbour.pid, status: "running" });
  await expectNothingLeft();
});

test("two starts at once: one of them wins", async () => {
  expect(engine.create("exec sleep 300")).toBe(0);
  const both = [begin("start", bundle.id), begin("start", bundle.id)];
  const statuses = await Promise.all(both.map(async (child) => (await once(child, "exit"))[0]));
  expect(statuses.toSorted()).toEqual([0, 1]);
  await expectNothingLeft();
});

test("the bundle removed while the container exists", async () => {
  engine.up("exec sleep 300");
  rmSync(bundle.dir, { recursive: true });
  mkdirSync(bundle.dir); // what else the tests look for is gone all the same
  expect(engine.state.status).toBe("running");
  expect(bundle.tguard("kill", bundle.id, "KILL").status).toBe(0);
  await engine.stopped();
  await expectNothingLeft();
});

describe.skipIf(!isRoot)(
  "the state's disk is full (needs root: a small file system is mounted)",
  () => {
    /** Each command in a mount namespace with that disk, which ends with it. */
    function onSmallDisk(script: string): { readonly stdout: string; readonly stderr: string } {
      mkdirSync(bundle.state, { recursive: true, mode: 0o700 });
      const run = `mount -t tmpfs -o size=32k,mode=700 small "$1" || exit; ${script}`;
      const args = [TGUARD, bundle.state, bundle.dir, bundle.id];
      return spawnSync("unshare", ["-m", "sh", "-c", run, ...args], {
        encoding: "utf8",
        cwd: bundle.base,
        timeout: 50_000,
        stdio: ["ignore", "pipe", "pipe"],
      });
    }
    const FILL = '{ cat /dev/zero > "$1/.fill" || :; } 2> /dev/null';
    const tguard = '"$0" --root "$1"';

    test("create: one error that says so, nothing is left", () => {
      bundle.write(bundle.spec("true"));
      const { stdout, stderr } = onSmallDisk(
        `${FILL}; ${tguard} create --bundle "$2" "$3"; echo "$? left: $(ls "$1")"`,
      );
      expect(stdout).toBe("1 left: \n");
      expect(stderr).toMatch(/^tguard: cannot keep the container's state\n/);
      expect(stderr).toContain("ENOSPC");
    });

    test("filled between create and start: the container starts or says why, and goes", () => {
      bundle.write(bundle.spec("exec sleep 300"));
      const { stdout, stderr } = onSmallDisk(
        [
          `${tguard} create --bundle "$2" "$3" > /dev/null 2>&1 || exit 9`,
          FILL,
          `${tguard} start "$3"; echo "start $?"`,
          `${tguard} state "$3" | grep -o '"status": "[a-z]*"'`,
          `${tguard} exec "$3" echo inside`,
          `rm "$1/.fill"; ${tguard} delete --force "$3"; echo "delete $? left: $(ls "$1")"`,
        ].join("\n"),
      );
      expect(stdout).toMatch(/^start [01]\n"status": "running"\ninside\ndelete 0 left: \n$/);
      expect(stderr).not.toMatch(/internal error|^ +at /m);
    });

    test("delete needs no space", () => {
      bundle.write(bundle.spec("exec sleep 300"));
      const { stdout, stderr } = onSmallDisk(
        [
          `${tguard} create --bundle "$2" "$3" > /dev/null 2>&1 || exit 9`,
          FILL,
          `${tguard} delete --force "$3"; echo "delete $? left: $(ls "$1")"`,
        ].join("\n"),
      );
      expect(stderr).toBe("");
      expect(stdout).toBe("delete 0 left: \n");
    });
  },
);
