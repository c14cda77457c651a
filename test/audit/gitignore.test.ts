import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { findInputs } from "../../src/audit/find-inputs.ts";
import { decide, parseGitignore } from "../../src/audit/gitignore.ts";

const root = mkdtempSync(join(tmpdir(), "tguard-ignore-"));
spawnSync("git", ["init", "-q", root]);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each<[pattern: string, path: string, isFolder: boolean, expected: boolean | undefined]>([
  ["a", "a", false, true],
  ["a", "x/a", false, true],
  ["/a", "x/a", false, undefined],
  ["x/a", "x/a", false, true],
  ["x/a", "y/x/a", false, undefined],
  ["a/", "a", false, undefined],
  ["a/", "a", true, true],
  ["*.o", "x/y.o", false, true],
  ["a/*.o", "a/b/c.o", false, undefined],
  ["a/**/b", "a/b", false, true],
  ["a/**/b", "a/x/y/b", false, true],
  ["a/**", "a", true, undefined],
  ["a/**", "a/b/c", false, true],
  ["**/b", "b", false, true],
  ["[a-c]x", "bx", false, true],
  ["[!a-c]x", "bx", false, undefined],
  ["[[:digit:]]x", "1x", false, true],
  ["\\#a", "#a", false, true],
  ["\\!a", "!a", false, true],
  ["# a", "# a", false, undefined],
  ["a\\ ", "a ", false, true],
  ["a ", "a", false, true],
  ["*\n!a", "a", false, false],
  ["[", "[", false, undefined],
  ["a\\", "a\\", false, undefined],
])("%j on %s", (text, path, isFolder, expected) => {
  expect(decide(parseGitignore(text), path, isFolder)).toBe(expected);
});

test("it decides as git check-ignore does", () => {
  const part = fc.constantFrom("a", "b", "ab", "*", "?", "**", "[ab]", "[!a]", "a*", "*b", "\\a");
  const pattern = fc
    .tuple(
      fc.constantFrom("", "!"),
      fc.constantFrom("", "/"),
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "/"),
    )
    .map(([not, slash, parts, end]) => not + slash + parts.join("/") + end);
  const path = fc
    .array(fc.constantFrom("a", "b", "ab", "c"), { minLength: 1, maxLength: 3 })
    .map((names) => names.join("/"));
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 4 }),
      fc.array(path, { minLength: 1, maxLength: 6 }),
      (patterns, paths) => {
        writeFileSync(join(root, ".gitignore"), `${patterns.join("\n")}\n`);
        // None of the paths exists: git then takes each for a file, and the folders above it for folders.
        const { stdout } = spawnSync("git", ["check-ignore", "--no-index", "--stdin"], {
          cwd: root,
          input: `${paths.join("\n")}\n`,
          encoding: "utf8",
        });
        const parsed = parseGitignore(patterns.join("\n"));
        const isIgnored = (name: string): boolean => {
          const up = dirname(name);
          const folders = up === "." ? [] : up.split("/").map((_, i, all) => all.slice(0, i + 1));
          return (
            folders.some((f) => decide(parsed, f.join("/"), true) === true) ||
            decide(parsed, name, false) === true
          );
        };
        const expected = new Set(stdout.split("\n"));
        for (const name of paths)
          expect([name, isIgnored(name)]).toEqual([name, expected.has(name)]);
      },
    ),
    { numRuns: 150 },
  );
});

test("a search leaves out what is ignored, a named file is audited", () => {
  const files = {
    ".gitignore": "build/\n*.tmp.Dockerfile\n",
    Dockerfile: "",
    "build/Dockerfile": "",
    "x.tmp.Dockerfile": "",
    "sub/.gitignore": "!y.tmp.Dockerfile\n/Dockerfile\n",
    "sub/Dockerfile": "",
    "sub/y.tmp.Dockerfile": "",
    "sub/deep/Dockerfile": "",
    ".git/info/exclude": "private/\n",
    "private/Dockerfile": "",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const paths = (target: string, isGitignoreRead = true): string[] =>
    findInputs([join(root, target)], { isGitignoreRead }).inputs.map((input) =>
      input.kind === "dockerfile" ? input.path.slice(root.length + 1) : input.kind,
    );
  expect(paths(".")).toEqual(["Dockerfile", "sub/deep/Dockerfile", "sub/y.tmp.Dockerfile"]);
  expect(paths("sub")).toEqual(["sub/deep/Dockerfile", "sub/y.tmp.Dockerfile"]);
  expect(paths("build/Dockerfile")).toEqual(["build/Dockerfile"]);
  expect(paths(".", false).length).toBe(7);
});
