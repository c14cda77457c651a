/**
 * `npm run bench [-- --runs N --corpus DIR]`: whole processes against the peers that are installed, in turn (A B C A B C …),
 * so that the ratios hold while the machine's speed drifts. Medians; tables, and dist/bench.json. It judges nothing.
 *
 * As root all of it runs in a mount namespace of its own: kept plans and filters go to an empty cache there, so that no
 * container of this machine starts slower afterwards, and a hybrid cgroup tree is shown as v1 alone, because crun
 * refuses it otherwise. All contestants see the same. Other users get the auditor's part.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeBundle } from "./bundle.ts";

const root = resolve(import.meta.dirname, "..");
const tguard = join(root, "dist/tguard");
const cache = "/var/cache/tguard";
const { values } = parseArgs({
  options: { runs: { type: "string", default: "20" }, corpus: { type: "string" } },
});
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) throw new Error("--runs is a number of runs");
const isRoot = process.geteuid?.() === 0;

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssKib: number;
}
interface Contestant {
  readonly name: string;
  /** Its command line; `run` is another number each time. */
  readonly command: (run: number) => readonly string[];
  /** Undone before each run: what would make it a later start. */
  readonly before?: () => void;
}
interface Row {
  readonly title: string;
  readonly name: string;
  readonly wallMs: number;
  readonly minMs: number;
  readonly cpuMs: number;
  /** Of the largest process that took part. */
  readonly rssMib: number;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const loadAverage = (): string => readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? "";

let runCount = 0;

function once(measure: string, c: Contestant, expected: readonly number[]): Sample {
  c.before?.();
  const command = c.command(++runCount);
  const [wall = 0, cpu = 0, rss = 0, status = -1] = execFileSync(measure, command, {
    encoding: "utf8",
  })
    .trim()
    .split(" ")
    .map(Number);
  if (!expected.includes(status))
    throw new Error(`${c.name} ended with status ${status}: ${command.join(" ")}`);
  return { wallMs: wall / 1000, cpuMs: cpu / 1000, rssKib: rss };
}

/** Runs all in turn, after one run of each that does not count. */
function contest(
  measure: string,
  title: string,
  contestants: readonly Contestant[],
  expected: readonly number[] = [0],
): readonly Row[] {
  const all = contestants.map((c) => ({ c, samples: [] as Sample[] }));
  for (const c of contestants) once(measure, c, expected);
  for (let i = 0; i < runs; i++)
    for (const { c, samples } of all) samples.push(once(measure, c, expected));
  const rows = all.map(({ c, samples }) => ({
    title,
    name: c.name,
    wallMs: median(samples.map((s) => s.wallMs)),
    minMs: Math.min(...samples.map((s) => s.wallMs)),
    cpuMs: median(samples.map((s) => s.cpuMs)),
    rssMib: median(samples.map((s) => s.rssKib)) / 1024,
  }));
  console.log(`\n${title}, medians of ${runs}`);
  table(
    ["", "wall ms", "min", "cpu ms", "MiB", "wall: first / this", "cpu: first / this"],
    rows.map((row) => [
      row.name,
      row.wallMs.toFixed(1),
      row.minMs.toFixed(1),
      row.cpuMs.toFixed(1),
      row.rssMib.toFixed(1),
      ((rows[0]?.wallMs ?? 0) / row.wallMs).toFixed(2),
      ((rows[0]?.cpuMs ?? 0) / row.cpuMs).toFixed(2),
    ]),
  );
  return rows;
}

/** Prints columns: the first to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    console.log(`  ${cells.join("  ")}`);
  }
}

/** Whether a program is there; says which Debian package has it when not. */
function isInstalled(program: string, origin: string): boolean {
  if (spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined) return true;
  console.log(`left out: ${program}, not installed (${origin})`);
  return false;
}

/** The ways to run /bin/true in a bundle; those that do not work here are named and left out. */
function starters(base: string, bundle: string): readonly Contestant[] {
  const oci = (program: string, name: string, ...flags: string[]): Contestant => ({
    name,
    command: (run) => [
      program,
      ...flags,
      "--root",
      join(base, program),
      "run",
      "--bundle",
      bundle,
      `tguard-bench-${run}`,
    ],
  });
  const sandbox =
    "--proc /proc --dev /dev --tmpfs /tmp --unshare-all --die-with-parent --cap-drop ALL";
  const peers: readonly (Contestant & { readonly origin: string })[] = [
    { ...oci("runc", "runc, not hardened"), origin: "Debian package runc" },
    { ...oci("crun", "crun, not hardened"), origin: "Debian package crun" },
    {
      ...oci("runsc", "runsc (gVisor)", "--ignore-cgroups", "--network=none"),
      origin: "Debian package runsc",
    },
    {
      name: "bwrap, no config.json, no cgroups",
      command: () => [
        "bwrap",
        "--ro-bind",
        join(bundle, "rootfs"),
        "/",
        ...sandbox.split(" "),
        "/bin/true",
      ],
      origin: "Debian package bubblewrap",
    },
  ];
  const usable = peers.filter(({ name, command, origin }) => {
    const [program = "", ...args] = command(0);
    if (!isInstalled(program, origin)) return false;
    const { status, stderr } = spawnSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 20_000,
    });
    if (status !== 0)
      console.log(`left out: ${name}, does not run here: ${stderr.trim().split("\n").at(-1)}`);
    return status === 0;
  });
  return [
    { name: "tguard, default profile", command: () => start(base, bundle) },
    { name: "tguard --no-harden", command: () => start(base, bundle, ["--no-harden"]) },
    ...usable,
  ];
}

/** Words that start a bundle with tguard; an id of its own has no kept plan. */
function start(
  base: string,
  bundle: string,
  flags: readonly string[] = [],
  id = "tguard-bench",
): readonly string[] {
  return [tguard, "--root", join(base, "state"), "run", ...flags, "--bundle", bundle, id];
}

function forgetAll(): void {
  for (const name of readdirSync(cache)) rmSync(join(cache, name), { recursive: true });
}

function firstStarts(base: string, bundle: string): readonly Contestant[] {
  return [
    {
      name: "tguard, default profile, empty cache",
      command: () => start(base, bundle),
      before: forgetAll,
    },
    {
      name: "tguard --no-harden, empty cache",
      command: () => start(base, bundle, ["--no-harden"]),
      before: forgetAll,
    },
  ];
}

/** A container's whole life as an engine leads it; `delete` again until the kernel has let go of the process. */
const LIFE = `bundle=$1 id=$2; shift 2
"$@" create --bundle "$bundle" "$id" </dev/null >/dev/null 2>&1 || exit 1
"$@" start "$id" && "$@" state "$id" >/dev/null && "$@" kill "$id" KILL || exit 1
until "$@" delete "$id" 2>/dev/null; do :; done`;

/** The runtimes that keep a container between commands, with the directory of their states. */
function runtimes(base: string): readonly (readonly [name: string, words: readonly string[]])[] {
  const all = [
    ["tguard", [tguard, "--root", join(base, "state")]],
    ["runc", ["runc", "--root", join(base, "runc")]],
    ["crun", ["crun", "--root", join(base, "crun")]],
  ] as const;
  return all.filter(
    ([, [program = ""]]) => program === tguard || isInstalled(program, "a package"),
  );
}

/** Commands on containers that are there, and a whole life; tguard's from kept plans. */
function lifecycle(measure: string, base: string): Record<string, readonly Row[]> {
  const bundle = makeBundle(join(base, "living"), ["sleep", "600"]);
  const usable = runtimes(base);
  const id = "tguard-bench-living";
  const each = (...words: readonly string[]): readonly Contestant[] =>
    usable.map(([name, runtime]) => ({ name, command: () => [...runtime, ...words] }));
  const life = usable.map(([name, runtime]) => ({
    name,
    command: (run: number) => ["sh", "-c", LIFE, "life", bundle, `tguard-bench-${run}`, ...runtime],
  }));
  // An engine's bundle is kept when it comes again, and so is a process.
  for (const { command } of life)
    for (let i = 0; i < 2; i++)
      once(measure, { name: "", command: () => command(++runCount) }, [0]);
  for (const [, [program = "", ...words]] of usable)
    spawnSync(program, [...words, "run", "--detach", "--bundle", bundle, id], { stdio: "ignore" });
  try {
    for (const { command } of each("exec", id, "/bin/true")) {
      const [program = "", ...words] = command(0);
      for (let i = 0; i < 2; i++) spawnSync(program, words, { stdio: "ignore" });
    }
    return {
      life: contest(measure, "create, start, state, kill, delete", life),
      state: contest(measure, "state", each("state", id)),
      kill: contest(measure, "kill with signal 0", each("kill", id, "0")),
      exec: contest(measure, "exec of /bin/true", each("exec", id, "/bin/true")),
    };
  } finally {
    for (const [, [program = "", ...words]] of usable)
      spawnSync(program, [...words, "delete", "--force", id], { stdio: "ignore" });
  }
}

interface Throughput {
  readonly name: string;
  readonly hundredInARowMs: number;
  readonly fiftyAtOnceMs: number;
  readonly failed: number;
}

/** 100 starts one after the other, and 50 at once, of each contestant. */
async function throughput(contestants: readonly Contestant[]): Promise<readonly Throughput[]> {
  const rows: Throughput[] = [];
  for (const { name, command } of contestants) {
    let failed = 0;
    const rowStart = performance.now();
    for (let i = 0; i < 100; i++) {
      const [program = "", ...args] = command(++runCount);
      if (spawnSync(program, args, { stdio: "ignore" }).status !== 0) failed++;
    }
    const hundredInARowMs = performance.now() - rowStart;
    const crowdStart = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: 50 }, () => {
        // Ids of their own: two containers cannot have one name.
        const words = command(++runCount).map((w) =>
          w === "tguard-bench" ? `${w}-${runCount}` : w,
        );
        const child = spawn(words[0] ?? "", words.slice(1), { stdio: "ignore" });
        return new Promise<number | null>((done) => child.once("exit", done));
      }),
    );
    const fiftyAtOnceMs = performance.now() - crowdStart;
    failed += statuses.filter((status) => status !== 0).length;
    rows.push({ name, hundredInARowMs, fiftyAtOnceMs, failed });
  }
  console.log("\nmany starts of /bin/true");
  table(
    ["", "100 in a row, ms", "50 at once, ms", "failed"],
    rows.map((r) => [
      r.name,
      r.hundredInARowMs.toFixed(0),
      r.fiftyAtOnceMs.toFixed(0),
      `${r.failed}`,
    ]),
  );
  return rows;
}

/** Resident and proportional size in KiB (proc_pid_smaps(5)). */
function sizeOf(pid: number): { readonly rssKib: number; readonly pssKib: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
  return { rssKib: field("Rss"), pssKib: field("Pss") };
}

/** Memory of tguard's own processes while a container sleeps. */
async function memory(base: string): Promise<object> {
  const [program = "", ...args] = start(base, makeBundle(join(base, "sleeping"), ["sleep", "60"]));
  const child = spawn(program, args, { stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", done));
  const manage = (...words: string[]): string =>
    spawnSync(tguard, ["--root", join(base, "state"), ...words], { encoding: "utf8" }).stdout;
  try {
    for (let tries = 0; !manage("state", "tguard-bench").includes('"running"'); tries++)
      if (tries > 500 || child.exitCode !== null) throw new Error("the container does not run");
    const supervisor = child.pid ?? 0;
    const init = Number(
      readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8").split(" ")[0],
    );
    const sizes = {
      init: sizeOf(init),
      supervisor: sizeOf(supervisor),
      initOnDisk: statSync(join(root, "dist/tguard-init")).size,
      tguardOnDisk: statSync(tguard).size,
    };
    console.log("\nwhile a container sleeps");
    table(
      ["", "RSS KiB", "PSS KiB", "on disk, KiB"],
      [
        ["init", sizes.init, sizes.initOnDisk] as const,
        ["foreground supervisor", sizes.supervisor, sizes.tguardOnDisk] as const,
      ].map(([name, { rssKib, pssKib }, disk]) => [
        name,
        `${rssKib}`,
        `${pssKib}`,
        `${Math.ceil(disk / 1024)}`,
      ]),
    );
    return sizes;
  } finally {
    manage("kill", "tguard-bench", "KILL");
    await ended;
  }
}

function auditOne(measure: string): readonly Row[] {
  const one = join(root, "examples/Dockerfile");
  const peers = isInstalled("hadolint", "not in Debian")
    ? [{ name: "hadolint", command: () => ["hadolint", one] }]
    : [];
  return contest(
    measure,
    "audit one Dockerfile (examples/Dockerfile)",
    [{ name: "tguard audit", command: () => [tguard, "audit", one] }, ...peers],
    [0, 1],
  );
}

function auditTree(measure: string): object {
  const tree = values.corpus ?? join(root, "fixtures");
  const { stdout } = spawnSync(tguard, ["audit", "--format", "json", tree], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const { sources } = JSON.parse(stdout) as { sources: unknown[] };
  const [row] = contest(
    measure,
    `audit ${sources.length} files (${values.corpus ?? "fixtures"})`,
    [{ name: "tguard audit", command: () => [tguard, "audit", tree] }],
    [0, 1, 2], // 2: some of the fixtures are broken on purpose
  );
  const filesPerSecond = Math.round((sources.length / (row?.wallMs ?? Number.NaN)) * 1000);
  console.log(`  ${filesPerSecond} files a second`);
  return { ...row, files: sources.length, filesPerSecond };
}

/** Start this program again in a mount namespace of its own; its exit status. */
function enterNamespace(): number {
  const script = `
set -e
mkdir -p ${cache}
mount -t tmpfs -o mode=700 tmpfs ${cache}
if [ -d /sys/fs/cgroup/unified ]; then
  mkdir "$TGUARD_BENCH/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$TGUARD_BENCH/cgroup"
  for dir in /sys/fs/cgroup/*/; do
    name=$(basename "$dir")
    [ "$name" != unified ] && mountpoint -q "$dir" || continue
    mkdir "$TGUARD_BENCH/cgroup/$name"
    mount --bind "$dir" "$TGUARD_BENCH/cgroup/$name"
  done
  mount --rbind "$TGUARD_BENCH/cgroup" /sys/fs/cgroup
  echo "cgroups: hybrid, shown as v1 to all"
fi
exec "$@"`;
  const base = mkdtempSync(join(tmpdir(), "tguard-bench-"));
  try {
    const flags = ["--mount", "--propagation", "private", "sh", "-c", script, "sh"];
    const self = [process.execPath, import.meta.filename, ...process.argv.slice(2)];
    return (
      spawnSync("unshare", [...flags, ...self], {
        stdio: "inherit",
        env: { ...process.env, TGUARD_BENCH: base },
      }).status ?? 1
    );
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function main(base: string): Promise<void> {
  const measure = join(base, "measure");
  const compiler = join(root, ".cache/bin/cc");
  execFileSync(existsSync(compiler) ? compiler : "cc", [
    "-O2",
    "-o",
    measure,
    join(import.meta.dirname, "measure.c"),
  ]);
  const load = loadAverage();
  console.log(`load ${load}; above 0.5 the figures say little`);
  const results: Record<string, unknown> = { load, runs };
  if (isRoot) {
    const bundle = makeBundle(join(base, "bundle"), ["/bin/true"]);
    const all = starters(base, bundle);
    results["starts"] = contest(measure, "run /bin/true, start to exit, later starts", all);
    const runc = all.filter(({ name }) => name.startsWith("runc"));
    results["firstStarts"] = contest(measure, "the same, first starts", [
      ...firstStarts(base, bundle),
      ...runc,
    ]);
    results["throughput"] = await throughput(all);
    results["lifecycle"] = lifecycle(measure, base);
    results["memory"] = await memory(base);
  } else console.log("left out: containers, which are measured as root");
  results["audit"] = auditOne(measure);
  results["tree"] = auditTree(measure);
  results["loadAfter"] = loadAverage();
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/bench.json"), `${JSON.stringify(results, null, 1)}\n`);
  console.log(`\nload ${results["loadAfter"]} at the end; written to dist/bench.json`);
}

const given = process.env["TGUARD_BENCH"];
if (isRoot && given === undefined) process.exitCode = enterNamespace();
else {
  const base = given ?? mkdtempSync(join(tmpdir(), "tguard-bench-"));
  try {
    await main(base);
  } finally {
    if (given === undefined) rmSync(base, { recursive: true, force: true });
  }
}
