import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const isRoot = process.geteuid?.() === 0;

// One boot for everything: cgroup-v2.ts runs inside, prints a line a check and closes with "N passed, N failed".
test.skipIf(!isRoot)(
  "a kernel with cgroup v2 alone: limits, devices, delegation (skipped for ordinary users: the guest shows files with their owners)",
  () => {
    const { status, stdout, stderr } = spawnSync("sh", ["test/vm/run.sh"], {
      encoding: "utf8",
      timeout: 900_000,
      maxBuffer: 64 << 20,
    });
    const closing = /^(\d+) passed, (\d+) failed$/m.exec(stdout);
    expect(closing?.[0], stdout + stderr).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(status, stderr).toBe(0);
  },
  900_000,
);
