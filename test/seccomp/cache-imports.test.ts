import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";

const cache = mkdtempSync(join(tmpdir(), "tguard-cache-"));
afterEach(() => rmSync(cache, { recursive: true }));

const bun = join(
  dirname(createRequire(import.meta.url).resolve("bun/package.json")),
  "bin/bun.exe",
);
// What a process has loaded stands in its memory map.
const script = `
  import { readFileSync } from "node:fs";
  import { loadOrCompile } from "${resolve("src/seccomp/cache.ts")}";
  const seccomp = { defaultAction: "SCMP_ACT_LOG" };
  const filter = await loadOrCompile(seccomp, { arch: "x64", kernelRelease: "6.1" }, process.env.CACHE);
  const maps = readFileSync("/proc/self/maps", "utf8");
  const loaded = ["koffi", "libseccomp"].filter((name) => maps.includes(name));
  console.log(JSON.stringify({ loaded, bpf: Buffer.from(filter.bpf).toString("hex") }));
`;

function start(): { loaded: string[]; bpf: string } {
  const env = { PATH: process.env["PATH"], CACHE: cache };
  return JSON.parse(execFileSync(bun, ["-e", script], { encoding: "utf8", env }));
}

it("loads koffi and libseccomp for the first start only (and works under Bun)", () => {
  const first = start();
  expect(first.loaded).toEqual(["koffi", "libseccomp"]);
  expect(start()).toEqual({ loaded: [], bpf: first.bpf });
}, 30_000);
