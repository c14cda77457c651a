import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** What world.sh made; the tests have no meaning outside of it. */
const world = process.env["TGUARD_ENGINES_WORLD"];

export const insideWorld: boolean = world !== undefined;

/** A folder of this run, gone with its namespaces. */
export function worldFolder(name: string): string {
  if (world === undefined) throw new Error("run `npm run test:engines`");
  const parent = join(world, "work");
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

export const imageArchive = (): string => join(world ?? "", "image.tar");

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Runs a bash script as a user at a terminal would, with a helper to wait for a condition. */
export function bash(script: string, environment: Environment = {}): Ran {
  const helpers = `
    # until_ok COMMAND…: poll; a limit that no machine reaches unless the condition never comes.
    until_ok() { local n=600; while [ $n -gt 0 ]; do "$@" && return 0; sleep 0.1; n=$((n-1)); done
      echo "never became true: $*" >&2; return 1; }
    # on_terminal COMMAND: with a terminal of 33 rows and 77 columns.
    on_terminal() { script -qefc "stty rows 33 cols 77; $1" /dev/null </dev/null | tr -d '\\r'; return "\${PIPESTATUS[0]}"; }
  `;
  const ran = spawnSync("bash", ["-c", `${helpers}\n${script}`], {
    encoding: "utf8",
    env: { ...systemEnvironment(), ...environment },
    input: "",
    timeout: 110_000,
    killSignal: "SIGKILL",
  });
  return { status: ran.status, out: ran.stdout.trimEnd(), err: ran.stderr.trimEnd() };
}

/** Debian's programs before anything that a developer has put into /usr/local. */
export const systemEnvironment = (): Record<string, string> => ({
  HOME: "/root",
  LC_ALL: "C",
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
});

/** One thing a user does with an engine, and what they see. */
export interface Scenario {
  readonly name: string;
  readonly run: string;
  /** All of standard output, or what it must match. */
  readonly out?: string | RegExp;
  /** What standard error must match. */
  readonly err?: RegExp;
  /** 0 unless given. */
  readonly status?: number;
  /** Why it cannot be shown on this machine. */
  readonly skip?: string | false;
}

/** A test a scenario, in order, cleaned after each: the engine's state is shared. */
export function scenarios(
  engine: string,
  environment: () => Environment,
  clean: string,
  list: readonly Scenario[],
): void {
  describe(engine, () => {
    for (const scenario of list) {
      test(scenario.name, { timeout: 240_000 }, ({ skip }) => {
        skip(!insideWorld, "run `npm run test:engines`");
        skip(typeof scenario.skip === "string", scenario.skip || undefined);
        const ran = bash(scenario.run, environment());
        const cleaned = bash(clean, environment());
        check(scenario, ran);
        expect(cleaned.status, cleaned.err).toBe(0);
      });
    }
  });
}

function check(scenario: Scenario, ran: Ran): void {
  const seen = `status ${ran.status}\nout: ${ran.out}\nerr: ${ran.err}`;
  expect(ran.status, seen).toBe(scenario.status ?? 0);
  if (typeof scenario.out === "string") expect(ran.out, seen).toBe(scenario.out);
  else if (scenario.out !== undefined) expect(ran.out, seen).toMatch(scenario.out);
  if (scenario.err !== undefined) expect(ran.err, seen).toMatch(scenario.err);
}

export interface Daemon {
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts a daemon and polls until `ready` succeeds; fails with its log. */
export async function startDaemon(
  command: readonly [string, ...string[]],
  folder: string,
  ready: string,
): Promise<Daemon> {
  const logFile = join(folder, "daemon.log");
  const file = openSync(logFile, "a");
  const [program, ...args] = command;
  const child = spawn(program, args, { env: systemEnvironment(), stdio: ["ignore", file, file] });
  closeSync(file);
  const log = (): string => readFileSync(logFile, "utf8").slice(-2000);
  const up = bash(`until_ok sh -c '${ready} >/dev/null 2>&1'`);
  if (up.status !== 0) throw new Error(`${program} does not answer:\n${log()}`);
  return { log, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await end;
}

/** Capabilities that the machine withholds from everyone, root included. */
export function machineLacks(capability: number): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/1/status", "utf8"))?.[1];
  return ((BigInt(`0x${bounding ?? "0"}`) >> BigInt(capability)) & 1n) === 0n;
}

export const CAP_SYS_RESOURCE = 24;

/** Where the memory controller's limit is read inside a container, in both versions of control groups. */
export const memoryLimit =
  "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true";
export const pidsLimit =
  "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; true";
