import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readContext } from "../../../src/audit/dockerfile/context-folder.ts";

let outer = "";
let folder = "";

beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), "tguard-context-"));
  folder = join(outer, "app");
  mkdirSync(join(folder, "src", "deep"), { recursive: true });
  writeFileSync(join(folder, "src", "a.txt"), "");
  writeFileSync(join(outer, "secret"), "");
  symlinkSync("..", join(folder, "up"));
});
afterEach(() => rmSync(outer, { recursive: true }));

const context = (name = "Dockerfile") => readContext(join(folder, name));

test.each([
  [".", "folder"],
  ["/", "folder"],
  ["src", "folder"],
  ["./src/a.txt", "file"],
  ["src/../src/deep/", "folder"],
  ["src/a.txt/x", "missing"],
  ["nothing/at/all", "missing"],
  ["up", "link"],
  ["up/secret", undefined],
  ["../secret", "missing"],
  ["src/../../secret", "missing"],
  ["a\0b", undefined],
  ["x".repeat(5000), "missing"],
])("%j is %j", (path, expected) => {
  expect(context().at(path)).toBe(expected);
});

test("answers stay the same, and come to an end", () => {
  const { at } = context();
  expect(at("later")).toBe("missing");
  writeFileSync(join(folder, "later"), "");
  expect(at("later")).toBe("missing");
  for (let i = 0; i < 5000; i++) at(`x${i}`);
  expect(at("src")).toBe(undefined);
  expect(at("later")).toBe("missing");
});

test("the ignore file of the Dockerfile wins over the folder's", () => {
  expect(context().ignore).toEqual({ state: "missing" });
  writeFileSync(join(folder, ".dockerignore"), "# x\na\n");
  expect(context().ignore).toMatchObject({ state: "read", name: ".dockerignore" });
  writeFileSync(join(folder, "Dockerfile.dockerignore"), "b\n!c\n");
  expect(context().ignore).toMatchObject({
    name: "Dockerfile.dockerignore",
    patterns: [
      { text: "b", isException: false },
      { text: "c", isException: true },
    ],
  });
  expect(context("other").ignore).toMatchObject({ name: ".dockerignore" });
});

test("an ignore file that is a link, a folder or too large is not known", () => {
  const path = join(folder, ".dockerignore");
  symlinkSync("../secret", path);
  expect(context().ignore).toEqual({ state: "unknown" });
  rmSync(path);
  mkdirSync(path);
  expect(context().ignore).toEqual({ state: "unknown" });
  rmSync(path, { recursive: true });
  writeFileSync(path, "a\n".repeat(60_000));
  expect(context().ignore).toEqual({ state: "unknown" });
});
