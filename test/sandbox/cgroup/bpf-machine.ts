import { BPF } from "../../../src/sandbox/cgroup/devices-ebpf.ts";

/**
 * Run encoded eBPF as the kernel does for BPF_PROG_TYPE_CGROUP_DEVICE, with the verifier's first rules: every jump is in bounds, and nothing loops.
 * Registers are 64 bits wide; the context is three 32-bit words.
 */
export function runDeviceProgram(
  bytes: Uint8Array,
  context: { readonly accessType: number; readonly major: number; readonly minor: number },
): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memory = new Map([
    [0, context.accessType],
    [4, context.major],
    [8, context.minor],
  ]);
  const registers = new Array<bigint>(11).fill(0n);
  const length = bytes.length / 8;
  const visited = new Set<number>();
  for (let at = 0; ; at += 1) {
    if (visited.has(at)) throw new Error(`instruction ${at} is in a loop`);
    visited.add(at);
    if (at < 0 || at >= length) throw new Error(`instruction ${at} is outside the program`);
    const code = view.getUint8(at * 8);
    const packed = view.getUint8(at * 8 + 1);
    const [dst, src] = [packed & 15, packed >> 4];
    const offset = view.getInt16(at * 8 + 2, true);
    const immediate = BigInt.asUintN(64, BigInt(view.getInt32(at * 8 + 4, true)));
    const value = registers[dst] ?? 0n;
    switch (code) {
      case BPF.LDX_MEM_W: {
        const word = memory.get(offset);
        if (src !== 1 || word === undefined) throw new Error("load outside the context");
        registers[dst] = BigInt(word >>> 0);
        break;
      }
      case BPF.MOV64_REG:
        registers[dst] = registers[src] ?? 0n;
        break;
      case BPF.MOV64_IMM:
        registers[dst] = immediate;
        break;
      case BPF.RSH64_IMM:
        registers[dst] = value >> immediate;
        break;
      case BPF.AND64_IMM:
        registers[dst] = value & immediate;
        break;
      case BPF.JEQ_IMM:
        if (value === immediate) at += offset;
        break;
      case BPF.JNE_IMM:
        if (value !== immediate) at += offset;
        break;
      case BPF.JSET_IMM:
        if ((value & immediate) !== 0n) at += offset;
        break;
      case BPF.JA:
        at += offset;
        break;
      case BPF.EXIT:
        return registers[0] ?? 0n;
      default:
        throw new Error(`unknown opcode ${code}`);
    }
  }
}

/** Every instruction can be reached and no jump leaves the program: what the verifier refuses first (kernel/bpf/verifier.c, check_cfg). */
export function unreachable(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length / 8;
  const seen = new Set<number>();
  const queue = [0];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    if (at >= length) throw new Error("control falls off the end");
    seen.add(at);
    const code = view.getUint8(at * 8);
    const offset = view.getInt16(at * 8 + 2, true);
    if (code === BPF.EXIT) continue;
    if (code === BPF.JA) queue.push(at + 1 + offset);
    else if (code === BPF.JEQ_IMM || code === BPF.JNE_IMM || code === BPF.JSET_IMM)
      queue.push(at + 1, at + 1 + offset);
    else queue.push(at + 1);
  }
  return Array.from({ length }, (_, index) => index).filter((index) => !seen.has(index));
}
