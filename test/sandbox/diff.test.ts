import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatChanges } from "../../src/sandbox/diff.ts";
import type { Change, Hardened } from "../../src/sandbox/harden.ts";

const hardened = (changes: readonly Change[], notes: readonly string[] = []): Hardened => ({
  config: { ociVersion: "1.2.0" },
  changes,
  notes,
  mountOrigins: [],
  wishes: new Set(),
});
const rule = "R11";

describe("formatChanges", () => {
  it("shows place, rule, what goes, what comes, and why", () => {
    const changes: Change[] = [
      {
        pointer: "/root/readonly",
        before: undefined,
        after: true,
        why: "it must not change",
        rule,
      },
      {
        pointer: "/linux/devices/0",
        before: { path: "/dev/sda" },
        after: undefined,
        why: "a disk",
        rule,
      },
      {
        pointer: "/a",
        before: ["x", "y z", "w"],
        after: ["x", "v"],
        why: "lists show what differs",
        rule,
      },
      { pointer: "/b", before: ["x", "y"], after: ["y", "x"], why: "a new order", rule },
    ];
    expect(formatChanges("b, profile p", hardened(changes, ["not enforced: a limit"]))).toBe(
      `b, profile p: 4 changes

/root/readonly  [R11]
  + true
    it must not change

/linux/devices/0  [R11]
  - {"path":"/dev/sda"}
    a disk

/a  [R11]
  - "y z" w
  + v
    lists show what differs

/b  [R11]
  - x y
  + y x
    a new order

note    not enforced: a limit
`,
    );
  });
  it("says when there is nothing to change", () => {
    expect(formatChanges("b", hardened([]))).toBe("b: nothing to change\n");
  });
  it("tells a filter in a line", () => {
    const after = {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: ["read", "write"] }, { names: ["read"] }],
    };
    const text = formatChanges(
      "b",
      hardened([{ pointer: "/s", before: undefined, after, why: "w", rule }]),
    );
    expect(text).toContain("  + filter SCMP_ACT_ERRNO, 2 system calls named\n");
  });
  it("colours only when asked", () => {
    const changes = [{ pointer: "/x", before: 1, after: 2, why: "w", rule }];
    expect(formatChanges("b", hardened(changes))).not.toContain("\x1b");
    expect(formatChanges("b", hardened(changes), { isColoured: true })).toContain(
      "\x1b[31m  - 1\x1b[0m",
    );
  });
  it("lets no control character of the config through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.jsonValue(), (text, value) => {
        const changes = [
          { pointer: `/${text}`, before: [text, value], after: { [text]: value }, why: "w", rule },
        ];
        const out = formatChanges(text, hardened(changes, [text]), { width: 60 });
        expect([...out].filter((c) => c !== "\n" && /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(c))).toEqual(
          [],
        );
      }),
    );
  });
});
