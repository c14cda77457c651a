import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planHeader } from "../../scripts/gen-plan-header.ts";
import { encodePlan, PLAN_MAGIC, PLAN_VERSION } from "../../src/sandbox/encode.ts";
import { explainFailure } from "../../src/sandbox/explain.ts";
import {
  type FieldKind,
  type LaunchPlan,
  MODE_FOREGROUND,
  OPS,
  type Op,
  SECTIONS,
} from "../../src/sandbox/ops.ts";

const planOf = (container: readonly Op[]): LaunchPlan => ({
  mode: MODE_FOREGROUND,
  sections: { host: [], join: [], parent: [], container, cleanup: [] },
});

/** A second reading of the format, as plan.c has it: fields in table order, numbers little-endian. */
function decode(bytes: Uint8Array): {
  mode: number;
  counts: number[];
  ops: Record<string, unknown>[];
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const u32 = (): number => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const text = (length: number): string => {
    const found = new TextDecoder().decode(bytes.subarray(at, at + length));
    at += length;
    expect(bytes[at++]).toBe(0);
    return found;
  };
  expect(u32()).toBe(PLAN_MAGIC);
  expect(u32()).toBe(PLAN_VERSION);
  expect(u32()).toBe(bytes.length);
  const mode = u32();
  const counts = SECTIONS.map(() => u32());
  const ops: Record<string, unknown>[] = [];
  while (at < bytes.length) {
    const code = view.getUint16(at, true);
    at += 4;
    const end = u32() + at;
    const [name, spec] = Object.entries(OPS).find(([, s]) => s.code === code) ?? [
      "?",
      { fields: {} },
    ];
    const op: Record<string, unknown> = { op: name };
    for (const [field, kind] of Object.entries(spec.fields) as [string, FieldKind][]) {
      if (kind === "u64") {
        op[field] = view.getBigUint64(at, true);
        at += 8;
      } else if (kind === "slot") op[field] = u32();
      else if (kind === "str") op[field] = text(u32());
      else if (kind === "bytes") {
        const length = u32();
        op[field] = [...bytes.subarray(at, at + length)];
        at += length;
      } else if (kind === "strv") op[field] = Array.from({ length: u32() }, () => text(u32()));
      else op[field] = Array.from({ length: u32() }, u32);
    }
    expect(at).toBe(end);
    ops.push(op);
  }
  return { mode, counts, ops };
}

const word = fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0"));
const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  u64: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.maxSafeNat(), fc.nat(), fc.constant(-1)),
  slot: fc.integer({ min: 0, max: 255 }),
  str: word,
  bytes: fc.uint8Array(),
  strv: fc.array(word),
  u32v: fc.array(fc.integer({ min: 0, max: 0xffff_ffff })),
};
const anyOp: fc.Arbitrary<Op> = fc.oneof(
  ...Object.entries(OPS).map(([op, { fields }]) =>
    fc
      .record(
        Object.fromEntries(
          Object.entries(fields).map(([f, kind]) => [f, VALUES[kind as FieldKind]]),
        ),
      )
      .map((values) => ({ op, at: "", ...values }) as unknown as Op),
  ),
);

describe("encodePlan", () => {
  test("every operation with every value comes back", () => {
    fc.assert(
      fc.property(fc.array(anyOp, { maxLength: 20 }), (ops) => {
        const { mode, counts, ops: found } = decode(encodePlan(planOf(ops)));
        expect(mode).toBe(MODE_FOREGROUND);
        expect(counts).toEqual([0, 0, 0, ops.length, 0]);
        expect(found).toEqual(
          ops.map(({ at: _, ...op }) =>
            Object.fromEntries(
              Object.entries(op).map(([field, value]) => {
                const kind = (OPS[op.op].fields as Record<string, FieldKind>)[field];
                if (kind === "u64") return [field, BigInt.asUintN(64, BigInt(value as number))];
                return [field, value instanceof Uint8Array ? [...value] : value];
              }),
            ),
          ),
        );
      }),
    );
  });

  test("plans of any size, whatever field it is that outgrows the buffer", () => {
    for (const size of [16_000, 16_300, 16_384, 40_000, 1_000_000])
      for (const op of [
        { op: "unlink", at: "", path: "p".repeat(size) },
        { op: "seccomp", at: "", flags: 0, filter: new Uint8Array(size).fill(7) },
        { op: "setgroups", at: "", gids: Array.from({ length: size / 4 }, (_, i) => i) },
        {
          op: "exec",
          at: "",
          candidates: [],
          argv: Array(Math.floor(size / 10)).fill("argument"),
          envp: [],
        },
      ] as const) {
        const { ops } = decode(encodePlan(planOf([op, op])));
        expect(ops).toHaveLength(2);
        expect(ops[1]).toEqual(ops[0]);
      }
  });

  test("text with NUL is refused: the kernel would read half of it", () => {
    expect(() => encodePlan(planOf([{ op: "unlink", at: "", path: "/etc\0/passwd" }]))).toThrow(
      /NUL/,
    );
  });
});

test("the C header is what the table says", () => {
  const file = new URL("../../src/sandbox/init/plan.generated.h", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(planHeader());
});

test("codes are unique", () => {
  const codes = Object.values(OPS).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test("a failure of any operation has words, a place and a status", () => {
  fc.assert(
    fc.property(anyOp, fc.integer({ min: 1, max: 133 }), (op, errno) => {
      const error = explainFailure(planOf([{ ...op, at: "/mounts/3" }]), 0, errno);
      expect(error.message).toMatch(/^[^\n]+: \S+/);
      expect(error.where).toBe("config.json /mounts/3, operation 1 of 1 (tguard plan shows them)");
      expect([125, 126, 127]).toContain(error.exitCode);
    }),
  );
});
