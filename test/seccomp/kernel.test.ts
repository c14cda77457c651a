import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Seccomp } from "../../src/oci/runtime-config.ts";
import { loadBuiltinProfile } from "../../src/seccomp/builtin.ts";
import { compileSeccomp } from "../../src/seccomp/compile.ts";
import { newSimulator } from "../../src/seccomp/interpret.ts";
import { loadLibseccomp } from "../../src/sys/libseccomp.ts";

const host = {
  arch: process.arch === "arm64" ? "arm64" : "x64",
  kernelRelease: release(),
} as const;
const nativeArch = host.arch === "arm64" ? 0xc00000b7 : 0xc000003e;
const SIGSYS = "signal 31";

const directory = mkdtempSync(join(tmpdir(), "tguard-seccomp-"));
const helper = join(directory, "install-filter");
beforeAll(() => {
  execFileSync("cc", ["-O1", "-o", helper, "fixtures/seccomp/install-filter.c"]);
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

interface Call {
  readonly nr: number;
  readonly args: readonly bigint[];
}

function writeFilter(bpf: Uint8Array): string {
  const path = join(directory, "filter");
  writeFileSync(path, bpf);
  return path;
}

/** What the kernel makes of each call: "result errno" or "signal N". */
function callUnder(bpf: Uint8Array, calls: readonly (Call | string)[]): string[] {
  const texts = calls.map((call) =>
    typeof call === "string" ? call : [call.nr, ...call.args].join(":"),
  );
  const { stdout, stderr, status } = spawnSync(helper, [writeFilter(bpf), "calls", ...texts], {
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.trimEnd().split("\n");
}

function outcomeOf(action: number, unfiltered: string): string {
  const data = action & 0xffff;
  switch ((action & 0xffff0000) >>> 0) {
    case 0x7fff0000: // ALLOW
    case 0x7ffc0000: // LOG
      return unfiltered;
    case 0x00050000: // ERRNO; with 0 the call seems to succeed
      return data === 0 ? "0 0" : `-1 ${data}`;
    case 0x7ff00000: // TRACE, without a tracer
      return "-1 38";
    default: // KILL_THREAD, KILL_PROCESS, TRAP
      return SIGSYS;
  }
}

describe("in the kernel", () => {
  it("filters do what the interpreter says", async () => {
    const library = await loadLibseccomp();
    // Calls whose result depends on their arguments alone, and that do no harm with any of them.
    const names = ["umask", "getpriority", "personality", "epoll_create1", "dup", "timerfd_create"];
    const number = (name: string) => library.resolveSyscallOn(nativeArch, name) ?? -1;
    const value = fc.constantFrom(0, 1, 2, 8, 0xffffffff, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1);
    const arg = fc.record({
      index: fc.nat({ max: 2 }),
      value,
      valueTwo: value,
      op: fc
        .constantFrom("NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ")
        .map((o) => `SCMP_CMP_${o}`),
    });
    const action = fc.oneof(
      fc
        .constantFrom("KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "ALLOW", "LOG")
        .map((name) => ({ action: `SCMP_ACT_${name}` })),
      fc.record({
        action: fc.constantFrom("SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"),
        errnoRet: fc.constantFrom(0, 1, 13, 38, 4094),
      }),
    );
    const rule = fc
      .tuple(fc.subarray(names, { minLength: 1 }), action, fc.array(arg, { maxLength: 2 }))
      .map(([found, does, args]) => ({ names: found, ...does, args }));
    const argument = fc.oneof(value, fc.nat({ max: 9 })).map(BigInt);
    const call = fc.record({
      nr: fc.oneof(fc.constantFrom(...names.map(number)), fc.constantFrom(499, 1000, 0x40000027)),
      args: fc.array(argument, { minLength: 3, maxLength: 3 }),
    });
    const everything = await compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW" }, host);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_ALLOW"),
        fc.array(rule, { minLength: 1, maxLength: 6 }),
        fc.array(call, { minLength: 12, maxLength: 12 }),
        async (defaultAction, syscalls, calls) => {
          const { bpf } = await compileSeccomp({ defaultAction, syscalls }, host);
          const simulate = newSimulator(bpf);
          const unfiltered = callUnder(everything.bpf, calls);
          const expected = calls.map(({ nr, args }, i) =>
            outcomeOf(simulate({ arch: nativeArch, nr, args }), unfiltered[i] ?? ""),
          );
          expect(callUnder(bpf, calls)).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it("kills at once on 32-bit entry and x32 numbers", async () => {
    if (host.arch !== "x64") return;
    const { bpf } = await compileSeccomp(await loadBuiltinProfile("default"), host);
    const [x32, i386] = callUnder(bpf, [{ nr: 0x40000027, args: [] }, "i386:20"]);
    expect(x32).toBe(SIGSYS);
    // A kernel without 32-bit programs answers `int 0x80` with SIGSEGV.
    expect([SIGSYS, "signal 11"]).toContain(i386);
  });

  it("takes SCMP_ACT_NOTIFY, which fails with ENOSYS while nobody listens", async () => {
    const seccomp: Seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["umask"], action: "SCMP_ACT_NOTIFY" }],
    };
    const { bpf } = await compileSeccomp(seccomp, host);
    const nr = (await loadLibseccomp()).resolveSyscallOn(nativeArch, "umask") ?? -1;
    expect(callUnder(bpf, [{ nr, args: [0n] }])).toEqual(["-1 38"]);
  });

  const programs: [string, string[]][] = [
    ["bash", ["-c", "echo a | cat >/dev/null; (sleep 0) & wait; test -r /"]],
    ["busybox", ["sh", "-c", "id | cat >/dev/null && ls / >/dev/null"]],
    ["apt-get", ["--version"]],
    ["git", ["--version"]],
    ["tar", ["-cf", "/dev/null", "/etc/hostname"]],
    [
      "python3",
      [
        "-c",
        "import subprocess, threading; subprocess.run(['true'], check=True); t = threading.Thread(target=id, args=(0,)); t.start(); t.join()",
      ],
    ],
    [
      "node",
      [
        "-e",
        "new (require('node:worker_threads').Worker)('0', { eval: true }); require('node:child_process').execFileSync('true')",
      ],
    ],
    ["nginx", ["-v"]],
  ];
  const isInstalled = (name: string) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;

  it.each(["default", "compat", "strict"] as const)(
    "programs run under %s",
    async (profile) => {
      const { bpf } = await compileSeccomp(await loadBuiltinProfile(profile), host);
      const filter = writeFilter(bpf);
      const found = programs.filter(([name]) => isInstalled(name));
      expect(found.length).toBeGreaterThan(1);
      for (const [name, args] of found) {
        const { status, signal, stderr } = spawnSync(helper, [filter, "exec", name, ...args], {
          encoding: "utf8",
        });
        expect([name, status, signal, status === 0 ? "" : stderr]).toEqual([name, 0, null, ""]);
      }
    },
    60_000,
  );

  it("default gives a network program what it needs, and nothing to a prober", async () => {
    const { bpf } = await compileSeccomp(await loadBuiltinProfile("default"), host);
    const script = [
      "const net = require('node:net');",
      "const server = net.createServer((c) => c.end('x')).listen(0, '127.0.0.1', () => {",
      "  net.connect(server.address().port, '127.0.0.1').on('data', () => server.close());",
      "});",
      "require('node:os').networkInterfaces();",
    ].join("\n");
    const run = spawnSync(helper, [writeFilter(bpf), "exec", process.execPath, "-e", script]);
    expect(run.status).toBe(0);
    const library = await loadLibseccomp();
    const nr = (name: string) => library.resolveSyscallOn(nativeArch, name) ?? -1;
    const probes: [string, bigint[], string][] = [
      ["socket", [17n, 3n, 0n], "-1 97"], // AF_PACKET
      ["socket", [38n, 5n, 0n], "-1 97"], // AF_ALG
      ["socket", [40n, 1n, 0n], "-1 97"], // AF_VSOCK
      ["socket", [16n, 3n, 9n], "-1 97"], // NETLINK_AUDIT
      ["unshare", [0x10000000n], "-1 1"],
      ["clone", [0x10000011n], "-1 1"],
      ["clone3", [], "-1 38"],
      ["bpf", [], "-1 1"],
      ["io_uring_setup", [], "-1 1"],
      ["keyctl", [], "-1 1"],
    ];
    const outcomes = callUnder(
      bpf,
      probes.map(([name, args]) => ({ nr: nr(name), args })),
    );
    expect(outcomes).toEqual(probes.map(([, , expected]) => expected));
  });
});
