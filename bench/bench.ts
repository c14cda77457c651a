/**
 * `npm run bench [-- --runs N --corpus DIR]`: whole processes against the peers that are installed, in turn (A B C A B C …), so that
 * the ratios hold while the machine's speed drifts. Medians; a table, and dist/bench.json. It judges nothing.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { defaultSpec } from "../src/oci/spec.ts";

const root = resolve(import.meta.dirname, "..");
const tguard = join(root, "dist/tguard");
const { values } = parseArgs({
  options: { runs: { type: "string", default: "20" }, corpus: { type: "string" } },
});
const runs = Number(values.runs);
const base = mkdtempSync(join(tmpdir(), "tguard-bench-"));
const measure = join(base, "measure");
const bundle = join(base, "bundle");

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssKib: number;
}
interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  /** Undone before each run: what would make it a later start. */
  readonly before?: () => void;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function once({ name, command, before }: Contestant, expected: readonly number[]): Sample {
  before?.();
  const [wall = 0, cpu = 0, rss = 0, status = -1] = execFileSync(measure, command, {
    encoding: "utf8",
  })
    .trim()
    .split(" ")
    .map(Number);
  if (!expected.includes(status))
    throw new Error(`${name} ended with status ${status}: ${command.join(" ")}`);
  return { wallMs: wall / 1000, cpuMs: cpu / 1000, rssKib: rss };
}

/** Runs all in turn; rows with medians and the ratio of wall times to the first. */
function contest(
  title: string,
  contestants: readonly Contestant[],
  expected: readonly number[] = [0],
): object[] {
  const samples = contestants.map((c) => ({ c, list: [once(c, expected)].slice(1) }));
  for (let i = 0; i < runs; i++) for (const { c, list } of samples) list.push(once(c, expected));
  console.log(`\n${title}, medians of ${runs}`);
  console.log(
    `  ${"".padEnd(34)}${"wall ms".padStart(9)}${"min".padStart(8)}${"cpu ms".padStart(9)}${"MiB".padStart(7)}   wall of the first / this`,
  );
  const first = median(samples[0]?.list.map((s) => s.wallMs) ?? []);
  return samples.map(({ c, list }) => {
    const row = {
      title,
      name: c.name,
      wallMs: median(list.map((s) => s.wallMs)),
      minMs: Math.min(...list.map((s) => s.wallMs)),
      cpuMs: median(list.map((s) => s.cpuMs)),
      rssMib: median(list.map((s) => s.rssKib)) / 1024,
    };
    console.log(
      `  ${c.name.padEnd(34)}${row.wallMs.toFixed(1).padStart(9)}${row.minMs.toFixed(1).padStart(8)}${row.cpuMs.toFixed(1).padStart(9)}${row.rssMib.toFixed(1).padStart(7)}   ${(first / row.wallMs).toFixed(2)}`,
    );
    return row;
  });
}

function makeBundle(): void {
  mkdirSync(join(bundle, "rootfs/bin"), { recursive: true });
  for (const dir of ["proc", "sys", "dev", "tmp", "etc"]) mkdirSync(join(bundle, "rootfs", dir));
  const busybox = [
    "/bin/busybox",
    "/usr/bin/busybox",
    join(root, ".cache/sysroot/bin/busybox"),
  ].find((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  if (busybox === undefined) throw new Error("no busybox: run sh scripts/setup.sh");
  cpSync(busybox, join(bundle, "rootfs/bin/busybox"));
  for (const applet of ["true", "sleep"])
    symlinkSync("busybox", join(bundle, "rootfs/bin", applet));
  writeConfig(["/bin/true"]);
}

/** What `tguard spec` gives, without the cgroup mount, which not every peer makes the same way. */
function writeConfig(args: readonly string[]): void {
  const spec = defaultSpec({});
  const config = {
    ...spec,
    ociVersion: "1.0.2", // for older peers
    process: { ...spec.process, terminal: false, args },
    mounts: spec.mounts?.filter((m) => m.type !== "cgroup"),
    linux: {
      ...spec.linux,
      namespaces: spec.linux?.namespaces?.filter((n) => n.type !== "cgroup"),
    },
  };
  writeFileSync(join(bundle, "config.json"), JSON.stringify(config));
}

const installed = (name: string): boolean =>
  spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;

/** Starts again as after an upgrade: without the plans that earlier starts kept. */
function forgetPlans(): void {
  const cache = "/var/cache/tguard";
  for (const name of statSync(cache, { throwIfNoEntry: false }) === undefined
    ? []
    : readdirSync(cache))
    if (name.endsWith(".plan")) rmSync(join(cache, name));
}

function runContest(): object[] {
  const state = join(base, "state");
  const words = (...flags: string[]): string[] => [
    tguard,
    "--root",
    state,
    "run",
    ...flags,
    "--bundle",
    bundle,
    "bench",
  ];
  const peers: Contestant[] = [
    {
      name: "runc, not hardened",
      command: ["runc", "--root", join(base, "runc"), "run", "--bundle", bundle, "bench-runc"],
    },
    {
      name: "crun, not hardened",
      command: ["crun", "--root", join(base, "crun"), "run", "--bundle", bundle, "bench-crun"],
    },
    {
      name: "gVisor (runsc)",
      command: [
        "runsc",
        "--ignore-cgroups",
        "--network=none",
        "--root",
        join(base, "runsc"),
        "run",
        "--bundle",
        bundle,
        "bench-runsc",
      ],
    },
    {
      name: "bubblewrap",
      command: [
        "bwrap",
        "--ro-bind",
        join(bundle, "rootfs"),
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        "--unshare-all",
        "--cap-drop",
        "ALL",
        "/bin/true",
      ],
    },
  ];
  const usable = peers.filter(({ name, command }) => {
    const [program = ""] = command;
    const works =
      installed(program) && spawnSync(program, command.slice(1), { stdio: "ignore" }).status === 0;
    if (!works)
      console.log(
        `left out: ${name} (${installed(program) ? "it does not run here" : "not installed"})`,
      );
    return works;
  });
  return [
    ...contest("run /bin/true, start to exit", [
      { name: "tguard, default profile", command: words() },
      { name: "tguard --no-harden", command: words("--no-harden") },
      ...usable,
    ]),
    ...contest("the same, first starts: no plan is kept", [
      { name: "tguard, default profile", command: words(), before: forgetPlans },
      { name: "tguard --no-harden", command: words("--no-harden"), before: forgetPlans },
    ]),
  ];
}

function auditContest(): object[] {
  const one = join(root, "examples/Dockerfile");
  const hadolint = installed("hadolint") ? [{ name: "hadolint", command: ["hadolint", one] }] : [];
  if (hadolint.length === 0) console.log("\nleft out: hadolint (not installed)");
  return contest(
    "audit one Dockerfile",
    [{ name: "tguard audit", command: [tguard, "audit", one] }, ...hadolint],
    [0, 1],
  );
}

function auditTree(): object[] {
  const tree = values.corpus ?? join(root, "fixtures");
  const { stdout } = spawnSync(tguard, ["audit", "--format", "json", tree], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const { sources } = JSON.parse(stdout) as { sources: unknown[] };
  const [row] = contest(
    `audit ${sources.length} files`,
    [{ name: "tguard audit", command: [tguard, "audit", tree] }],
    [0, 1, 2],
  );
  const { wallMs } = row as { wallMs: number };
  console.log(`  ${Math.round((sources.length / wallMs) * 1000)} files a second`);
  return [{ ...row, files: sources.length }];
}

/** Memory while a container sleeps, in KiB. */
function memory(): object {
  writeConfig(["/bin/sleep", "60"]);
  const state = join(base, "state");
  const child = spawn(tguard, ["--root", state, "run", "--bundle", bundle, "bench"], {
    stdio: "ignore",
  });
  const children = (pid: number): string =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  const rss = (pid: number): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN);
  const pid = child.pid ?? 0;
  try {
    while (
      !spawnSync(tguard, ["--root", state, "state", "bench"], { encoding: "utf8" }).stdout.includes(
        "running",
      )
    );
    const init = Number(children(pid).split(" ")[0]);
    const sizes = {
      initKib: rss(init),
      supervisorKib: rss(pid),
      initOnDisk: statSync(join(root, "dist/tguard-init")).size,
    };
    console.log(
      `\nwhile a container sleeps: init ${sizes.initKib} KiB resident (${sizes.initOnDisk} bytes on disk), foreground supervisor ${sizes.supervisorKib} KiB`,
    );
    return sizes;
  } finally {
    spawnSync(tguard, ["--root", state, "kill", "bench", "KILL"]);
  }
}

function inARow(): object {
  writeConfig(["/bin/true"]);
  const start = performance.now();
  for (let i = 0; i < 100; i++)
    spawnSync(tguard, ["--root", join(base, "state"), "run", "--bundle", bundle, "bench"], {
      stdio: "ignore",
    });
  const ms = performance.now() - start;
  console.log(`\n100 starts in a row: ${(ms / 1000).toFixed(2)} s`);
  return { hundredInARowMs: ms };
}

try {
  execFileSync("cc", ["-O2", "-o", measure, join(import.meta.dirname, "measure.c")]);
  makeBundle();
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  console.log(`load ${load}: above 0.5 the figures say little`);
  const results = {
    load,
    rows: [...runContest(), ...auditContest(), ...auditTree()],
    ...memory(),
    ...inARow(),
  };
  writeFileSync(join(root, "dist/bench.json"), `${JSON.stringify(results, null, 1)}\n`);
} finally {
  rmSync(base, { recursive: true, force: true });
}
