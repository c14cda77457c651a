/**
 * Device policy → eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE (cgroup-v2.rst, "Device controller"; bpf(2); linux/bpf.h).
 * The kernel calls it with struct bpf_cgroup_dev_ctx { u32 access_type (access << 16 | type); u32 major; u32 minor; }; it returns 1 to allow.
 */
import type { CheckedRule, DevicePolicy } from "./devices.ts";

/** struct bpf_insn before packing; `offset` counts instructions from the next one. */
export interface BpfInstruction {
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  readonly offset: number;
  readonly immediate: number;
}

/** Opcodes used here (linux/bpf.h, bpf_common.h). */
export const BPF = {
  LDX_MEM_W: 0x61,
  MOV64_REG: 0xbf,
  MOV64_IMM: 0xb7,
  RSH64_IMM: 0x77,
  AND64_IMM: 0x57,
  JNE_IMM: 0x55,
  JSET_IMM: 0x45,
  JA: 0x05,
  EXIT: 0x95,
} as const;

const DEVICE_TYPE = { b: 1, c: 2 } as const; // BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR

const RESULT = 0;
const CONTEXT = 1;
const TYPE = 2;
/** The access bits that no rule has decided yet. */
const PENDING = 3;
const MAJOR = 4;
const MINOR = 5;

/** The program's instructions: rules are tried from last to first, so the first one that matches decides its access bits. */
export function compileDevices(policy: DevicePolicy): readonly BpfInstruction[] {
  return [
    insn(BPF.LDX_MEM_W, TYPE, CONTEXT, 0),
    insn(BPF.MOV64_REG, PENDING, TYPE),
    insn(BPF.RSH64_IMM, PENDING, 0, 0, 16),
    insn(BPF.AND64_IMM, TYPE, 0, 0, 0xffff),
    insn(BPF.LDX_MEM_W, MAJOR, CONTEXT, 4),
    insn(BPF.LDX_MEM_W, MINOR, CONTEXT, 8),
    ...policy.rules.toReversed().flatMap(compileRule),
    ...answer(policy.defaultAllow),
  ];
}

/** `struct bpf_insn` bytes: u8 code, u4 dst, u4 src, s16 offset, s32 immediate, little-endian as on every machine that tguard builds for. */
export function encodeInstructions(program: readonly BpfInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, dst, src, offset, immediate }] of program.entries()) {
    view.setUint8(index * 8, code);
    view.setUint8(index * 8 + 1, (src << 4) | dst);
    view.setInt16(index * 8 + 2, offset, true);
    view.setInt32(index * 8 + 4, immediate, true);
  }
  return bytes;
}

function compileRule(rule: CheckedRule): readonly BpfInstruction[] {
  const decision = rule.allow
    ? [insn(BPF.AND64_IMM, PENDING, 0, 0, ~rule.access), skipUnless(PENDING, 0, 2), ...answer(true)]
    : [insn(BPF.JSET_IMM, PENDING, 0, 1, rule.access), insn(BPF.JA, 0, 0, 2), ...answer(false)];
  const conditions: (readonly [register: number, value: number])[] = [];
  if (rule.type !== undefined) conditions.push([TYPE, DEVICE_TYPE[rule.type]]);
  if (rule.major !== undefined) conditions.push([MAJOR, rule.major]);
  if (rule.minor !== undefined) conditions.push([MINOR, rule.minor]);
  return [
    ...conditions.map(([register, value], index) =>
      skipUnless(register, value, conditions.length - index - 1 + decision.length),
    ),
    ...decision,
  ];
}

const answer = (allow: boolean): readonly BpfInstruction[] => [
  insn(BPF.MOV64_IMM, RESULT, 0, 0, allow ? 1 : 0),
  insn(BPF.EXIT, 0, 0),
];

const skipUnless = (register: number, value: number, count: number): BpfInstruction =>
  insn(BPF.JNE_IMM, register, 0, count, value);

function insn(code: number, dst: number, src: number, offset = 0, immediate = 0): BpfInstruction {
  return { code, dst, src, offset, immediate };
}
