import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const isRoot = process.geteuid?.() === 0;

// One boot for each: the program inside prints a line a check and closes with "N passed, N failed".
test.skipIf(!isRoot).each([
  ["a kernel with cgroup v2 alone: limits, devices, delegation", []],
  ["systemd as process 1: scopes, users, the commands on groups", ["systemd"]],
])(
  "%s (skipped for ordinary users: the guest shows files with their owners)",
  (_, args) => {
    const { status, stdout, stderr } = spawnSync("sh", ["test/vm/run.sh", ...args], {
      encoding: "utf8",
      timeout: 1_500_000,
      maxBuffer: 64 << 20,
    });
    const closing = /^(\d+) passed, (\d+) failed$/m.exec(stdout);
    expect(closing?.[0], stdout + stderr).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(status, stderr).toBe(0);
  },
  1_500_000,
);
