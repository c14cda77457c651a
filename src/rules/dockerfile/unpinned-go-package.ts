import { copiedBefore } from "../../audit/dockerfile/helpers-copied.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsOf, flagValue, operands, scriptOf, subcommand } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1132",
    name: "unpinned-go-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "`go install`, `go get` or `go run` takes a package of any version",
    why: "The build takes whatever was tagged last. It may break without a change, and a version that somebody else took over is compiled and run.",
    howToFix: "Name a version or a commit: `go install golang.org/x/tools/cmd/stringer@v0.35.0`.",
    bad: "FROM golang:1.24\nRUN go install golang.org/x/tools/cmd/stringer@latest\n",
    good: "FROM golang:1.24\nRUN go install golang.org/x/tools/cmd/stringer@v0.35.0\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3062", "droast:DF054"],
    cwe: ["CWE-1357"],
    references: ["https://go.dev/ref/mod#go-install", "https://go.dev/ref/mod#version-queries"],
  },

  check(dockerfile, report) {
    const isCopied = copiedBefore(dockerfile, (source) => SOURCES.test(source));
    for (const run of instructionsOf(dockerfile, "run")) {
      for (const command of commandsOf(scriptOf(dockerfile, run), "go")) {
        for (const word of packagesOf(command)) {
          const text = word.value;
          if (text === undefined || !isRemote(text) || mayHideFlags(command)) continue;
          const version = /@(.*)$/.exec(text)?.[1];
          if (version === undefined) {
            if (hasModule(run, command, isCopied(run))) continue;
            report(word.span, `"${text}" has no version`);
          } else if (version === "latest" || version === "none")
            report(word.span, `"${text}" names no version`);
        }
      }
    }
  },
});

/** Words that name packages: of `go run` only the first, what follows is for the program. */
function packagesOf(command: SimpleCommand): readonly ShellWord[] {
  switch (subcommand(command)) {
    case "install":
    case "get":
      return operands(command);
    case "run":
      return operands(command).slice(0, 1);
    default:
      return [];
  }
}

/** False for paths, files, and names whose first part is no host: those of the own module, and the standard library. */
function isRemote(text: string): boolean {
  if (/^[./]/.test(text) || /\.go$/.test(text)) return false;
  const [host = ""] = text.split("/");
  return host.includes(".");
}

/** True when sources are there, by which a package without version is of the own module or one that go.mod names. */
function hasModule(run: RunInstruction, command: SimpleCommand, areCopied: boolean): boolean {
  if (flagValue(command, "-mod") !== undefined || subcommand(command) === "run") return true;
  if (subcommand(command) === "get") return false;
  return areCopied || run.mounts.some(({ type, from }) => type === "bind" && from === undefined);
}

/** The whole context, or go.mod: `go.*` too. */
const SOURCES = /^\.?\/?\*?$|(?:^|\/)go\.(?:mod\*?|\*)$/;

export default rule;
