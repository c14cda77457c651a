import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hooks, RuntimeConfig } from "../../src/oci/runtime-config.ts";
import { describeHookFailure, hookEndOf } from "../../src/sandbox/explain-hooks.ts";
import { ownHooks } from "../../src/sandbox/hook-state.ts";
import { planHooks } from "../../src/sandbox/hooks.ts";
import { HOOK_CONFINED, HOOK_STATUS, type Op } from "../../src/sandbox/ops.ts";

const subject = (hooks: Hooks, annotations: Record<string, string> = {}) => ({
  id: "web",
  bundleDir: "/b",
  config: { ociVersion: "1.3.0", hooks, annotations } satisfies RuntimeConfig,
});
const execHooks = (ops: readonly Op[]) =>
  ops.filter((op): op is Extract<Op, { op: "exec_hook" }> => op.op === "exec_hook");

describe("planHooks", () => {
  test("the host's hooks are waited for once, before the container's", () => {
    const hook = [{ path: "/h" }];
    const { beforePivot, beforeExec } = planHooks(
      subject({
        prestart: hook,
        createRuntime: hook,
        createContainer: [...hook, ...hook],
        startContainer: hook,
        poststop: hook,
      }),
    );
    expect(beforePivot.map(({ op, at }) => `${op} ${at}`)).toEqual([
      "await_hooks /hooks/prestart",
      "exec_hook /hooks/createContainer/0",
      "exec_hook /hooks/createContainer/1",
    ]);
    expect(beforeExec.map(({ op, at }) => `${op} ${at}`)).toEqual([
      "exec_hook /hooks/startContainer/0",
    ]);
  });

  test("what comes from the image is confined; time is in milliseconds; without args the path is the first", () => {
    const { beforePivot, beforeExec } = planHooks(
      subject({
        createContainer: [{ path: "/h", args: ["a", "b"], timeout: 3 }],
        startContainer: [{ path: "/bin/h", env: ["A=1"] }],
      }),
    );
    expect(execHooks(beforePivot)[0]).toMatchObject({
      argv: ["a", "b"],
      envp: [],
      timeout_ms: 3000,
      flags: 0,
    });
    expect(execHooks(beforeExec)[0]).toMatchObject({
      argv: ["/bin/h"],
      envp: ["A=1"],
      timeout_ms: 0,
      flags: HOOK_CONFINED,
    });
  });

  test("the state is JSON with the process id put in, whatever the annotations are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.nat(), (annotations, pid) => {
        const hooks = { createContainer: [{ path: "/h" }], startContainer: [{ path: "/h" }] };
        const { beforePivot, beforeExec } = planHooks(subject(hooks, annotations));
        for (const [ops, status] of [
          [beforePivot, "creating"],
          [beforeExec, "created"],
        ] as const) {
          const [op] = execHooks(ops);
          const state = JSON.parse(`${op?.before}${pid}${op?.after}`);
          expect(state).toMatchObject({ id: "web", status, pid, bundle: "/b" });
          if (Object.keys(annotations).length > 0)
            expect(Object.entries(state.annotations)).toEqual(Object.entries(annotations));
        }
      }),
    );
  });
});

test.each([
  [undefined, {}],
  [{}, {}],
  [{ poststop: [] }, {}],
  [{ poststop: [{ path: "/h" }] }, { hooks: { poststop: [{ path: "/h" }] } }],
] as const)("ownHooks(%j)", (hooks, expected) => {
  expect(ownHooks(hooks as Hooks | undefined)).toEqual(expected);
});

describe("a hook's end in words", () => {
  const words = (errno: number, output = "", timeout?: number): string => {
    const hook = { path: "/h", ...(timeout === undefined ? {} : { timeout }) };
    return describeHookFailure("createRuntime", hook, hookEndOf(errno, output), "here").message;
  };
  test.each([
    [HOOK_STATUS + (7 << 8), "the createRuntime hook /h failed: exit status 7"],
    [HOOK_STATUS + 9, "the createRuntime hook /h failed: signal SIGKILL"],
    [2, "the createRuntime hook /h failed: ENOENT"],
  ])("%d", (errno, sentence) => expect(words(errno)).toBe(sentence));

  test("a timeout as runc words it", () =>
    expect(words(110, "", 2)).toContain("hook ran past specified timeout of 2.0s"));

  test("what it printed is one line, safe for a terminal, its end when it is long", () => {
    const cause = (output: string): string =>
      String(
        (
          describeHookFailure("x", { path: "/h" }, hookEndOf(HOOK_STATUS + 256, output), "")
            .cause as Error
        ).message,
      );
    expect(cause("a\n\x1b[31mb\r\n")).toBe("it said: a [31mb");
    expect(cause(`${"x".repeat(2000)}end`)).toMatch(/^it said: …x+end$/);
  });
});
