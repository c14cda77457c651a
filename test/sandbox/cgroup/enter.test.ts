import { expect, test } from "vitest";
import { groupsOf } from "../../../src/sandbox/cgroup/enter.ts";

// No such files: what is read from them counts as nothing.
const paths = { "": "/nonexistent/u/c", pids: "/nonexistent/pids/c", cpu: "/nonexistent/cpu/c" };

test.each<[readonly string[], { unified: string; v1: readonly string[] }]>([
  [[], { unified: "/nonexistent/u/c", v1: ["/nonexistent/pids/c", "/nonexistent/cpu/c"] }],
  [
    ["a/b"],
    { unified: "/nonexistent/u/c/a/b", v1: ["/nonexistent/pids/c/a/b", "/nonexistent/cpu/c/a/b"] },
  ],
  [
    ["/a"],
    { unified: "/nonexistent/u/c/a", v1: ["/nonexistent/pids/c/a", "/nonexistent/cpu/c/a"] },
  ],
  [
    ["pids:a"],
    { unified: "/nonexistent/u/c", v1: ["/nonexistent/pids/c/a", "/nonexistent/cpu/c"] },
  ],
  [
    ["pids,cpu:a"],
    { unified: "/nonexistent/u/c", v1: ["/nonexistent/pids/c/a", "/nonexistent/cpu/c/a"] },
  ],
])("--cgroup %j", (asked, groups) => {
  expect(groupsOf(paths, asked, 1)).toEqual(groups);
});

test.each([
  ["../x", /bad sub cgroup path/],
  ["a/../../x", /bad sub cgroup path/],
  ["memory:a", /unknown controller memory/],
  ["constructor:a", /unknown controller constructor/],
])("--cgroup %s is refused", (asked, message) => {
  expect(() => groupsOf(paths, [asked], 1)).toThrow(message);
});

test("hierarchies that are mounted together are entered once", () => {
  const joint = { cpu: "/nonexistent/cpu,cpuacct/c", cpuacct: "/nonexistent/cpu,cpuacct/c" };
  expect(groupsOf(joint, [], 1)).toEqual({
    unified: undefined,
    v1: ["/nonexistent/cpu,cpuacct/c"],
  });
});
