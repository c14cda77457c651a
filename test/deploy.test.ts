import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { isDockerfileName } from "../src/audit/find-inputs.ts";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test.each([
  "action.yml",
  ".pre-commit-hooks.yaml",
  "deploy/gitlab-ci.yml",
  "deploy/github-matrix.yml",
  "deploy/kubernetes-audit-job.yaml",
  "deploy/runtimeclass.yaml",
])("%s is YAML without mistakes", (path) => {
  for (const document of parseAllDocuments(read(path))) {
    if (!("errors" in document)) throw new Error(`${path} is empty`);
    expect([...document.errors, ...document.warnings]).toEqual([]);
  }
});

test("the action's script takes its inputs from the environment alone", () => {
  const { runs } = parse(read("action.yml")) as {
    runs: { steps: { run?: string }[] };
  };
  for (const { run = "" } of runs.steps) expect(run).not.toContain("${{");
});

test("pre-commit gives tguard the files that it would find itself", () => {
  const hooks = parse(read(".pre-commit-hooks.yaml")) as {
    files: string;
    exclude: string;
  }[];
  const names = [
    "Dockerfile",
    "Dockerfile.dev",
    "Containerfile",
    "a.Dockerfile",
    "a.dockerfile",
    "Dockerfile.dockerignore",
    "Dockerfilex",
    "xDockerfile",
    "README.md",
  ];
  for (const { files, exclude } of hooks) {
    for (const name of names) {
      const isGiven = new RegExp(files).test(`x/${name}`) && !new RegExp(exclude).test(name);
      expect([name, isGiven]).toEqual([name, isDockerfileName(name)]);
    }
  }
});
