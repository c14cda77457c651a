import { DATA, INSTRUCTION_SIZE, MAX_INSTRUCTIONS } from "./bpf.ts";

/** One syscall as a filter sees it, `struct seccomp_data` of linux/seccomp.h. */
export interface SyscallData {
  /** An AUDIT_ARCH_* token of linux/audit.h. */
  readonly arch: number;
  readonly nr: number;
  /** Up to six 64-bit arguments; missing ones are 0. */
  readonly args?: readonly bigint[];
  readonly instructionPointer?: bigint;
}

/**
 * What is wrong with a program, as the kernel's seccomp_check_filter and bpf_check_classic would find it
 * (net/core/filter.c, kernel/seccomp.c); undefined when it would be taken.
 */
export function verify(bpf: Uint8Array): string | undefined {
  const length = bpf.length / INSTRUCTION_SIZE;
  if (!Number.isInteger(length) || length === 0) return "not a whole number of instructions";
  if (length > MAX_INSTRUCTIONS)
    return `${length} instructions, the kernel takes ${MAX_INSTRUCTIONS}`;
  // Plain loops: this runs once, cold, on every start with a cached filter.
  const view = new DataView(bpf.buffer, bpf.byteOffset, bpf.byteLength);
  let code = 0;
  for (let at = 0; at < length; at++) {
    const offset = at * INSTRUCTION_SIZE;
    code = view.getUint16(offset, true);
    const problem = findFault(
      code,
      view.getUint8(offset + 2),
      view.getUint8(offset + 3),
      view.getUint32(offset + 4, true),
      length - 1 - at,
    );
    if (problem !== undefined) return `instruction ${at} (code 0x${code.toString(16)}): ${problem}`;
  }
  return code === 0x06 || code === 0x16 ? undefined : "does not end in a return";
}

function findFault(
  code: number,
  jt: number,
  jf: number,
  k: number,
  last: number,
): string | undefined {
  if (!KNOWN_CODES.has(code)) return "not allowed in seccomp";
  if (code === 0x20 && (k >= DATA.size || k % 4 !== 0)) return `load at offset ${k}`;
  if (code === 0x05 && k >= last) return "jump out of the program";
  if (isConditional(code) && (jt >= last || jf >= last)) return "jump out of the program";
  if (USES_SCRATCH.has(code) && k >= SCRATCH_WORDS) return "scratch memory out of range";
  if (code === 0x34 && k === 0) return "division by zero";
  if ((code === 0x64 || code === 0x74) && k >= 32) return "shift by more than 31";
  return undefined;
}

/**
 * Run a filter on one syscall as the kernel does and return its 32-bit action (RET of bpf.ts, with data).
 * @throws Error when the program is not one the kernel would take.
 */
export function simulate(bpf: Uint8Array, call: SyscallData): number {
  const problem = verify(bpf);
  if (problem !== undefined) throw new Error(`not a seccomp filter: ${problem}`);
  return run(decode(bpf), dataWords(call));
}

/** Like `simulate` for many calls: the program is checked and decoded once. */
export function newSimulator(bpf: Uint8Array): (call: SyscallData) => number {
  const problem = verify(bpf);
  if (problem !== undefined) throw new Error(`not a seccomp filter: ${problem}`);
  const program = decode(bpf);
  return (call) => run(program, dataWords(call));
}

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

// BPF_MEMWORDS of linux/filter.h.
const SCRATCH_WORDS = 16;
const USES_SCRATCH: ReadonlySet<number> = new Set([0x60, 0x61, 0x02, 0x03]);

// The list of seccomp_check_filter, kernel/seccomp.c.
const KNOWN_CODES: ReadonlySet<number> = new Set([
  0x20, // LD W ABS
  0x80, // LD W LEN
  0x81, // LDX W LEN
  0x06, // RET K
  0x16, // RET A
  ...[0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0].flatMap((op) => [0x04 | op, 0x0c | op]),
  0x84, // ALU NEG
  0x00, // LD IMM
  0x01, // LDX IMM
  0x07, // MISC TAX
  0x87, // MISC TXA
  ...USES_SCRATCH,
  0x05, // JMP JA
  ...[0x10, 0x20, 0x30, 0x40].flatMap((op) => [0x05 | op, 0x0d | op]),
]);

function isConditional(code: number): boolean {
  return (code & 0x07) === 0x05 && code !== 0x05;
}

function decode(bpf: Uint8Array): readonly Instruction[] {
  const view = new DataView(bpf.buffer, bpf.byteOffset, bpf.byteLength);
  return Array.from({ length: bpf.length / INSTRUCTION_SIZE }, (_, i) => ({
    code: view.getUint16(i * INSTRUCTION_SIZE, true),
    jt: view.getUint8(i * INSTRUCTION_SIZE + 2),
    jf: view.getUint8(i * INSTRUCTION_SIZE + 3),
    k: view.getUint32(i * INSTRUCTION_SIZE + 4, true),
  }));
}

function dataWords({ arch, nr, args = [], instructionPointer = 0n }: SyscallData): Uint32Array {
  const view = new DataView(new ArrayBuffer(DATA.size));
  view.setUint32(DATA.nr, nr, true);
  view.setUint32(DATA.arch, arch, true);
  view.setBigUint64(DATA.instructionPointer, instructionPointer, true);
  for (const [i, arg] of args.slice(0, 6).entries())
    view.setBigUint64(DATA.args + 8 * i, arg, true);
  return Uint32Array.from({ length: DATA.size / 4 }, (_, i) => view.getUint32(4 * i, true));
}

function run(program: readonly Instruction[], data: Uint32Array): number {
  const scratch = new Uint32Array(SCRATCH_WORDS);
  let a = 0;
  let x = 0;
  for (let pc = 0; ; pc++) {
    const instruction = program[pc];
    if (instruction === undefined) throw new Error("ran off the end of the filter");
    const { code, jt, jf, k } = instruction;
    const operand = (code & 0x08) === 0 ? k : x;
    switch (code & 0x07) {
      case 0x00: // LD
        a = loadValue(code & 0xe0, k, data, scratch);
        break;
      case 0x01: // LDX
        x = loadValue(code & 0xe0, k, data, scratch);
        break;
      case 0x02: // ST
        scratch[k] = a;
        break;
      case 0x03: // STX
        scratch[k] = x;
        break;
      case 0x04: // ALU
        if ((code & 0xf0) === 0x30 && operand === 0) return 0; // division by X = 0 ends the program with 0
        a = compute(code & 0xf0, a, operand);
        break;
      case 0x05: // JMP
        if (code === 0x05) pc += k;
        else pc += test(code & 0xf0, a, operand) ? jt : jf;
        break;
      case 0x06: // RET
        return code === 0x16 ? a : k;
      default: // MISC
        if (code === 0x07) x = a;
        else a = x;
    }
  }
}

function loadValue(mode: number, k: number, data: Uint32Array, scratch: Uint32Array): number {
  if (mode === 0x00) return k; // IMM
  if (mode === 0x80) return DATA.size; // LEN
  return (mode === 0x60 ? scratch[k] : data[k / 4]) ?? 0; // MEM, ABS
}

function compute(operation: number, a: number, b: number): number {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Math.imul(a, b) >>> 0;
    case 0x30:
      return Math.floor(a / b) >>> 0;
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return (a << (b & 31)) >>> 0;
    case 0x70:
      return a >>> (b & 31);
    case 0xa0:
      return (a ^ b) >>> 0;
    default: // NEG
      return -a >>> 0;
  }
}

function test(operation: number, a: number, b: number): boolean {
  switch (operation) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    default: // JSET
      return (a & b) !== 0;
  }
}
