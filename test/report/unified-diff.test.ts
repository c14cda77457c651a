import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { unifiedDiff } from "../../src/report/unified-diff.ts";

const folder = mkdtempSync(join(tmpdir(), "tguard-diff-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["the same", "a\n", "a\n", ""],
  ["a line changed", "a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"],
  ["a line more at the end", "a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n"],
  ["all new", "", "a\n", "@@ -0,0 +1 @@\n+a\n"],
  ["all gone", "a\n", "", "@@ -1 +0,0 @@\n-a\n"],
  [
    "no line end",
    "a",
    "b",
    "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n",
  ],
  [
    "two places far apart",
    "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
    "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n",
  ],
])("%s", (_, before, after, body) => {
  const head = body === "" ? "" : "--- a/x\n+++ b/x\n";
  expect(unifiedDiff("x", before, after)).toBe(head + body);
});

test("git applies it", () => {
  const text = fc
    .array(fc.constantFrom("a\n", "b\n", "c\n", "d\n", "\n", "e\r\n"), { maxLength: 30 })
    .chain((lines) => fc.constantFrom(lines.join(""), `${lines.join("")}end`));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const patch = unifiedDiff("x", before, after);
      // An empty side would be a file that comes or goes, which a patch says in other words.
      if (patch === "" || before === "" || after === "") return;
      writeFileSync(join(folder, "x"), before);
      const done = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], {
        cwd: folder,
        input: patch,
        encoding: "utf8",
      });
      expect(done.stderr).toBe("");
      expect(readFileSync(join(folder, "x"), "utf8")).toBe(after);
    }),
    { numRuns: 40 },
  );
});
