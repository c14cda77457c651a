import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../../src/audit/engine.ts";
import { indexRules } from "../../../src/audit/rule-index.ts";
import { checkShell } from "../../../src/audit/shellcheck/check.ts";
import { withShellCheck } from "../../../src/audit/shellcheck/rules.ts";
import { checkableScripts, placer } from "../../../src/audit/shellcheck/scripts.ts";
import { suppress } from "../../../src/audit/suppress.ts";
import { rules } from "../../../src/rules/index.generated.ts";

const isInstalled = spawnSync("shellcheck", ["--version"]).status === 0;
const index = withShellCheck(indexRules(rules));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tguard-test-shellcheck-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(text: string, program = "shellcheck") {
  const model = parseDockerfile(text);
  const own = runRules("dockerfile", model, rules);
  const request = { program, index, rules, isSelected: () => true, overrides: new Map() };
  const result = await checkShell(model, own, request);
  return { model, own, ...result };
}

/** `SC2086 4:9 $A` for each finding of ShellCheck that no comment takes back. */
async function told(text: string): Promise<string[]> {
  const { model, run } = await check(text);
  return suppress(model, run.findings, index)
    .findings.filter((f) => f.ruleId.startsWith("SC") && f.suppression === undefined)
    .map(({ ruleId, span }) => {
      const lines = text.slice(0, span.start).split("\n");
      return `${ruleId} ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1} ${text.slice(span.start, span.end)}`;
    });
}

/** A program that stands in for ShellCheck. */
function fake(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.skipIf(!isInstalled)("the installed ShellCheck", () => {
  test.each<[string, string, string[]]>([
    ["a plain place", "FROM a\nRUN echo $A\n", ["SC2086 2:10 $A"]],
    [
      "behind continuation lines and comments",
      "FROM a\nRUN true && \\\n  # why\n\n\techo $A\n",
      ["SC2086 5:7 $A"],
    ],
    ["behind text of two code units", 'FROM a\nRUN echo "😀ä" $A\n', ["SC2086 2:16 $A"]],
    ["with CRLF", "FROM a\r\nRUN true && \\\r\n  echo $A\r\n", ["SC2086 3:8 $A"]],
    ["a heredoc", "FROM a\nRUN <<E\ntrue\necho $A\nE\n", ["SC2086 4:6 $A"]],
    ["a heredoc without its tabs", "FROM a\nRUN <<-E\n\ttrue\n\t\techo $A\nE\n", ["SC2086 4:8 $A"]],
    ["ONBUILD", "FROM a\nONBUILD RUN echo $A\n", ["SC2086 2:18 $A"]],
    ["what ENV sets", 'FROM a\nENV a=b\nRUN echo "$a" "$c"\n', ["SC2154 3:16 $c"]],
    ["what ARG sets", 'FROM a\nARG a\nRUN echo "${a}"\n', []],
    [
      "what ENV sets must be quoted all the same",
      "FROM a\nENV a=b\nRUN echo $a\n",
      ["SC2086 3:10 $a"],
    ],
    ["sh has no [[", "FROM a\nRUN [[ -n $A ]]\n", ["SC3010 2:5 [[ -n $A ]]"]],
    ["bash has", 'FROM a\nSHELL ["/bin/bash", "-c"]\nRUN [[ -n $A ]]\n', []],
    ["a line of its own names the shell", "FROM a\nRUN <<E\n#!/bin/bash\n[[ -n $A ]]\nE\n", []],
    ["other shells are not read", 'FROM a\nSHELL ["pwsh", "-c"]\nRUN echo $A\n', []],
    ["exec form is not read", 'FROM a\nRUN ["sh", "-c", "echo $A"]\n', []],
    ["hadolint's comment", "FROM a\n# hadolint ignore=SC2086\nRUN echo $A\n", []],
    ["our comment", "FROM a\n# tguard ignore=SC2086\nRUN echo $A\n", []],
    ["ShellCheck's comment above", "FROM a\n# shellcheck disable=SC2086\nRUN echo $A\n", []],
    [
      "ShellCheck's comment between lines",
      "FROM a\nRUN echo $B; \\\n  # shellcheck disable=SC2086\n  echo $A\n",
      ["SC2086 2:10 $B"],
    ],
    ["ShellCheck's comment for all", "FROM a\n# shellcheck disable=all\nRUN echo $A\n", []],
    [
      "ShellCheck's comment in a heredoc",
      "FROM a\nRUN <<E\n# shellcheck disable=2086\necho $A\nE\n",
      [],
    ],
    ["another code goes on", "FROM a\n# hadolint ignore=SC2046\nRUN echo $A\n", ["SC2086 3:10 $A"]],
  ])("%s", async (_, text, expected) => {
    expect(await told(text)).toEqual(expected);
  });

  test("our rule about the same steps back, in checked scripts alone", async () => {
    const text = 'FROM a\nRUN echo ${A}/b\nSHELL ["/bin/zsh", "-c"]\nRUN echo $(x)/c\n';
    const { own, run } = await check(text);
    const places = (list: typeof own.findings) =>
      list.filter((f) => f.ruleId === "DF1357").map((f) => text.slice(f.span.start, f.span.end));
    expect(places(own.findings)).toEqual(["${A}", "$(x)"]);
    expect(places(run.findings)).toEqual(["$(x)"]);
  });

  test("severities and rules of the findings", async () => {
    const { run, rules: found } = await check("FROM a\nRUN if; echo $A\nRUN echo $A $(b)\n");
    const severities = new Map(run.findings.map((f) => [f.ruleId, f.severity]));
    expect(severities.get("SC2086")).toBe("low");
    expect(severities.get("SC2046")).toBe("medium");
    expect(found.map(({ meta }) => meta.id)).toContain("SC2086");
    expect([...severities].some(([id, s]) => /^SC1/.test(id) && s === "high")).toBe(true);
  });
});

test("without the program all is as it was", async () => {
  const { own, run, isPresent } = await check(
    "FROM a\nRUN echo $A\n",
    join(folder, "no-such-program"),
  );
  expect(isPresent).toBe(false);
  expect(run).toBe(own);
});

test.each<[string, string, string]>([
  ["fails", "echo broken >&2; exit 3", "ShellCheck failed"],
  ["is killed", "kill -9 $$", "ShellCheck failed"],
  ["writes no JSON", "echo '<xml/>'", "ShellCheck did not write JSON"],
])("a program that %s is told", async (name, script, message) => {
  const program = fake(name.replaceAll(" ", "-"), script);
  await expect(check("FROM a\nRUN echo $A\n", program)).rejects.toThrow(message);
});

test("one process reads the scripts of a dialect", async () => {
  const log = join(folder, "calls");
  const program = fake("counting", `echo "$@" >> ${log}; echo '{"comments":[]}'`);
  const steps = "RUN echo $A\n".repeat(5);
  await check(`FROM a\n${steps}SHELL ["/bin/bash", "-c"]\n${steps}`, program);
  const calls = spawnSync("sort", [log], { encoding: "utf8" }).stdout.trim().split("\n");
  expect(calls.map((call) => call.replace(/--(?:norc|format=\S+|exclude=\S+) /g, ""))).toEqual([
    "--shell=bash 5 6 7 8 9",
    "--shell=sh 0 1 2 3 4",
  ]);
});

test("more scripts than are checked are told", async () => {
  const program = fake("silent", `echo '{"comments":[]}'`);
  expect((await check(`FROM a\n${"RUN a\n".repeat(1000)}`, program)).isCut).toBe(false);
  expect((await check(`FROM a\n${"RUN a\n".repeat(1001)}`, program)).isCut).toBe(true);
});

test("places outside of a script are none, places behind its end are its end", () => {
  const [script] = checkableScripts(parseDockerfile("FROM a\nRUN x\n"));
  if (script === undefined) throw new Error("no script");
  const place = placer(script);
  expect(place({ line: 1, column: 1 }, { line: 1, column: 2 })).toBeUndefined();
  expect(place({ line: 99, column: 1 }, { line: 99, column: 2 })).toBeUndefined();
  expect(place({ line: 2, column: 1 }, { line: 2, column: 99 })).toEqual({ start: 11, end: 12 });
});

test.each(["SC2086", "sc9999", "shellcheck:SC1000", "hadolint:SC2046"])("%s is a rule", (word) => {
  expect(index.find(word).map(({ meta }) => meta.id)).toContain(
    word.toUpperCase().replace(/^.*:/, ""),
  );
});
