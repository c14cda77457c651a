import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

/** C programs of fixtures/e2e. */
export type Helper = "agent" | "calls" | "notify" | "pty" | "recvfd" | "sched";

/** A helper's static executable, compiled when its source is new; test files run at the same time share it. */
export function helperPath(name: Helper): string {
  const source = resolve(import.meta.dirname, "../../fixtures/e2e", `${name}.c`);
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const dir = resolve(import.meta.dirname, "../../.cache/e2e-helpers");
  const path = join(dir, `${name}-${hash}`);
  if (existsSync(path)) return path;
  mkdirSync(dir, { recursive: true });
  const draft = `${path}.${process.pid}`;
  const args = ["-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", draft, source];
  const compiled = spawnSync(compiler(), args, { encoding: "utf8", timeout: 50_000 });
  if (compiled.status !== 0) throw new Error(`cannot compile ${name}.c: ${compiled.stderr}`);
  renameSync(draft, path);
  return path;
}

/** The compiler that builds init: the one that the set-up unpacked, or the system's. */
function compiler(): string {
  const own = resolve(import.meta.dirname, "../../.cache/bin/cc");
  return process.env["CC"] ?? (existsSync(own) ? own : "cc");
}
