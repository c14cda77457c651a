import { describe, expect, test } from "vitest";
import type {
  Dockerfile,
  Instruction,
  RunInstruction,
} from "../../../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import {
  effectiveHealthcheck,
  effectiveShell,
  effectiveUser,
  effectiveWorkdir,
  environmentOf,
  expandFrom,
  externalBase,
  finalChain,
  globalArgNames,
  instructionsOf,
  isCacheMounted,
  isInFinalChain,
  isWindows,
  lookupVariable,
  reachableStages,
  stageChain,
  stageDependencies,
  stageInstructions,
  unwrapped,
} from "../../../src/audit/dockerfile/query.ts";

const file = parseDockerfile(`ARG VERSION=1
ARG UNUSED
FROM debian:12 AS base
ENV A=1 B=$A
USER app
WORKDIR /srv
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
FROM Base AS build
RUN one
WORKDIR sub
ARG VERSION
ENV A=2
USER root
RUN two
FROM scratch AS data
COPY x /x
FROM base
ONBUILD USER nobody
ONBUILD COPY --from=data /x /y
HEALTHCHECK NONE
RUN --mount=type=bind,from=build,target=/b three
`);

const stage = (dockerfile: Dockerfile, index: number) => {
  const found = dockerfile.stages[index];
  if (found === undefined) throw new Error(`no stage ${index}`);
  return found;
};

function runNamed(name: string): RunInstruction {
  const found = instructionsOf(file, "run").find(({ rest }) => rest.raw === name);
  if (found === undefined) throw new Error(`no RUN ${name}`);
  return found;
}

describe("stages", () => {
  test("chains", () => {
    expect(stageChain(file, stage(file, 1)).map(({ index }) => index)).toEqual([1, 0]);
    expect(finalChain(file).map(({ index }) => index)).toEqual([3, 0]);
    expect(externalBase(file, stage(file, 3)).reference).toBe("debian:12");
    expect(finalChain(parseDockerfile("ARG A"))).toEqual([]);
  });

  test("dependencies and what the final stage reaches", () => {
    expect(stageDependencies(stage(file, 3))).toEqual([0, 2, 1]);
    expect([...reachableStages(file)].sort()).toEqual([0, 1, 2, 3]);
    expect([...reachableStages(file, stage(file, 1))].sort()).toEqual([0, 1]);
  });

  test("a circle of stages ends", () => {
    const circle = parseDockerfile(
      "FROM x AS a\nCOPY --from=b 1 2\nFROM x AS b\nCOPY --from=a 1 2\n",
    );
    expect([...reachableStages(circle)].sort()).toEqual([0, 1]);
  });

  test("instructions in the final chain", () => {
    expect([
      isInFinalChain(file, runNamed("two")),
      isInFinalChain(file, runNamed("three")),
    ]).toEqual([false, true]);
  });
});

describe("instructions", () => {
  test("ONBUILD is replaced by its trigger", () => {
    expect(instructionsOf(file, "user").map(({ isTrigger }) => isTrigger)).toEqual([
      false,
      false,
      true,
    ]);
    expect(unwrapped(file)).toHaveLength(file.instructions.length);
    expect(instructionsOf(file, "copy", "run").map(({ kind }) => kind)).toEqual([
      "run",
      "run",
      "copy",
      "copy",
      "run",
    ]);
  });

  test("of one stage, triggers left out", () => {
    expect(stageInstructions(stage(file, 3), "user", "run")).toHaveLength(1);
  });
});

describe("what is in force", () => {
  test("USER", () => {
    expect(effectiveUser(file, runNamed("one"))?.user).toBe("app");
    expect(effectiveUser(file, runNamed("two"))?.user).toBe("root");
    expect(effectiveUser(file, stage(file, 3))?.user).toBe("app");
    expect(effectiveUser(file, stage(file, 2))).toBeUndefined();
  });

  test("WORKDIR adds up along the chain", () => {
    expect(effectiveWorkdir(file, runNamed("one")).path).toBe("/srv");
    expect(effectiveWorkdir(file, runNamed("two")).path).toBe("/srv/sub");
    expect(effectiveWorkdir(file, stage(file, 2))).toEqual({ instruction: undefined, path: "/" });
    expect(effectiveWorkdir(file, stage(file, 0)).instruction?.path.value).toBe("/srv");
  });

  test("SHELL and HEALTHCHECK", () => {
    expect(effectiveShell(file, runNamed("three"))?.argv[0]?.value).toBe("/bin/bash");
    expect(effectiveShell(file, stage(file, 2))).toBeUndefined();
    expect(effectiveHealthcheck(file, stage(file, 3))?.mode).toBe("none");
    expect(effectiveHealthcheck(file, runNamed("one"))).toBeUndefined();
  });

  test("ENV", () => {
    const values = (index: number) =>
      [...environmentOf(file, stage(file, index))].map(([name, word]) => [name, word.value]);
    expect(values(1)).toEqual([
      ["A", "2"],
      ["B", undefined],
    ]);
    expect(values(3)).toEqual([
      ["A", "1"],
      ["B", undefined],
    ]);
  });

  test("variables, by place", () => {
    const find = (at: Instruction, name: string) => {
      const found = lookupVariable(file, at, name);
      return found && [found.kind, found.value];
    };
    expect(find(runNamed("one"), "A")).toEqual(["env", "1"]);
    expect(find(runNamed("two"), "A")).toEqual(["env", "2"]);
    expect(find(runNamed("one"), "VERSION")).toBeUndefined();
    expect(find(runNamed("two"), "VERSION")).toEqual(["global-arg", "1"]);
    expect(find(runNamed("three"), "VERSION")).toBeUndefined();
    expect(find(stage(file, 0).from, "VERSION")).toEqual(["global-arg", "1"]);
    expect(find(stage(file, 0).from, "TARGETARCH")).toEqual(["predefined", undefined]);
    expect(globalArgNames(file)).toEqual(["VERSION", "UNUSED"]);
  });
});

test.each([
  ["ARG V\nFROM a:$V", "a:"],
  ["FROM a$V", "a"],
  ["ARG V=3\nFROM a:${V}-${W:-slim}", "a:3-slim"],
  ["FROM a-$TARGETARCH", undefined],
])("what FROM gives without build arguments: %j", (source, expected) => {
  const dockerfile = parseDockerfile(source);
  expect(expandFrom(dockerfile, stage(dockerfile, 0).base.word)).toBe(expected);
});

test.each([
  ["FROM a", false],
  ["FROM mcr.microsoft.com/windows/servercore:ltsc2022", true],
  ["FROM mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809", true],
  ["FROM mcr.microsoft.com/dotnet/sdk:8.0", false],
  ["# escape=`\nFROM a", true],
  ["# escape=`\nFROM --platform=linux/amd64 a", false],
  ["FROM --platform=windows/amd64 golang", true],
])("Windows: %j", (source, expected) => {
  const dockerfile = parseDockerfile(source);
  expect(isWindows(dockerfile, stage(dockerfile, 0))).toBe(expected);
});

test.each([
  ["type=cache,target=/var/cache/apt", "/var/cache/apt", true],
  ["type=cache,dst=/var/cache/apt/", "/var/cache/apt", true],
  ["type=cache,destination=/var", "/var/cache/apt", true],
  ["type=tmpfs,target=/var/lib/apt/lists", "/var/lib/apt/lists", true],
  ["type=bind,target=/var/cache/apt", "/var/cache/apt", false],
  ["type=cache,target=/var/cache/ap", "/var/cache/apt", false],
  ["type=cache,target=/var/cache/apt/archives", "/var/cache/apt", false],
  ["type=cache,target=/root/.cache/pip", ".cache/pip", true],
  ["type=cache,target=/root/.cache", ".cache/pip", false],
  ["type=cache,target=cache", "/work/cache", true],
  ["type=cache,target=$X", "/x", true],
])("cache mount %s over %s: %s", (mount, directory, expected) => {
  const dockerfile = parseDockerfile(`FROM a\nWORKDIR /work\nRUN --mount=${mount} x\n`);
  const [run] = instructionsOf(dockerfile, "run");
  expect(run === undefined ? undefined : isCacheMounted(dockerfile, run, directory)).toBe(expected);
});
