import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceRoot, sourceUri } from "../../src/audit/source-uri.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-uri-"));
  mkdirSync(join(root, "repo/.git"), { recursive: true });
  mkdirSync(join(root, "repo/a/b"), { recursive: true });
  mkdirSync(join(root, "loose/a"), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("URIs start from the repository's root, or from the folder itself outside a repository", () => {
  expect(sourceRoot(join(root, "repo/a/b"))).toBe(join(root, "repo"));
  expect(sourceRoot(join(root, "repo"))).toBe(join(root, "repo"));
  expect(sourceRoot(join(root, "loose/a"))).toBe(join(root, "loose/a"));
});

test.each([
  ["/r/Dockerfile", "Dockerfile"],
  ["/r/a b/ü#%?.Dockerfile", "a%20b/%C3%BC%23%25%3F.Dockerfile"],
  ["/r/..x/Dockerfile", "..x/Dockerfile"],
  ["/r/a/../Dockerfile", "Dockerfile"],
  ["/r/bad\ud800name", "bad%EF%BF%BDname"],
  ["/other/Docker file", "file:///other/Docker%20file"],
])("%s: %s", (path, uri) => {
  expect(sourceUri("/r", path)).toBe(uri);
});
