import { expect, test } from "vitest";
import { bindMounts, isWithin } from "../../../src/audit/bundle/mounts.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

const binds = (mount: object): unknown[] =>
  bindMounts(
    bundleModelFromSnippet(JSON.stringify({ mounts: [{ destination: "/d", ...mount }] })),
  ).map(({ source, isReadonly, isInBundle }) => ({ source, isReadonly, isInBundle }));

test.each([
  [
    { type: "bind", source: "/a" },
    { source: "/a", isReadonly: false, isInBundle: false },
  ],
  [
    { source: "/a/", options: ["rbind", "ro"] },
    { source: "/a", isReadonly: true, isInBundle: false },
  ],
  [
    { type: "none", source: "/a", options: ["bind", "rro"] },
    { source: "/a", isReadonly: true, isInBundle: false },
  ],
  [
    { type: "bind", source: "/a", options: ["ro", "rw"] },
    { source: "/a", isReadonly: false, isInBundle: false },
  ],
  [
    { type: "bind", source: "/a/../b/./c" },
    { source: "/b/c", isReadonly: false, isInBundle: false },
  ],
  [
    { type: "bind", source: "/var/run/x" },
    { source: "/run/x", isReadonly: false, isInBundle: false },
  ],
  [
    { type: "bind", source: "/var/runx" },
    { source: "/var/runx", isReadonly: false, isInBundle: false },
  ],
  [
    { type: "bind", source: "data" },
    { source: "/bundle/data", isReadonly: false, isInBundle: true },
  ],
  [
    { type: "bind", source: "../bundled" },
    { source: "/bundled", isReadonly: false, isInBundle: false },
  ],
])("%j", (mount, expected) => {
  expect(binds(mount)).toEqual([expected]);
});

test.each([{ type: "tmpfs", source: "/a" }, { type: "proc" }, { type: "bind" }, {}])(
  "%j binds nothing",
  (mount) => {
    expect(binds(mount)).toEqual([]);
  },
);

test.each([
  ["/a", "/a", true],
  ["/a/b", "/a", true],
  ["/ab", "/a", false],
  ["/a", "/a/b", false],
  ["/a", "/", true],
])("%s is within %s: %s", (path, directory, expected) => {
  expect(isWithin(path, directory)).toBe(expected);
});
