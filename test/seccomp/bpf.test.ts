import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Assembler, CODE, DATA, INSTRUCTION_SIZE } from "../../src/seccomp/bpf.ts";
import { newSimulator, verify } from "../../src/seccomp/interpret.ts";

describe("Assembler", () => {
  it("encodes a conditional jump in one instruction when both targets are near", () => {
    const no = Symbol("no");
    const program = new Assembler()
      .load(DATA.nr)
      .branch(CODE.JEQ, 7, undefined, no)
      .return(1)
      .label(no)
      .return(2);
    expect(program.encode().length / INSTRUCTION_SIZE).toBe(4);
  });

  it.each([
    ["yes", 255],
    ["yes", 256],
    ["yes", 1000],
    ["no", 255],
    ["no", 256],
    ["both", 300],
  ] as const)("reaches a target for %s behind %i instructions", (which, gap) => {
    const target = Symbol("target");
    const program = new Assembler()
      .load(DATA.nr)
      .branch(
        CODE.JEQ,
        7,
        which === "no" ? undefined : target,
        which === "yes" ? undefined : target,
      );
    for (let i = 0; i < gap; i++) program.return(1);
    const bpf = program.label(target).return(2).encode();
    expect(verify(bpf)).toBeUndefined();
    const simulate = newSimulator(bpf);
    expect([7, 8].map((nr) => simulate({ arch: 0, nr }))).toEqual(
      { yes: [2, 1], no: [1, 2], both: [2, 2] }[which],
    );
  });

  it("lands where the labels say, whatever the distances", () => {
    const step = fc.record({ padding: fc.nat({ max: 300 }), isNegated: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const labels = steps.map((_, i) => Symbol(`number ${i}`));
        const program = new Assembler().load(DATA.nr);
        for (const [i, { isNegated }] of steps.entries()) {
          const next = Symbol("next");
          if (isNegated) {
            program
              .branch(CODE.JEQ, i, undefined, next)
              .goto(labels[i] ?? next)
              .label(next);
          } else program.branch(CODE.JEQ, i, labels[i]);
        }
        program.return(999);
        for (const [i, { padding }] of steps.entries()) {
          for (let j = 0; j < padding; j++) program.return(998);
          program.label(labels[i] ?? Symbol("unused")).return(i);
        }
        const bpf = program.encode();
        expect(verify(bpf)).toBeUndefined();
        const simulate = newSimulator(bpf);
        for (const i of steps.keys()) expect(simulate({ arch: 0, nr: i })).toBe(i);
        expect(simulate({ arch: 0, nr: steps.length })).toBe(999);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses jumps back and labels placed twice", () => {
    const label = Symbol("label");
    expect(() => new Assembler().label(label).goto(label).return(0).encode()).toThrow("behind");
    expect(() => new Assembler().label(label).label(label).encode()).toThrow("twice");
  });
});
