/**
 * Classic BPF as seccomp(2) takes it: constants of linux/bpf_common.h and linux/seccomp.h, and an assembler whose
 * labels may be any distance away (a conditional jump itself reaches only 255 instructions).
 */

/** Longest program the kernel takes, BPF_MAXINSNS of linux/bpf_common.h. */
export const MAX_INSTRUCTIONS = 4096;
/** Size of one `struct sock_filter` in bytes: u16 code, u8 jt, u8 jf, u32 k. */
export const INSTRUCTION_SIZE = 8;

/** Return values, SECCOMP_RET_* of linux/seccomp.h; the low 16 bits of ERRNO, TRACE and TRAP are data. */
export const RET = {
  KILL_PROCESS: 0x80000000,
  KILL_THREAD: 0x00000000,
  TRAP: 0x00030000,
  ERRNO: 0x00050000,
  USER_NOTIF: 0x7fc00000,
  TRACE: 0x7ff00000,
  LOG: 0x7ffc0000,
  ALLOW: 0x7fff0000,
} as const;

/** Offsets in `struct seccomp_data`, linux/seccomp.h; arguments are 8 bytes each, low half first (little endian). */
export const DATA = { nr: 0, arch: 4, instructionPointer: 8, args: 16, size: 64 } as const;

/** Instruction codes the assembler emits: class | size or operation | mode. */
export const CODE = {
  LOAD: 0x20, // BPF_LD | BPF_W | BPF_ABS
  AND: 0x54, // BPF_ALU | BPF_AND | BPF_K
  JUMP: 0x05, // BPF_JMP | BPF_JA
  JEQ: 0x15, // BPF_JMP | BPF_JEQ | BPF_K
  JGT: 0x25,
  JGE: 0x35,
  RETURN: 0x06, // BPF_RET | BPF_K
} as const;

/** A place in a program; `undefined` as a jump target means the next instruction. */
export type Label = symbol;

type Item =
  | { readonly kind: "plain"; readonly code: number; readonly k: number }
  | { readonly kind: "goto"; readonly to: Label }
  | {
      readonly kind: "branch";
      readonly code: number;
      readonly k: number;
      readonly yes: Label | undefined;
      readonly no: Label | undefined;
    }
  | { readonly kind: "label"; readonly label: Label };

/** Collects instructions in order; all jumps go forward, as the kernel demands. */
export class Assembler {
  readonly #items: Item[] = [];

  /** Load the 32-bit word at `offset` of `struct seccomp_data`. */
  load(offset: number): this {
    return this.#push({ kind: "plain", code: CODE.LOAD, k: offset });
  }

  and(mask: number): this {
    return this.#push({ kind: "plain", code: CODE.AND, k: mask });
  }

  return(action: number): this {
    return this.#push({ kind: "plain", code: CODE.RETURN, k: action });
  }

  goto(to: Label): this {
    return this.#push({ kind: "goto", to });
  }

  /** Compare the loaded word with `k` (unsigned) and go to `yes` or `no`. */
  branch(code: number, k: number, yes: Label | undefined, no?: Label): this {
    return this.#push({ kind: "branch", code, k, yes, no });
  }

  label(label: Label): this {
    return this.#push({ kind: "label", label });
  }

  /**
   * Encode the program; a label that was never placed means the end, where another program may follow.
   * Conditional jumps that would reach too far go through an unconditional one (32-bit offset).
   */
  encode(): Uint8Array {
    const far = this.#findFarJumps();
    const { at, end } = this.#place(far);
    const writer = new Writer(end);
    for (const [i, item] of this.#items.entries()) {
      if (item.kind === "plain") writer.add(item.code, 0, 0, item.k);
      else if (item.kind === "goto")
        writer.add(CODE.JUMP, 0, 0, distance(at, end, item.to, writer.next));
      else if (item.kind === "branch") {
        const { yes, no } = far[i] ?? NEAR;
        const here = writer.next;
        // Trampolines stand right behind: first the one for `yes`, then the one for `no`.
        const jt = yes ? 0 : distance(at, end, item.yes, here, here + sizeOf(item, far[i]));
        const jf = no ? Number(yes) : distance(at, end, item.no, here, here + sizeOf(item, far[i]));
        writer.add(item.code, jt, jf, item.k);
        if (yes) writer.add(CODE.JUMP, 0, 0, distance(at, end, item.yes, writer.next));
        if (no) writer.add(CODE.JUMP, 0, 0, distance(at, end, item.no, writer.next));
      }
    }
    return writer.bytes;
  }

  #push(item: Item): this {
    this.#items.push(item);
    return this;
  }

  // Growing one jump may push another out of reach; sizes only grow, so this ends.
  #findFarJumps(): (Far | undefined)[] {
    const far: (Far | undefined)[] = [];
    for (let changed = true; changed; ) {
      changed = false;
      const { at, start, end } = this.#place(far);
      for (const [i, item] of this.#items.entries()) {
        if (item.kind !== "branch") continue;
        const before = far[i] ?? NEAR;
        const here = start[i] ?? 0;
        const isFar = (to: Label | undefined) =>
          to !== undefined && distance(at, end, to, here) > 255;
        const after = { yes: before.yes || isFar(item.yes), no: before.no || isFar(item.no) };
        if (after.yes !== before.yes || after.no !== before.no) {
          far[i] = after;
          changed = true;
        }
      }
    }
    return far;
  }

  #place(far: readonly (Far | undefined)[]): Layout {
    const at = new Map<Label, number>();
    const start: number[] = [];
    let next = 0;
    for (const [i, item] of this.#items.entries()) {
      start.push(next);
      if (item.kind === "label") {
        if (at.has(item.label)) throw new Error(`label ${String(item.label)} is placed twice`);
        at.set(item.label, next);
      }
      next += sizeOf(item, far[i]);
    }
    return { at, start, end: next };
  }
}

interface Far {
  readonly yes: boolean;
  readonly no: boolean;
}
const NEAR: Far = { yes: false, no: false };

interface Layout {
  readonly at: ReadonlyMap<Label, number>;
  readonly start: readonly number[];
  readonly end: number;
}

function sizeOf(item: Item, far: Far = NEAR): number {
  if (item.kind === "label") return 0;
  return item.kind === "branch" ? 1 + Number(far.yes) + Number(far.no) : 1;
}

function distance(
  at: ReadonlyMap<Label, number>,
  end: number,
  to: Label | undefined,
  here: number,
  next: number = here + 1,
): number {
  const offset = (to === undefined ? next : (at.get(to) ?? end)) - here - 1;
  if (offset < 0) throw new Error(`label ${String(to)} lies behind its jump`);
  return offset;
}

class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  next = 0;

  constructor(instructions: number) {
    this.bytes = new Uint8Array(instructions * INSTRUCTION_SIZE);
    this.#view = new DataView(this.bytes.buffer);
  }

  add(code: number, jt: number, jf: number, k: number): void {
    const at = this.next++ * INSTRUCTION_SIZE;
    if (jt > 255 || jf > 255) throw new Error("a conditional jump reaches too far");
    this.#view.setUint16(at, code, true);
    this.#view.setUint8(at + 2, jt);
    this.#view.setUint8(at + 3, jf);
    this.#view.setUint32(at + 4, k, true);
  }
}
