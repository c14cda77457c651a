import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { outcomeOf, TGUARD } from "../support/bundle.ts";

const root = mkdtempSync(join(tmpdir(), "tguard-deploy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, ".git"));
for (let i = 0; i < 6; i++) {
  mkdirSync(join(root, `src/${i}`), { recursive: true });
  writeFileSync(join(root, `src/${i}/Dockerfile`), "FROM debian:12\nUSER root\n");
}
const read = (path: string): string =>
  readFileSync(join(import.meta.dirname, "../..", path), "utf8");

function shell(script: string, env: Readonly<Record<string, string>>): number | null {
  const path = `${dirname(TGUARD)}:${process.env["PATH"]}`;
  const done = spawnSync("bash", ["-c", script], {
    cwd: root,
    env: { ...process.env, ...env, PATH: path },
    encoding: "utf8",
  });
  expect(done.stderr).not.toMatch(/internal error/);
  return done.status;
}

test("the indexed job's pods audit all of it, and their reports merge", () => {
  const job = parse(read("deploy/kubernetes-audit-job.yaml"));
  const [container] = job.spec.template.spec.containers;
  expect(Number(container.env[0].value)).toBe(job.spec.completions);
  for (let index = 0; index < job.spec.completions; index++) {
    const env = { JOB_COMPLETION_INDEX: String(index), SHARDS: "4", SOURCES: "src", REPORTS: "." };
    expect(shell(container.args[0], env)).toBe(0);
  }
  const shards = [0, 1, 2, 3].map((i) => `shard-${i}.sarif`);
  const merged = outcomeOf(TGUARD, ["merge", ...shards], { cwd: root });
  const whole = outcomeOf(TGUARD, ["audit", "src", "--format", "sarif"], { cwd: root });
  expect(merged.status).toBe(1);
  expect(JSON.parse(merged.stdout)).toEqual(JSON.parse(whole.stdout));
});

test("the action's step writes annotations and the report, and keeps the status for the last step", () => {
  const action = parse(read("action.yml"));
  const step = action.runs.steps.find(({ id }: { id?: string }) => id === "audit");
  const output = join(root, "output");
  const env = {
    ...{ TARGETS: "src src/0", PROFILE: "recommended", FAIL_ON: "error", ARGS: "--only DF1003" },
    ...{ SARIF: "t.sarif", TGUARD, GITHUB_OUTPUT: output },
  };
  expect(shell(step.run, env)).toBe(0);
  expect(readFileSync(output, "utf8")).toBe("status=1\n");
  const sarif = JSON.parse(readFileSync(join(root, "t.sarif"), "utf8"));
  expect(sarif.runs[0].results.length).toBe(6);
});

test("GitLab's job writes the reports that it names", () => {
  const job = parse(read("deploy/gitlab-ci.yml"))["tguard-audit"];
  const env = { TGUARD, TGUARD_TARGETS: "src", TGUARD_FAIL_ON: "none" };
  expect(shell(job.script.join("\n"), env)).toBe(0);
  for (const file of Object.values<string>(job.artifacts.reports))
    expect(readFileSync(join(root, file), "utf8").length).toBeGreaterThan(100);
});
