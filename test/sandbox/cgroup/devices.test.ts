import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceRule, RuntimeConfig } from "../../../src/oci/runtime-config.ts";
import {
  ACCESS_MKNOD,
  ACCESS_READ,
  ACCESS_WRITE,
  formatAccess,
  isAccessAllowed,
  planDevicePolicy,
  toExceptions,
} from "../../../src/sandbox/cgroup/devices.ts";
import { compileDevices, encodeInstructions } from "../../../src/sandbox/cgroup/devices-ebpf.ts";
import { runDeviceProgram, unreachable } from "./bpf-machine.ts";

const withRules = (
  devices: readonly DeviceRule[],
  nodes: NonNullable<RuntimeConfig["linux"]>["devices"] = [],
): RuntimeConfig => ({
  ociVersion: "1.2.0",
  linux: { resources: { devices }, devices: nodes },
});

const DEFAULTS = ["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "136:*"].map(
  (device) => `allow c ${device} rwm`,
);

const list = (config: RuntimeConfig): readonly string[] => {
  const { defaultAllow, exceptions } = toExceptions(planDevicePolicy(config));
  const verb = defaultAllow ? "deny" : "allow";
  return [
    defaultAllow ? "allow all" : "deny all",
    ...exceptions.map(
      ({ type, major, minor, access }) =>
        `${verb} ${type} ${major}:${minor} ${formatAccess(access)}`,
    ),
  ];
};

describe("v1 lists", () => {
  test.each<[name: string, config: RuntimeConfig, expected: readonly string[]]>([
    ["no rules: default devices only", { ociVersion: "1.2.0" }, ["deny all", ...DEFAULTS]],
    [
      "a process with CAP_MKNOD may make nodes of every device, as under runc, and open no more than others",
      {
        ...withRules([{ allow: false, access: "rwm" }]),
        process: {
          cwd: "/",
          user: { uid: 0, gid: 0 },
          args: ["true"],
          capabilities: { bounding: ["CAP_MKNOD"] },
        },
      },
      ["deny all", ...DEFAULTS, "allow b *:* m", "allow c *:* m"],
    ],
    [
      "engines' usual first rule changes nothing",
      withRules([{ allow: false, access: "rwm" }]),
      ["deny all", ...DEFAULTS],
    ],
    [
      "rules add up, whatever order the letters have",
      withRules([
        { allow: true, type: "c", major: 10, minor: 229, access: "r" },
        { allow: true, type: "c", major: 10, minor: 229, access: "wr" },
      ]),
      ["deny all", "allow c 10:229 rw", ...DEFAULTS],
    ],
    [
      "a later denial takes bits away",
      withRules([
        { allow: true, type: "b", major: 8, access: "rwm" },
        { allow: false, type: "b", access: "w" },
      ]),
      ["deny all", "allow b 8:* rm", ...DEFAULTS],
    ],
    [
      "a rule without type is for both",
      withRules([{ allow: true, major: 240, minor: -1, access: "rw" }]),
      ["deny all", "allow b 240:* rw", "allow c 240:* rw", ...DEFAULTS],
    ],
    [
      "all allowed (privileged), later denials hold, defaults do not undo them",
      withRules([
        { allow: true, access: "rwm" },
        { allow: false, type: "c", major: 1, access: "m" },
      ]),
      ["allow all", "deny c 1:* m"],
    ],
    [
      "a full denial forgets what was before it",
      withRules([
        { allow: true, type: "c", major: 10, minor: 200, access: "rwm" },
        { allow: false, type: "a", access: "rwm" },
      ]),
      ["deny all", ...DEFAULTS],
    ],
    [
      "linux.devices may be made, not used, when rules exist",
      withRules([{ allow: false }], [{ type: "c", path: "/dev/fuse", major: 10, minor: 229 }]),
      ["deny all", "allow c 10:229 m", ...DEFAULTS],
    ],
    [
      "linux.devices are usable when there are no rules",
      withRules(
        [],
        [
          { type: "u", path: "/dev/fuse", major: 10, minor: 229 },
          { type: "p", path: "/dev/fifo" },
        ],
      ),
      ["deny all", "allow c 10:229 rwm", ...DEFAULTS],
    ],
  ])("%s", (_, config, expected) => {
    expect(list(config)).toEqual(expected);
  });

  test.each<[rules: readonly DeviceRule[], message: RegExp]>([
    [
      [
        { allow: true, type: "c", major: 10 },
        { allow: false, type: "c", major: 10, minor: 1 },
      ],
      /cannot deny device "c 10:1" inside "c 10:\*"/,
    ],
    [
      [
        { allow: true },
        { allow: false, type: "b", minor: 0 },
        { allow: true, type: "b", major: 8 },
      ],
      /cannot allow device "b 8:\*" inside "b \*:0"/,
    ],
  ])("a hole is refused", (rules, message) => {
    expect(() => toExceptions(planDevicePolicy(withRules(rules)))).toThrow(message);
  });

  test.each<[rule: DeviceRule, message: RegExp]>([
    [{ allow: true, access: "rx" }, /access "rx" is not made of/],
    [{ allow: true, type: "c", major: 4096 }, /number 4096 is outside 0 to 4095/],
    [{ allow: true, type: "c", minor: -2 }, /number -2 is outside/],
    [{ allow: true, type: "a", major: 1 }, /type "a" is for all devices/],
  ])("%o is refused", (rule, message) => {
    expect(() => planDevicePolicy(withRules([rule]))).toThrow(message);
  });

  test("more rules than a program can hold are refused", () => {
    const rules = new Array<DeviceRule>(4097).fill({ allow: true, type: "c", major: 1 });
    expect(() => planDevicePolicy(withRules(rules))).toThrow(/4097 device rules/);
  });
});

const small = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const ruleArbitrary: fc.Arbitrary<DeviceRule> = fc
  .record({
    allow: fc.boolean(),
    type: fc.constantFrom("c" as const, "b" as const, undefined),
    major: small,
    minor: small,
    access: fc.constantFrom("r", "w", "m", "rw", "rm", "wm", "rwm", undefined),
  })
  .map(({ allow, type, major, minor, access }) => ({
    allow,
    ...(type === undefined ? {} : { type }),
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    ...(access === undefined ? {} : { access }),
  }));
const deviceArbitrary = fc.record({
  type: fc.constantFrom("c" as const, "b" as const),
  major: fc.constantFrom(0, 1, 2, 3, 5, 136, 4095),
  minor: fc.constantFrom(0, 1, 2, 3, 8, 1048575),
});
const accessArbitrary = fc.integer({ min: 1, max: ACCESS_MKNOD | ACCESS_READ | ACCESS_WRITE });

/** The specification once more, as plainly as it can be said: bit by bit, the last matching rule of the raw configuration. */
function mayAccess(
  rules: readonly DeviceRule[],
  device: { type: "b" | "c"; major: number; minor: number },
  access: number,
): boolean {
  const defaults: DeviceRule[] = [
    ...[3, 5, 7, 8, 9].map((minor) => ({ major: 1, minor })),
    ...[0, 1, 2].map((minor) => ({ major: 5, minor })),
    { major: 136 },
  ].map((numbers) => ({ allow: true, type: "c", ...numbers }));
  const isOpen =
    rules.findLast(
      (rule) =>
        rule.type === undefined &&
        rule.major === undefined &&
        rule.minor === undefined &&
        (rule.access ?? "rwm") === "rwm",
    )?.allow === true;
  const all = [{ allow: false }, ...rules, ...(isOpen ? [] : defaults)];
  const letters = [
    [ACCESS_READ, "r"],
    [ACCESS_WRITE, "w"],
    [ACCESS_MKNOD, "m"],
  ] as const;
  return letters.every(([bit, letter]) => {
    if ((access & bit) === 0) return true;
    let allowed = false;
    for (const rule of all as readonly DeviceRule[])
      if (
        (rule.type ?? device.type) === device.type &&
        (rule.major ?? device.major) === device.major &&
        (rule.minor ?? device.minor) === device.minor &&
        (rule.access ?? "rwm").includes(letter)
      )
        allowed = rule.allow;
    return allowed;
  });
}

describe("eBPF program", () => {
  test("decides as the rules do, bit by bit", () => {
    fc.assert(
      fc.property(
        fc.array(ruleArbitrary, { maxLength: 12 }),
        deviceArbitrary,
        accessArbitrary,
        (rules, device, access) => {
          const policy = planDevicePolicy(withRules(rules));
          const program = encodeInstructions(compileDevices(policy));
          const accessType = (access << 16) | (device.type === "b" ? 1 : 2);
          const expected = mayAccess(rules, device, access);
          expect(isAccessAllowed(policy, device, access)).toBe(expected);
          expect(runDeviceProgram(program, { ...device, accessType })).toBe(expected ? 1n : 0n);
          expect(unreachable(program)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("v1 lists decide the same wherever they exist", () => {
    fc.assert(
      fc.property(
        fc.array(ruleArbitrary, { maxLength: 6 }),
        deviceArbitrary,
        accessArbitrary,
        (rules, device, access) => {
          const policy = planDevicePolicy(withRules(rules));
          let lists: ReturnType<typeof toExceptions>;
          try {
            lists = toExceptions(policy);
          } catch {
            return;
          }
          // security/device_cgroup.c: deny by default wants one exception with all bits, allow by default none that shares a bit.
          const matching = lists.exceptions.filter(
            (entry) =>
              entry.type === device.type &&
              (entry.major === "*" || entry.major === device.major) &&
              (entry.minor === "*" || entry.minor === device.minor),
          );
          const kernel = lists.defaultAllow
            ? !matching.some((entry) => (entry.access & access) !== 0)
            : matching.some((entry) => (access & ~entry.access) === 0);
          const expected = isAccessAllowed(policy, device, access);
          // Two exceptions that hold one bit each are less than one that holds both: never more is allowed than asked for.
          if (kernel) expect(expected).toBe(true);
          else if (lists.defaultAllow || matching.length <= 1) expect(expected).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("has the bytes of struct bpf_insn", () => {
    const policy = planDevicePolicy(
      withRules([{ allow: true }, { allow: false, type: "b", major: 8 }]),
    );
    expect(Buffer.from(encodeInstructions(compileDevices(policy))).toString("hex")).toBe(
      [
        "6112000000000000", // r2 = *(u32 *)(r1 + 0)
        "bf23000000000000", // r3 = r2
        "7703000010000000", // r3 >>= 16
        "57020000ffff0000", // r2 &= 0xffff
        "6114040000000000", // r4 = *(u32 *)(r1 + 4)
        "6115080000000000", // r5 = *(u32 *)(r1 + 8)
        "1504040008000000", // if r4 == 8 goto +4
        "b700000001000000", // r0 = 1
        "9500000000000000", // exit
        "b700000000000000", // r0 = 0
        "9500000000000000", // exit
        "5502fbff01000000", // if r2 != 1 goto -5
        "4503fcff07000000", // if r3 & 7 goto -4
        "0500f9ff00000000", // goto -7
      ].join(""),
    );
  });
});
