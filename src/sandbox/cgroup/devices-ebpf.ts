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
  JEQ_IMM: 0x15,
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

/** An instruction whose jump goes to a label still to be placed. */
interface Line {
  readonly label?: string;
  readonly code: number;
  readonly dst: number;
  readonly src?: number;
  readonly offset?: number;
  readonly immediate?: number;
  readonly to?: string;
}

/**
 * The program's instructions: rules are tried from last to first, so the first one that matches decides its access bits.
 * A chain of one test a rule comes first, what follows a match stands behind it: the verifier takes the fall-through first, sees
 * the whole chain with nothing known about the device, and cuts off every later path as a special case of that.
 * (With matches in line it visits each pair of rules: 4096 rules are E2BIG, over a million steps, on Linux 6.1.)
 */
export function compileDevices(policy: DevicePolicy): readonly BpfInstruction[] {
  const rules = policy.rules.toReversed();
  const chain: Line[] = [];
  const bodies: Line[] = [];
  for (const [index, rule] of rules.entries()) {
    const label = `rule ${index}`;
    const next = `rule ${index + 1}`;
    const [first, ...rest] = conditionsOf(rule);
    if (first === undefined) {
      chain.push(...labelled(label, decide(rule)));
      continue;
    }
    const body = `body ${index}`;
    chain.push({ label, code: BPF.JEQ_IMM, dst: first[0], immediate: first[1], to: body });
    bodies.push(
      ...labelled(body, [
        ...rest.map(([dst, immediate]): Line => ({ code: BPF.JNE_IMM, dst, immediate, to: next })),
        ...decide(rule),
        { code: BPF.JA, dst: 0, to: next },
      ]),
    );
  }
  const used = new Set([...chain, ...bodies].map(({ to }) => to));
  return assemble([
    { code: BPF.LDX_MEM_W, dst: TYPE, src: CONTEXT, offset: 0 },
    { code: BPF.MOV64_REG, dst: PENDING, src: TYPE },
    { code: BPF.RSH64_IMM, dst: PENDING, immediate: 16 },
    { code: BPF.AND64_IMM, dst: TYPE, immediate: 0xffff },
    { code: BPF.LDX_MEM_W, dst: MAJOR, src: CONTEXT, offset: 4 },
    { code: BPF.LDX_MEM_W, dst: MINOR, src: CONTEXT, offset: 8 },
    ...chain,
    ...answer(`rule ${rules.length}`, policy.defaultAllow),
    // The verifier refuses instructions that nothing leads to.
    ...(used.has(ALLOW) ? answer(ALLOW, true) : []),
    ...(used.has(DENY) ? answer(DENY, false) : []),
    ...bodies,
  ]);
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

const ALLOW = "allow";
const DENY = "deny";

/** What a rule says once its device matches: it decides its own bits; the answer is known when one is denied or all are allowed. */
function decide(rule: CheckedRule): readonly Line[] {
  return rule.allow
    ? [
        { code: BPF.AND64_IMM, dst: PENDING, immediate: ~rule.access },
        { code: BPF.JEQ_IMM, dst: PENDING, immediate: 0, to: ALLOW },
      ]
    : [{ code: BPF.JSET_IMM, dst: PENDING, immediate: rule.access, to: DENY }];
}

/** Most telling first. */
function conditionsOf(rule: CheckedRule): readonly (readonly [register: number, value: number])[] {
  const conditions: (readonly [register: number, value: number])[] = [];
  if (rule.minor !== undefined) conditions.push([MINOR, rule.minor]);
  if (rule.major !== undefined) conditions.push([MAJOR, rule.major]);
  if (rule.type !== undefined) conditions.push([TYPE, DEVICE_TYPE[rule.type]]);
  return conditions;
}

const answer = (label: string, allow: boolean): readonly Line[] => [
  { label, code: BPF.MOV64_IMM, dst: RESULT, immediate: allow ? 1 : 0 },
  { code: BPF.EXIT, dst: 0 },
];

function labelled(label: string, lines: readonly Line[]): readonly Line[] {
  return lines.map((line, index) => (index === 0 ? { ...line, label } : line));
}

function assemble(lines: readonly Line[]): readonly BpfInstruction[] {
  const places = new Map(
    lines.flatMap(({ label }, index) => (label === undefined ? [] : [[label, index] as const])),
  );
  return lines.map(({ code, dst, src = 0, offset = 0, immediate = 0, to }, index) => {
    const place = to === undefined ? undefined : places.get(to);
    if (to !== undefined && place === undefined) throw new Error(`no label "${to}"`);
    return { code, dst, src, offset: place === undefined ? offset : place - index - 1, immediate };
  });
}
