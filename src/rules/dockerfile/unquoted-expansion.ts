import {
  isInPlace,
  partOf,
  type ShellRun,
  shellRuns,
  writtenArguments,
} from "../../audit/dockerfile/helpers-shell.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { lookupVariable } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { type Expansion, unquotedExpansions } from "../../audit/shell/expansion.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1357",
    name: "unquoted-expansion",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "An expansion outside of quotes is split and globbed",
    why: "Blanks in the value make several words of it, `*` the names of files: `rm -rf $DIR/x` deletes something else when the value is not what was thought of.",
    howToFix:
      'Quote it: `"$DIR/x"`, `"$(cmd)"`. Where several words are meant, name the finding in a comment.',
    bad: "FROM debian:12\nRUN dir=$(mktemp -d) && tar -xf /a.tar -C $dir\n",
    good: 'FROM debian:12\nRUN dir=$(mktemp -d) && tar -xf /a.tar -C "$dir"\n',
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:SC2086", "hadolint:SC2046", "shellcheck:SC2086", "shellcheck:SC2046"],
    cwe: ["CWE-78"],
    references: [
      "https://www.shellcheck.net/wiki/SC2086",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_05",
    ],
  },

  check(dockerfile, report) {
    for (const shellRun of shellRuns(dockerfile))
      for (const command of shellRun.script.commands) {
        // What a wrapper runs has the same words.
        if (command.runBy !== undefined) continue;
        for (const word of writtenArguments(command)) {
          if (isAssignment(command, word)) continue;
          const found = unquotedExpansions(word).find((each) =>
            isSplit(dockerfile, each, shellRun),
          );
          if (found === undefined) continue;
          const canQuote =
            command.context.nesting === 0 &&
            isInPlace(dockerfile, word) &&
            !/["'\\*?[\]{}~`]/.test(word.raw.replaceAll(/\$\{\w+\}/g, ""));
          report(
            partOf(dockerfile, word, found.start, found.end),
            `"${shorten(found.text)}" is split at blanks and globbed`,
            canQuote
              ? {
                  fix: {
                    title: "quote it",
                    safe: false,
                    edits: [{ span: word.span, text: `"${word.raw}"` }],
                  },
                }
              : undefined,
          );
        }
      }
  },
});

/** `export A=$b`: no splitting right of `=`, but in dash, where values with blanks are rare. */
const isAssignment = ({ name = "" }: SimpleCommand, { raw }: ShellWord): boolean =>
  ["export", "local", "readonly", "declare", "typeset"].includes(name) &&
  /^[A-Za-z_]\w*\+?=/.test(raw);

// They print one word.
const ONE_WORD =
  /^(?:\$\(|`)\s?(?:nproc(?: --all)?|uname -[a-z]|arch|id -[ug]n?|dpkg --print-architecture|apk --print-arch|rpm -E ["']?%\{?\w+\}?["']?|date \+%\w|getconf \w+|mktemp(?: -d)?|pwd|hostname|whoami|lsb_release -[a-z]+)\s?(?:\)|`)$/;

/** `${x:+…}` with a quoted text, lengths and numbers are one word. */
function isSplit(
  dockerfile: Dockerfile,
  { text, kind }: Expansion,
  { run, script }: ShellRun,
): boolean {
  if (kind === "command") return !ONE_WORD.test(text);
  const [, name] = /^\$\{?(\w+)\}?$/.exec(text) ?? [];
  if (name === undefined) {
    const [, other = ""] = /^\$\{(\w+)/.exec(text) ?? [];
    return !/^\$\{\w+:?\+/.test(text) && !isDeclared(dockerfile, run, other);
  }
  const values = script.assignments.filter((each) => each.name === name);
  // What ARG and ENV declare is set by the file or by who builds: they know of blanks.
  if (values.length === 0) return !isDeclared(dockerfile, run, name);
  return values.some(({ value }) => value?.value === undefined || /[\s*?[]/.test(value.value));
}

const isDeclared = (dockerfile: Dockerfile, run: RunInstruction, name: string): boolean =>
  lookupVariable(dockerfile, run, name) !== undefined;

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

export default rule;
