import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const isRoot = process.geteuid?.() === 0;

// One boot each: the script runs inside, prints a line a check and closes with "N passed, N failed".
test.skipIf(!isRoot).each([
  ["cgroup-v2", "limits, devices, delegation on cgroup v2 alone"],
  ["apparmor", "AppArmor profiles, enforced"],
  ["systemd", "systemd as process 1: scopes, users, the commands on groups"],
])(
  "%s: %s (skipped for ordinary users: the guest shows files with their owners)",
  (checks) => {
    const { status, stdout, stderr } = spawnSync("sh", ["test/vm/run.sh", checks], {
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
