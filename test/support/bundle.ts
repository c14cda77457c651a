import { type ChildProcess, type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { defaultSpec } from "../../src/oci/spec.ts";
import { type Helper, helperPath } from "./helpers.ts";

/** The built executable, which `npm test` makes before it runs the tests. */
export const TGUARD: string = resolve(import.meta.dirname, "../../dist/tguard");

/** Every bundle is run once before it is tested, so that init's front starts it from the kept plan. */
const IS_WARM = process.env["TGUARD_TEST_WARM"] === "1";

export const isRoot: boolean = process.geteuid?.() === 0;

const APPLETS =
  "sh true false cat echo ls id sleep mount umount touch mkdir rm ps hostname ip env pwd stat grep kill tty stty mknod head tail dd wc sort date uname nproc chmod chown ln readlink test expr seq yes nc unshare printf cut tr diff cmp sed setsid taskset chrt ionice";

/** config.json as plain data that a test may change at will. */
// biome-ignore lint/suspicious/noExplicitAny: tests also write what the types forbid
export type Config = any;

/** Where busybox lies: installed, or unpacked by the set-up of a user who cannot install. */
function busybox(): string {
  const places = ["/bin/busybox", "/usr/bin/busybox", ".cache/sysroot/bin/busybox"];
  const found = places
    .map((p) => resolve(import.meta.dirname, "../..", p))
    .find((p) => existsSync(p));
  if (found === undefined) throw new Error("no busybox: run sh scripts/setup.sh");
  return found;
}

/** A result of one run. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary bundle with a busybox root filesystem, and a state directory of its own. */
export class TestBundle {
  readonly base: string = mkdtempSync(join(tmpdir(), "tguard-e2e-"));
  readonly dir: string = join(this.base, "bundle");
  readonly state: string = join(this.base, "state");
  readonly rootfs: string = join(this.dir, "rootfs");
  /** The container's id, like no other's on this machine. */
  readonly id: string = basename(this.base);

  constructor() {
    chmodSync(this.base, 0o755);
    for (const d of ["bin", "proc", "sys", "dev", "tmp", "etc", "var/log", "root"])
      mkdirSync(join(this.rootfs, d), { recursive: true });
    copyFileSync(busybox(), join(this.rootfs, "bin/busybox"));
    for (const applet of APPLETS.split(" "))
      symlinkSync("busybox", join(this.rootfs, "bin", applet));
    this.write(this.spec());
  }

  /** What `tguard spec` writes, without a terminal, running a shell script. */
  spec(script = "true", change: (config: Config) => void = () => undefined): Config {
    const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const config: Config = structuredClone(defaultSpec(isRoot ? {} : { rootless: ids }));
    config.process.terminal = false;
    // Tests of what is read-only begin without the one place that `tguard spec` leaves to write to.
    config.mounts = config.mounts.filter((m: Config) => m.destination !== "/tmp");
    config.process.args = ["sh", "-c", script];
    change(config);
    return config;
  }

  write(config: Config): void {
    writeFileSync(join(this.dir, "config.json"), JSON.stringify(config));
  }

  /** Run a shell script in the bundle; `flags` go behind `run`, `change` edits config.json first. */
  run(script: string, options: RunOptions = {}): Outcome {
    this.write(this.spec(script, options.change));
    const args = [...(options.flags ?? ["--no-harden"]), "--bundle", this.dir, this.id];
    if (IS_WARM) this.tguard("run", ...args);
    return this.tguard("run", ...args);
  }

  /** Any command, with this bundle's state directory. */
  tguard(...args: readonly string[]): Outcome {
    return outcomeOf(TGUARD, ["--root", this.state, ...args], { cwd: this.base });
  }

  /** Put a helper of fixtures/e2e into the root filesystem's /bin. */
  install(helper: Helper): void {
    copyFileSync(helperPath(helper), join(this.rootfs, "bin", helper));
  }

  /** Run what config.json says detached, with nothing of ours on its standard streams; the exit status. */
  detach(...flags: readonly string[]): number | null {
    const args = ["--root", this.state, "run", ...flags, "--detach", "--bundle", this.dir, this.id];
    return spawnSync(TGUARD, args, { stdio: "ignore", cwd: this.base, timeout: 50_000 }).status;
  }

  /** Start without waiting; the caller ends it. */
  start(...args: readonly string[]): ChildProcess {
    return spawn(TGUARD, ["--root", this.state, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.base,
      timeout: 50_000,
      killSignal: "SIGKILL",
    });
  }

  /** What a container can leave behind: state, control groups, init processes, mounts of this bundle. */
  leftovers(): readonly string[] {
    const state = existsSync(this.state) ? readdirSync(this.state) : [];
    const groups = controlGroups().filter((dir) => dir.includes(this.id));
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(this.base));
    const processes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && this.owns(pid));
    return [...state, ...groups, ...mounts, ...processes];
  }

  /** A process of a container of this bundle, or one of tguard's that works for it: all are started in `base`. */
  private owns(pid: string): boolean {
    try {
      return (
        readFileSync(`/proc/${pid}/mountinfo`, "utf8").includes(`${this.rootfs} / `) ||
        readlinkSync(`/proc/${pid}/cwd`).startsWith(this.base)
      );
    } catch {
      return false; // it ended while we looked, or is another user's
    }
  }

  remove(): void {
    this.tguard("delete", "--force", this.id);
    rmSync(this.base, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly flags?: readonly string[];
  readonly change?: (config: Config) => void;
}

/** Run a program to its end, at most 50 seconds. */
export function outcomeOf(
  program: string,
  args: readonly string[],
  options: SpawnSyncOptions = {},
): Outcome {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    input: "",
    timeout: 50_000,
    killSignal: "SIGKILL",
    maxBuffer: 64 << 20,
    ...options,
    encoding: "utf8",
  });
  if (error !== undefined) throw new Error(`${error.message}\n${stdout}${stderr}`);
  if (signal !== null) throw new Error(`${program} was ended by ${signal}\n${stdout}${stderr}`);
  return { status, stdout, stderr };
}

function controlGroups(): readonly string[] {
  const base = "/sys/fs/cgroup";
  if (!existsSync(base)) return [];
  return readdirSync(base, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .flatMap((e) => [join(base, e.name), join(base, e.name, "tguard")])
    .filter((d) => existsSync(d))
    .flatMap((d) =>
      readdirSync(d, { withFileTypes: true })
        .filter((e) => e.isDirectory())
        .map((e) => join(d, e.name)),
    );
}

/** Wait until `test` gives something, at most ten seconds. */
export async function eventually<T>(test: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const value = test();
    if (value !== undefined && value !== false) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("it did not happen within ten seconds");
}
