import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Seccomp } from "../../src/oci/runtime-config.ts";
import { type BuiltinProfile, loadBuiltinProfile } from "../../src/seccomp/builtin.ts";
import { compileSeccomp } from "../../src/seccomp/compile.ts";
import { newSimulator } from "../../src/seccomp/interpret.ts";
import { newerSyscall } from "../../src/seccomp/newer-syscalls.ts";
import { loadLibseccomp } from "../../src/sys/libseccomp.ts";

const ALLOW = 0x7fff0000;
const EPERM = 0x50001;
const ENOSYS = 0x50026;
const EAFNOSUPPORT = 0x50061;
const KILL_PROCESS = 0x80000000;

const machines = {
  x64: { arch: 0xc000003e, abi: "SCMP_ARCH_X86_64" },
  arm64: { arch: 0xc00000b7, abi: "SCMP_ARCH_AARCH64" },
} as const;
type Machine = keyof typeof machines;

async function load(profile: BuiltinProfile, machine: Machine) {
  const seccomp = await loadBuiltinProfile(profile);
  const { bpf } = await compileSeccomp(seccomp, { arch: machine, kernelRelease: "6.1" });
  const simulate = newSimulator(bpf);
  const { arch, abi } = machines[machine];
  const library = await loadLibseccomp();
  const answer = (name: string, ...args: bigint[]) => {
    const nr = library.resolveSyscallOn(arch, name) ?? newerSyscall(abi, 0, name);
    return nr === undefined ? undefined : simulate({ arch, nr, args });
  };
  return { simulate, answer, arch };
}

const each: [BuiltinProfile, Machine][] = [
  ["default", "x64"],
  ["default", "arm64"],
  ["strict", "x64"],
  ["strict", "arm64"],
];

describe("the profiles", () => {
  // All numbers with arguments of 0; a syscall that depends on them counts as allowed when one set of them passes.
  it.each<[BuiltinProfile, Machine, number]>([
    ["default", "x64", 282],
    ["default", "arm64", 245],
    ["compat", "x64", 315],
    ["compat", "arm64", 275],
    ["strict", "x64", 198],
    ["strict", "arm64", 170],
  ])("%s allows on %s at most %i syscalls", async (profile, machine, limit) => {
    const { simulate, arch } = await load(profile, machine);
    const sets = [[0n], [1n], [2n]];
    const numbers = Array.from({ length: 1024 }, (_, nr) => nr);
    const allowed = numbers.filter((nr) =>
      sets.some((args) => simulate({ arch, nr, args }) === ALLOW),
    );
    expect(allowed.length).toBeLessThanOrEqual(limit);
    expect(allowed.length).toBeGreaterThan(limit - 15);
  });

  // Escape rule list of the project's brief: each reaches a kernel part with a history of escapes.
  it.each(each)("%s denies on %s what containers escape with", async (profile, machine) => {
    const { answer } = await load(profile, machine);
    const denied = [
      ...["io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "bpf"],
      ...["keyctl", "add_key", "request_key", "ptrace", "process_vm_readv", "process_vm_writev"],
      ...["perf_event_open", "kexec_load", "kexec_file_load", "init_module", "finit_module"],
      ...["delete_module", "mount", "umount2", "pivot_root", "fsopen", "fsmount", "fsconfig"],
      ...["fspick", "open_tree", "move_mount", "mount_setattr", "open_by_handle_at", "modify_ldt"],
      ...["unshare", "setns", "pidfd_getfd", "kcmp", "process_madvise", "syslog", "reboot"],
      ...[
        "swapon",
        "swapoff",
        "settimeofday",
        "clock_settime",
        "quotactl",
        "acct",
        "fanotify_init",
      ],
    ];
    for (const name of denied) expect([name, answer(name) ?? EPERM]).toEqual([name, EPERM]);
    for (const name of ["clone3", "listmount", "statmount", "open_tree_attr", "lsm_list_modules"])
      expect([name, answer(name)]).toEqual([name, ENOSYS]);
  });

  it.each(each)(
    "%s lets %s make threads and processes, not namespaces",
    async (profile, machine) => {
      const { answer } = await load(profile, machine);
      expect(answer("clone", 0x3d0f00n)).toBe(ALLOW); // what pthread_create(3) gives
      expect(answer("clone", 17n)).toBe(ALLOW);
      for (const bit of [17n, 25n, 26n, 27n, 28n, 29n, 30n])
        expect([bit, answer("clone", 17n | (1n << bit))]).toEqual([bit, EPERM]);
    },
  );

  it("default takes the harmless personalities only", async () => {
    const { answer } = await load("default", "x64");
    for (const value of [0n, 8n, 0x20000n, 0x20008n, 0xffffffffn])
      expect([value, answer("personality", value)]).toEqual([value, ALLOW]);
    // ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO of linux/personality.h
    for (const value of [0x40000n, 0x400000n, 0x100000n, 0x1_0000_0000n])
      expect([value, answer("personality", value)]).toEqual([value, EPERM]);
  });

  it.each<[BuiltinProfile, readonly bigint[]]>([
    ["default", [1n, 2n, 10n]],
    ["strict", [1n]],
  ])("%s allows sockets of families %s only", async (profile, families) => {
    for (const machine of ["x64", "arm64"] as const) {
      const { answer } = await load(profile, machine);
      for (let family = 0n; family < 64n; family++) {
        if (family === 16n) continue;
        const expected = families.includes(family) ? ALLOW : EAFNOSUPPORT;
        expect([family, answer("socket", family, 1n, 0n)]).toEqual([family, expected]);
      }
      for (const family of [2n ** 32n + 1n, 2n ** 32n - 1n, 2n ** 63n])
        expect(answer("socket", family, 1n, 0n)).toBe(EAFNOSUPPORT);
      // AF_NETLINK: NETLINK_ROUTE is 0, NETLINK_AUDIT 9, NETLINK_NETFILTER 12
      const route = profile === "default" ? ALLOW : EAFNOSUPPORT;
      expect(answer("socket", 16n, 3n, 0n)).toBe(route);
      for (const protocol of [1n, 9n, 12n, 2n ** 32n])
        expect(answer("socket", 16n, 3n, protocol)).toBe(EAFNOSUPPORT);
      expect(answer("socketpair", 1n)).toBe(ALLOW);
      expect(answer("socketpair", 2n)).toBe(EPERM);
    }
  });

  it.each(each)("%s kills other ABIs on %s and answers unknown calls", async (profile, machine) => {
    const { simulate, arch } = await load(profile, machine);
    for (const other of [0x40000003, 0x40000028])
      for (const nr of [0, 1, 20, 400]) expect(simulate({ arch: other, nr })).toBe(KILL_PROCESS);
    if (machine === "x64") expect(simulate({ arch, nr: 0x40000000 })).toBe(KILL_PROCESS);
    for (const nr of [470, 500, 1023, -1]) expect(simulate({ arch, nr })).toBe(ENOSYS);
  });

  it.each(["default", "strict"] as const)("%s has no rules that overlap", async (profile) => {
    const { syscalls = [] } = await loadBuiltinProfile(profile);
    const plain = syscalls.filter(({ args }) => args === undefined).flatMap(({ names }) => names);
    expect(plain).toEqual([...new Set(plain)]);
    const conditional = syscalls.filter(({ args }) => args !== undefined);
    for (const name of conditional.flatMap(({ names }) => names)) expect(plain).not.toContain(name);
  });

  it("compat is Docker's profile, resolved for Docker's capabilities", async () => {
    expect(await loadBuiltinProfile("compat")).toEqual(resolveMobyProfile());
  });
});

// moby, daemon/pkg/oci/caps/defaults.go
const DOCKER_CAPABILITIES = [
  ...["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID"],
  ...["SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"],
].map((name) => `CAP_${name}`);
const ARCHES = ["amd64", "x32", "x86", "arm64", "arm"];

interface MobyCondition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
}
type MobyRule = NonNullable<Seccomp["syscalls"]>[number] & {
  readonly includes?: MobyCondition;
  readonly excludes?: MobyCondition;
  readonly comment?: string;
};

function resolveMobyProfile(): Seccomp {
  const moby: { defaultAction: string; defaultErrnoRet: number; syscalls: MobyRule[] } = JSON.parse(
    readFileSync("fixtures/seccomp/moby-default.json", "utf8"),
  );
  const has = (list: readonly string[] | undefined, known: readonly string[]) =>
    list?.some((entry) => known.includes(entry));
  const syscalls = moby.syscalls
    .filter(({ includes, excludes }) => {
      const isIncluded =
        (has(includes?.caps, DOCKER_CAPABILITIES) ?? true) &&
        (has(includes?.arches, ARCHES) ?? true);
      const isExcluded =
        (has(excludes?.caps, DOCKER_CAPABILITIES) ?? false) ||
        (has(excludes?.arches, ARCHES) ?? false);
      return isIncluded && !isExcluded;
    })
    .map(({ includes, excludes, comment, ...rule }) => rule);
  return {
    defaultAction: moby.defaultAction,
    defaultErrnoRet: moby.defaultErrnoRet,
    architectures: ["X86_64", "X86", "X32", "AARCH64", "ARM"].map((name) => `SCMP_ARCH_${name}`),
    syscalls,
  };
}
