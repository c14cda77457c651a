import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { lineStarts, positionAt } from "../../../src/base/text.ts";
import { dump } from "./dump.ts";

const fixtures = new URL("../../../fixtures/dockerfile-parser/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, fixtures), "utf8");

describe("BuildKit's parser cases", () => {
  test.each(readdirSync(new URL("testfiles", fixtures)))("%s", (name) => {
    const dockerfile = parseDockerfile(read(`testfiles/${name}/Dockerfile`));
    expect(dump(dockerfile).trim()).toBe(read(`testfiles/${name}/result`).trim());
    expect(dockerfile.problems.filter(({ kind }) => kind === "syntax")).toEqual([]);
  });

  test.each([
    ["empty_dockerfile", "file with no instructions"],
    ["only_comments", "file with no instructions"],
    ["env_no_value", "ENV must have two arguments"],
    [
      "shykes-nested-json",
      "when using JSON array syntax, arrays must be comprised of strings only",
    ],
  ])("%s is refused", (name, message) => {
    const { problems } = parseDockerfile(read(`testfiles-negative/${name}/Dockerfile`));
    const syntax = problems.filter(({ kind }) => kind === "syntax");
    expect(syntax.map((problem) => problem.message)).toEqual([message]);
  });

  // parser_test.go, TestParseLineInformation.
  test("lines of instructions", () => {
    const dockerfile = parseDockerfile(read("testfile-line/Dockerfile"));
    const starts = lineStarts(dockerfile.text);
    expect(
      dockerfile.instructions.map(({ span }) => [
        positionAt(starts, span.start).line,
        positionAt(starts, span.end).line,
      ]),
    ).toEqual([
      [5, 5],
      [11, 12],
      [17, 31],
    ]);
  });
});
