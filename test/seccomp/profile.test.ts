import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/error.ts";
import type { Seccomp } from "../../src/oci/runtime-config.ts";
import { parseProfile } from "../../src/seccomp/profile.ts";

const allow = { names: ["read"], action: "SCMP_ACT_ALLOW" };
const withRule = (rule: object): Seccomp => ({
  defaultAction: "SCMP_ACT_ERRNO",
  syscalls: [allow, { ...allow, ...rule }],
});
const withArg = (arg: object) =>
  withRule({ args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ", ...arg }] });

describe("parseProfile", () => {
  it.each<[string, string, Seccomp]>([
    ["/defaultAction", 'unknown seccomp action "ALLOW"', { defaultAction: "ALLOW" }],
    ["/defaultAction", 'unknown seccomp action "toString"', { defaultAction: "toString" }],
    ["/defaultAction", "cannot be the default", { defaultAction: "SCMP_ACT_NOTIFY" }],
    ["/defaultErrnoRet", "takes no errno", { defaultAction: "SCMP_ACT_KILL", defaultErrnoRet: 1 }],
    ["/defaultErrnoRet", "4095", { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 4095 }],
    [
      "/architectures/1",
      'unknown seccomp architecture "amd64"',
      { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86", "amd64"] },
    ],
    [
      "/flags/0",
      'unknown seccomp flag "SECCOMP_FILTER_FLAG_NEW_LISTENER"',
      { defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_NEW_LISTENER"] },
    ],
    [
      "/listenerMetadata",
      "listenerPath is not",
      { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x" },
    ],
    ["/syscalls/1/action", 'unknown seccomp action ""', withRule({ action: "" })],
    ["/syscalls/1/errnoRet", "takes no errno", withRule({ errnoRet: 1 })],
    ["/syscalls/1/errnoRet", "-1", withRule({ action: "SCMP_ACT_ERRNO", errnoRet: -1 })],
    ["/syscalls/1/errnoRet", "65536", withRule({ action: "SCMP_ACT_TRACE", errnoRet: 65536 })],
    ["/syscalls/1/names", "at least one", withRule({ names: [] })],
    [
      "/syscalls/1/names/1",
      "cannot be used for write",
      withRule({ names: ["read", "write"], action: "SCMP_ACT_NOTIFY" }),
    ],
    ["/syscalls/1/args/0/index", "6", withArg({ index: 6 })],
    ["/syscalls/1/args/0/op", 'unknown seccomp operator "EQ"', withArg({ op: "EQ" })],
    ["/syscalls/1/args/0/op", "SCMP_CMP_", withArg({ op: "SCMP_CMP_" })],
    ["/syscalls/1/args/0/value", "2^53", withArg({ value: 2 ** 53 })],
    ["/syscalls/1/args/0/value", "-1", withArg({ value: -1 })],
    ["/syscalls/1/args/0/valueTwo", "1.5", withArg({ valueTwo: 1.5 })],
  ])("says where the fault is: %s %s", (pointer, text, seccomp) => {
    let error: unknown;
    try {
      parseProfile(seccomp);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      where: `config.json /linux/seccomp${pointer}`,
      message: expect.stringContaining(text),
    });
  });

  it("refuses more rules than any real profile has", () => {
    const names = Array.from({ length: 10_001 }, (_, i) => `call${i}`);
    expect(() => parseProfile(withRule({ names }))).toThrow("10002 rules");
  });

  it.each([
    ["SCMP_ACT_KILL", undefined, 0x00000000],
    ["SCMP_ACT_KILL_THREAD", undefined, 0x00000000],
    ["SCMP_ACT_KILL_PROCESS", undefined, 0x80000000],
    ["SCMP_ACT_TRAP", undefined, 0x00030000],
    ["SCMP_ACT_ERRNO", undefined, 0x00050001],
    ["SCMP_ACT_ERRNO", 0, 0x00050000],
    ["SCMP_ACT_ERRNO", 38, 0x00050026],
    ["SCMP_ACT_TRACE", undefined, 0x7ff00001],
    ["SCMP_ACT_TRACE", 0xffff, 0x7ff0ffff],
    ["SCMP_ACT_LOG", undefined, 0x7ffc0000],
    ["SCMP_ACT_ALLOW", undefined, 0x7fff0000],
  ])("reads %s with errno %s", (defaultAction, errno, expected) => {
    const seccomp = errno === undefined ? {} : { defaultErrnoRet: errno };
    expect(parseProfile({ defaultAction, ...seccomp }).defaultAction).toBe(expected);
  });

  it("joins comparisons of different arguments, and splits those of one argument", () => {
    const arg = (index: number) => ({ index, value: 1, op: "SCMP_CMP_EQ" });
    const shape = (args: object[]) =>
      parseProfile(withRule({ args })).rules[1]?.when.map((all) => all.map(({ index }) => index));
    expect(shape([arg(0), arg(1)])).toEqual([[0, 1]]);
    expect(shape([arg(0), arg(1), arg(0)])).toEqual([[0], [1], [0]]);
  });
});
