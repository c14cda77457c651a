/**
 * The smallest memory limit and pids limit with which a container running /bin/true still starts, found by halving, for
 * tguard and the peers that are installed: `bun bench/smallest-limits.ts [RUNS]`. Root; cgroup v1 or v2, whichever is there.
 * A limit counts when RUNS starts in a row succeed (3 unless told otherwise).
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defaultSpec } from "../src/oci/spec.ts";

const KIB = 1024;
const PAGE = 4 * KIB;
const MOST_BYTES = 64 << 20;
const runs = Number(process.argv[2] ?? "3");

const base = mkdtempSync(join(tmpdir(), "tguard-smallest-"));
const bundle = join(base, "bundle");
for (const dir of ["bin", "proc", "sys", "dev", "tmp"])
  mkdirSync(join(bundle, "rootfs", dir), { recursive: true });
const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
if (busybox === undefined) throw new Error("no busybox: apt-get install busybox-static");
copyFileSync(busybox, join(bundle, "rootfs/bin/busybox"));
symlinkSync("busybox", join(bundle, "rootfs/bin/true"));

interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}
const tguard = resolve(import.meta.dirname, "../dist/tguard");
const runtimes: readonly Runtime[] = [
  { name: "tguard", command: tguard, args: ["run", "--no-harden"] },
  { name: "runc", command: "runc", args: ["run"] },
  { name: "crun", command: "crun", args: ["run"] },
];

let count = 0;
function starts({ name, command, args }: Runtime, resources: object): boolean {
  const spec = defaultSpec({});
  writeFileSync(
    join(bundle, "config.json"),
    JSON.stringify({
      ...spec,
      ociVersion: "1.0.2", // for older peers
      process: { ...spec.process, terminal: false, args: ["/bin/true"] },
      linux: { ...spec.linux, resources },
    }),
  );
  for (let i = 0; i < runs; i++) {
    const id = `smallest-${process.pid}-${count++}`;
    const root = ["--root", join(base, `state-${name}`)];
    const options = { stdio: "ignore", timeout: 60_000 } as const;
    const { status } = spawnSync(command, [...root, ...args, "--bundle", bundle, id], options);
    if (status !== 0) {
      spawnSync(command, [...root, "delete", "--force", id], options);
      return false;
    }
  }
  return true;
}

/** The smallest number of steps that works, between `low` (does not) and `high` (does). */
function smallest(works: (steps: number) => boolean, high: number): number | undefined {
  if (!works(high)) return undefined;
  let low = 0;
  let top = high;
  while (top - low > 1) {
    const middle = (low + top) >> 1;
    if (works(middle)) top = middle;
    else low = middle;
  }
  return top;
}

try {
  console.log("smallest limits with which /bin/true starts");
  for (const runtime of runtimes) {
    if (spawnSync(runtime.command, ["--version"]).status !== 0) {
      console.log(`${runtime.name.padEnd(8)} not installed`);
      continue;
    }
    const pages = smallest(
      (steps) => starts(runtime, { memory: { limit: steps * PAGE } }),
      MOST_BYTES / PAGE,
    );
    // -1 and 0 mean something else to some peers: from 1 on.
    const pids = smallest((limit) => starts(runtime, { pids: { limit } }), 64);
    const memory = pages === undefined ? "none" : `${(pages * PAGE) / KIB} KiB`;
    console.log(`${runtime.name.padEnd(8)} memory ${memory.padEnd(10)} pids ${pids ?? "none"}`);
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
