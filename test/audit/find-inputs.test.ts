import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findInputs, type Input, isDockerfileName } from "../../src/audit/find-inputs.ts";
import { formatError } from "../../src/base/error.ts";

let root = "";
const at = (...parts: string[]): string => join(root, ...parts);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-find-"));
  const files = [
    "tree/Dockerfile",
    "tree/Dockerfile.dockerignore",
    "tree/README.md",
    "tree/a/app.Dockerfile",
    "tree/a/Containerfile.dev",
    "tree/a/b/Dockerfile",
    "tree/a/plain",
    "tree/node_modules/x/Dockerfile",
    "tree/.git/Dockerfile",
    "outside",
    "empty/README.md",
    "both/Dockerfile",
  ];
  for (const file of files) {
    mkdirSync(join(at(file), ".."), { recursive: true });
    writeFileSync(at(file), "FROM a\n");
  }
  mkdirSync(at("tree/Dockerfile.d"));
  mkdirSync(at("layout"));
  writeFileSync(at("layout/oci-layout"), "{}");
  mkdirSync(at("bundle"));
  writeFileSync(at("bundle/config.json"), '{"ociVersion":"1.2.0"}');
  writeFileSync(at("both/config.json"), '{"name":"no bundle"}');
  symlinkSync("..", at("tree/a/loop"));
  symlinkSync("plain", at("tree/a/Dockerfile.link"));
  symlinkSync("b/Dockerfile", at("tree/a/Dockerfile.again"));
  symlinkSync("../../outside", at("tree/a/Dockerfile.out"));
  symlinkSync("nowhere", at("tree/a/Dockerfile.dangling"));
  symlinkSync("Dockerfile.self", at("tree/a/Dockerfile.self"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function label(input: Input): string {
  switch (input.kind) {
    case "dockerfile":
      return input.path + (input.isNamed ? "!" : "");
    case "compose":
      return `compose ${input.path}${input.isNamed ? "!" : ""}`;
    case "bundle":
      return `bundle ${input.path}`;
    case "image":
      return input.spec;
    case "stdin":
      return "-";
  }
}

/** Paths or kinds of what is found, below the test's folder. */
function find(...targets: string[]): { found: string[]; errors: string[] } {
  const { inputs, errors } = findInputs(targets);
  const short = (text: string): string => text.replaceAll(`${root}/`, "");
  return {
    found: inputs.map((input) => short(label(input))),
    errors: errors.map((error) => short(formatError(error))),
  };
}

test("a folder: Dockerfiles by name, in path order; no ignored folder, no loop, no link out of it, none twice", () => {
  expect(find(at("tree"))).toEqual({
    found: [
      "tree/Dockerfile",
      "tree/a/Containerfile.dev",
      "tree/a/Dockerfile.link",
      "tree/a/app.Dockerfile",
      "tree/a/b/Dockerfile",
    ],
    errors: [],
  });
});

test("targets stay in their order, and one that is named twice is audited once", () => {
  expect(
    find("-", at("tree/a/plain"), "oci:x:y", at("tree/a/b"), at("tree/a/b/Dockerfile"), "-").found,
  ).toEqual(["-", "tree/a/plain!", "oci:x:y", "tree/a/b/Dockerfile"]);
});

test("a folder or its config.json with ociVersion is a bundle, another config.json is not", () => {
  expect(find(at("bundle")).found).toEqual(["bundle bundle"]);
  expect(find(at("bundle/config.json")).found).toEqual(["bundle bundle"]);
  expect(find(at("both")).found).toEqual(["both/Dockerfile"]);
});

test("what cannot be audited is told, and the rest is found", () => {
  const { found, errors } = find(
    at("absent"),
    at("empty"),
    at("layout"),
    "",
    at("tree/Dockerfile"),
  );
  expect(found).toEqual(["tree/Dockerfile!"]);
  expect(errors).toEqual([
    expect.stringContaining('cannot read "absent"\n  why   there is no such file or folder'),
    expect.stringContaining('nothing to audit in "empty"'),
    expect.stringContaining("try   it is an OCI image layout: tguard audit oci:layout"),
    expect.stringContaining("a target is empty"),
  ]);
});

test("a named link is followed wherever it leads", () => {
  expect(find(at("tree/a/Dockerfile.out")).found).toEqual(["tree/a/Dockerfile.out!"]);
});

test("a folder below that cannot be read is told, and the rest is found", ({ skip }) => {
  skip(process.getuid?.() === 0, "root can read every folder");
  mkdirSync(at("partly/closed"), { recursive: true });
  writeFileSync(at("partly/Dockerfile"), "FROM a\n");
  chmodSync(at("partly/closed"), 0);
  expect(find(at("partly"))).toEqual({
    found: ["partly/Dockerfile"],
    errors: [expect.stringContaining('cannot read "partly/closed"\n  why   permission denied')],
  });
});

test("a tree that is too deep ends with an error", () => {
  mkdirSync(at("deep", ...Array(70).fill("d")), { recursive: true });
  expect(find(at("deep")).errors).toEqual([expect.stringContaining("nested more than 64 deep")]);
});

test.each([
  ["Dockerfile", true],
  ["Dockerfile.prod", true],
  ["prod.Dockerfile", true],
  ["prod.dockerfile", true],
  ["Containerfile", true],
  ["Containerfile.x.y", true],
  ["Dockerfile.dockerignore", false],
  ["x.Dockerfile.dockerignore", false],
  ["dockerfile", false],
  [".dockerfile", false],
  ["Dockerfile.", false],
  ["MyDockerfile", false],
  ["docker-compose.yml", false],
])("%s: %s", (name, expected) => {
  expect(isDockerfileName(name)).toBe(expected);
});
