import { partOf, type ShellRun, shellRuns } from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { lookupVariable } from "../../audit/dockerfile/query.ts";
import { defineRule, type Report, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1363",
    name: "unassigned-variable",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A variable is used that nothing assigns",
    why: 'The shell puts nothing in its place and goes on: `rm -rf "$dir/lib"` becomes `rm -rf /lib`. Often it is a typing error, or a variable of another RUN, which is another shell.',
    howToFix:
      "Assign it in the same `RUN`, by `ARG` or `ENV`; `set -u` makes the shell stop instead.",
    bad: 'FROM debian:12\nRUN version=1.2 && curl -fO "https://example.com/app-$verson.tar.gz"\n',
    good: 'FROM debian:12\nRUN version=1.2 && curl -fO "https://example.com/app-$version.tar.gz"\n',
    since: "0.1.0",
    aliases: ["hadolint:SC2154", "shellcheck:SC2154"],
    cwe: ["CWE-457"],
    references: ["https://www.shellcheck.net/wiki/SC2154"],
  },

  check(dockerfile, report) {
    for (const shellRun of shellRuns(dockerfile)) reportUnassigned(dockerfile, shellRun, report);
  },
});

function reportUnassigned(dockerfile: Dockerfile, { run, script }: ShellRun, report: Report): void {
  if (script.state !== "parsed" || bringsUnknown(script)) return;
  const assigned = assignedNames(script);
  const seen = new Set<string>();
  for (const word of wordsOf(script))
    for (const name of word.variables) {
      if (!/^[a-z][a-z0-9_]*$/.test(name) || assigned.has(name) || seen.has(name)) continue;
      if (seen.size >= MAX_NAMES) return;
      seen.add(name);
      if (PROXIES.has(name) || lookupVariable(dockerfile, run, name) !== undefined) continue;
      const at = useOf(word, name);
      if (at !== undefined)
        report(partOf(dockerfile, word, at.start, at.end), `nothing assigns "${name}"`);
    }
}

// More in one script is no typing error.
const MAX_NAMES = 50;

const PROXIES: ReadonlySet<string> = new Set(
  "http_proxy https_proxy ftp_proxy no_proxy all_proxy".split(" "),
);

/** What sets variables by other ways than an assignment. */
const bringsUnknown = ({ commands }: Script): boolean =>
  commands.some(
    ({ name, args }) =>
      name === undefined ||
      [".", "source", "eval", "mapfile", "readarray", "getopts"].includes(name) ||
      (name === "printf" && args[0]?.text === "-v"),
  );

function assignedNames({ assignments, commands }: Script): ReadonlySet<string> {
  const names = new Set(assignments.map(({ name }) => name));
  for (const { name, args, assignments: own } of commands) {
    for (const assignment of own) names.add(assignment.name);
    if (name === "read" || name === "unset") for (const { text } of args) names.add(text);
    // `export x`, `local x`: told, though without a value.
    if (name === "export" || name === "local" || name === "declare" || name === "readonly")
      for (const { text } of args) names.add(text.replace(/\+?=.*$/s, ""));
  }
  return names;
}

function wordsOf({ commands, assignments }: Script): ShellWord[] {
  const words = commands.flatMap((command: SimpleCommand) =>
    command.runBy !== undefined
      ? []
      : [
          ...command.words,
          ...command.assignments.flatMap(({ value }) => value ?? []),
          ...command.redirects.flatMap(({ target }) => target ?? []),
        ],
  );
  return [...words, ...assignments.flatMap(({ value }) => value ?? [])];
}

/** Where the word uses the variable plainly; `undefined` when it only asks whether it is set: `${x:-y}`, `${x+y}`. */
function useOf({ raw }: ShellWord, name: string): { start: number; end: number } | undefined {
  for (let at = raw.indexOf(name); at !== -1; at = raw.indexOf(name, at + 1)) {
    const isBraced = raw.startsWith("${", at - 2);
    const end = at + name.length;
    if (isBraced && !/^:?[-+=?]/.test(raw.slice(end, end + 2)) && !/\w/.test(raw.charAt(end)))
      return { start: at - 2, end: raw.indexOf("}", end) + 1 || raw.length };
    if (
      !isBraced &&
      raw.charAt(at - 1) === "$" &&
      raw.charAt(at - 2) !== "\\" &&
      !/\w/.test(raw.charAt(end))
    )
      return { start: at - 1, end };
  }
  return undefined;
}

export default rule;
