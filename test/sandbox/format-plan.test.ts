import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeOp, formatPlanTable, planToJson } from "../../src/sandbox/format-plan.ts";
import {
  CWD,
  type FieldKind,
  type LaunchPlan,
  MKDIR_EXIST_OK,
  MODE_DETACH,
  MODE_FOREGROUND,
  MODE_TERMINAL,
  NONE,
  OPS,
  type Op,
  type OpName,
  operationsOf,
  SECTIONS,
  TARGET_LIKE,
  TARGET_NOFOLLOW,
} from "../../src/sandbox/ops.ts";
import { columns } from "../../src/sandbox/printable.ts";
import { SLOT } from "../../src/sandbox/slots.ts";

const empty = { host: [], join: [], parent: [], container: [], cleanup: [] } as const;

describe("operations in words", () => {
  const at = "";
  it.each<[Op, string]>([
    [
      { op: "mkdir", at, path: "/sys/fs/cgroup/t", mode: 0o755, flags: MKDIR_EXIST_OK },
      "/sys/fs/cgroup/t mode 0755 (may exist)",
    ],
    [{ op: "write_file", at, path: "/x", data: Buffer.from("64"), flags: 0 }, "/x = 64"],
    [
      { op: "write_file", at, path: "/x", data: Buffer.from([0, 1, 2]), flags: 1 },
      "/x = 3 bytes (may be missing)",
    ],
    [
      {
        op: "open",
        at,
        slot: SLOT.ROOT,
        dir: CWD,
        path: "/b/rootfs",
        flags: 0o10000000,
        mode: 0,
        resolve: 0x14,
      },
      "root = /b/rootfs O_PATH RESOLVE_NO_SYMLINKS|RESOLVE_IN_ROOT",
    ],
    [{ op: "fsmount", at, slot: 10, fs: 12, attrs: 0xf }, "tmp0 = tmp2 ro|nosuid|nodev|noexec"],
    [
      {
        op: "mount_setattr",
        at,
        slot: 41,
        recursive: 1,
        set: 0x100001,
        clear: 0x70,
        propagation: 1 << 19,
        userns: SLOT.IDMAP,
      },
      "source1 and all beneath set ro|idmap clear atime MS_SLAVE ids of idmap",
    ],
    [
      {
        op: "open_target",
        at,
        slot: 11,
        root: SLOT.ROOT,
        path: "/a b",
        kind: TARGET_LIKE | TARGET_NOFOLLOW,
        like: 10,
        mode: 0,
      },
      'tmp1 = root:"/a b" like tmp0 (no links)',
    ],
    [{ op: "unshare", at, flags: 0x20020000 }, "CLONE_NEWNS|CLONE_NEWPID"],
    [
      { op: "write_map", at, file: "uid_map", data: "0 1000 1\n1 100000 65535\n" },
      "uid_map = [0 1000 1, 1 100000 65535]",
    ],
    [
      { op: "setrlimit", at, resource: 7, soft: 1024, hard: 0xffff_ffff_ffff_ffffn },
      "RLIMIT_NOFILE soft 1024 hard unlimited",
    ],
    [{ op: "prctl", at, option: 38, arg2: 1, arg3: 0 }, "PR_SET_NO_NEW_PRIVS 1 0"],
    [
      { op: "capset", at, effective: 0n, permitted: (1n << 41n) - 1n, inheritable: 0x21 },
      "effective none; permitted all; inheritable CHOWN,KILL",
    ],
    [{ op: "cap_ambient", at, ambient: 1n << 45n }, "0x200000000000"],
    [
      { op: "seccomp", at, flags: 6, filter: new Uint8Array(214 * 8) },
      "214 instructions LOG|SPEC_ALLOW",
    ],
    [
      { op: "landlock_allow", at, slot: 4, root: NONE, path: "/", access: 0b1101 },
      "none:/ execute|read_file|read_dir",
    ],
    [{ op: "created", at, fifo: NONE }, ""],
    [{ op: "sethostname", at, name: "" }, '""'],
    [
      { op: "exec", at, candidates: [], argv: ["sh", "-c", 'echo "hi"'], envp: ["A=1"] },
      '[sh, -c, "echo \\"hi\\""] (1 variables)',
    ],
    [
      { op: "sethostname", at, name: "\x1b[31mred\u202e\u0085\n" },
      "\\u001b[31mred\\u202e\\u0085\\n",
    ],
  ])("case %#", (op, words) => expect(describeOp(op)).toBe(words));
});

const PLAN: LaunchPlan = {
  mode: MODE_FOREGROUND | MODE_TERMINAL,
  sections: {
    ...empty,
    host: [
      {
        op: "mkdir",
        at: "/linux/cgroupsPath",
        path: "/sys/fs/cgroup/pids/tguard/web",
        mode: 0o755,
        flags: 0,
      },
    ],
    container: [
      { op: "sethostname", at: "/hostname", name: "web" },
      { op: "setsid", at: "" },
    ],
  },
};

describe("formatPlanTable", () => {
  it("numbers operations through all sections and puts the pointers at the right", () => {
    const lines = formatPlanTable(PLAN, { width: 90 }).split("\n");
    expect(lines.map((line) => line.replaceAll(/ {3,}/g, "   "))).toEqual([
      "launch plan: 3 operations, foreground, terminal",
      "",
      "host: on the host, with the caller's rights",
      "  1 mkdir   /sys/fs/cgroup/pids/tguard/web mode 0755   /linux/cgroupsPath",
      "",
      "container: the container's own process, up to exec",
      "  2 sethostname web   /hostname",
      "  3 setsid",
      "",
    ]);
    const pointers = [lines[3], lines[6]].map((line) => line?.lastIndexOf(" /"));
    expect(pointers[0]).toBe(pointers[1]);
    expect(lines[3]).toHaveLength(90);
  });
  it("colours only when asked", () => {
    expect(formatPlanTable(PLAN)).not.toContain("\x1b");
    expect(formatPlanTable(PLAN, { isColoured: true })).toContain("\x1b[36m");
  });
});

describe("planToJson", () => {
  it("keeps numbers, cuts nothing, and says what is beyond a double as text", () => {
    const plan: LaunchPlan = {
      mode: MODE_DETACH,
      sections: {
        ...empty,
        container: [
          {
            op: "setrlimit",
            at: "/process/rlimits/0",
            resource: 7,
            soft: 5n,
            hard: 0xffff_ffff_ffff_ffffn,
          },
          { op: "seccomp", at: "/linux/seccomp", flags: 0, filter: new Uint8Array([1, 2, 255]) },
        ],
      },
    };
    expect(JSON.parse(JSON.stringify(planToJson(plan)))).toEqual({
      version: 1,
      mode: ["detach"],
      operations: [
        {
          index: 1,
          section: "container",
          op: "setrlimit",
          at: "/process/rlimits/0",
          resource: 7,
          soft: 5,
          hard: "18446744073709551615",
        },
        {
          index: 2,
          section: "container",
          op: "seccomp",
          at: "/linux/seccomp",
          flags: 0,
          filter: "AQL/",
        },
      ],
    });
  });
});

describe("properties", () => {
  const kinds: { readonly [K in FieldKind]: fc.Arbitrary<unknown> } = {
    u64: fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    slot: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(CWD, NONE)),
    str: fc.oneof(fc.string({ unit: "binary" }), fc.constant("x".repeat(5000))),
    bytes: fc.uint8Array({ maxLength: 300 }),
    strv: fc.array(fc.string({ unit: "binary" }), { maxLength: 20 }),
    u32v: fc.array(fc.nat(), { maxLength: 20 }),
  };
  const ops = (Object.keys(OPS) as OpName[]).map((name) => {
    const fields = Object.entries(OPS[name].fields).map(([field, kind]) => [
      field,
      kinds[kind as FieldKind],
    ]);
    return fc.record({
      op: fc.constant(name),
      at: fc.string({ unit: "binary" }),
      ...Object.fromEntries(fields),
    });
  });
  const plan = fc.record({
    mode: fc.nat({ max: 15 }),
    sections: fc.record(
      Object.fromEntries(SECTIONS.map((s) => [s, fc.array(fc.oneof(...ops), { maxLength: 6 })])),
    ),
  }) as unknown as fc.Arbitrary<LaunchPlan>;

  it("every operation has a line of its own that fits, and no control character gets through", () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 60, max: 200 }), (value, width) => {
        const table = formatPlanTable(value, { width });
        const unsafe = [...table].filter(
          (c) => c !== "\n" && /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(c),
        );
        expect(unsafe).toEqual([]);
        const lines = table.split("\n").filter((line) => /^ +\d+ [a-z]/.test(line));
        const all = operationsOf(value);
        expect(lines).toHaveLength(all.length);
        for (const [i, line] of lines.entries()) {
          expect(line).toMatch(new RegExp(`^ +${i + 1} ${all[i]?.op.op}`));
          expect(columns(line)).toBeLessThanOrEqual(
            Math.max(width, 20 + 30 + Math.floor(width / 3)),
          );
        }
      }),
    );
  });
  it("JSON holds every field of every operation", () => {
    fc.assert(
      fc.property(plan, (value) => {
        const { operations } = JSON.parse(JSON.stringify(planToJson(value))) as {
          operations: Record<string, unknown>[];
        };
        for (const [i, { section, op }] of operationsOf(value).entries()) {
          const json = operations[i] ?? {};
          expect(json).toMatchObject({ index: i + 1, section, op: op.op, at: op.at });
          for (const field of Object.keys(OPS[op.op].fields)) expect(json).toHaveProperty([field]);
        }
      }),
    );
  });
});
