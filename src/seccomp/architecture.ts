/** An architecture that a profile may name. */
export interface Architecture {
  /** config-linux.md#seccomp. */
  readonly name: string;
  /** Its name in libseccomp, seccomp_arch_resolve_name(3). */
  readonly libseccompName: string;
}

/** The values of `architectures`, config-linux.md#seccomp of runtime-spec 1.3, in its order. */
export const ARCHITECTURES: readonly Architecture[] = [
  "X86",
  "X86_64",
  "X32",
  "ARM",
  "AARCH64",
  "MIPS",
  "MIPS64",
  "MIPS64N32",
  "MIPSEL",
  "MIPSEL64",
  "MIPSEL64N32",
  "PPC",
  "PPC64",
  "PPC64LE",
  "S390",
  "S390X",
  "PARISC",
  "PARISC64",
  "RISCV64",
  "LOONGARCH64",
  "M68K",
  "SH",
  "SHEB",
].map((name) => ({ name: `SCMP_ARCH_${name}`, libseccompName: name.toLowerCase() }));

/** Machines that tguard builds filters for, in Node's words (`process.arch`). */
export type HostArch = "x64" | "arm64";

/** One syscall ABI a kernel offers: what the filter sees as `arch`, and which numbers belong to it. */
export interface Abi {
  /** Name in a profile. */
  readonly name: string;
  /** libseccomp's token: AUDIT_ARCH_* of linux/audit.h, but x32 has one of its own. */
  readonly token: number;
  /** AUDIT_ARCH_* that the kernel reports. */
  readonly auditArch: number;
  /** What the numbers of calls newer than 5.1, equal on all architectures, are raised by. */
  readonly base: number;
  /** Numbers from here on are outside the table (ARM's private calls), undefined when there are none. */
  readonly privateFrom?: number;
}

/** Set in the numbers of x32 calls, __X32_SYSCALL_BIT of asm/unistd.h. */
export const X32_BIT = 0x40000000;

const X86_64: Abi = {
  name: "SCMP_ARCH_X86_64",
  token: 0xc000003e,
  auditArch: 0xc000003e,
  base: 0,
};
const X86: Abi = { name: "SCMP_ARCH_X86", token: 0x40000003, auditArch: 0x40000003, base: 0 };
const X32: Abi = {
  name: "SCMP_ARCH_X32",
  token: 0x4000003e,
  auditArch: 0xc000003e,
  base: X32_BIT,
};
const AARCH64: Abi = {
  name: "SCMP_ARCH_AARCH64",
  token: 0xc00000b7,
  auditArch: 0xc00000b7,
  base: 0,
};
const ARM: Abi = {
  name: "SCMP_ARCH_ARM",
  token: 0x40000028,
  auditArch: 0x40000028,
  base: 0,
  privateFrom: 0x0f0000, // __ARM_NR_BASE of asm/unistd.h
};

/** The ABIs each machine's kernel can offer; the first is its own. */
export const HOST_ABIS: Readonly<Record<HostArch, readonly [Abi, ...Abi[]]>> = {
  x64: [X86_64, X86, X32],
  arm64: [AARCH64, ARM],
};
