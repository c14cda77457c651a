import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter, mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsNamed, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1018",
    name: "apk-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`apk` leaves its package index in the layer",
    why: "The index is of no use in the image, makes it larger, and is old with the next day: a later `apk add` that takes it installs versions that the repository no longer has.",
    howToFix:
      "Say `apk add --no-cache`, which fetches the index anew and keeps nothing. With a cache mount on `/var/cache/apk` nothing reaches the layer either.",
    bad: "FROM alpine:3.22\nRUN apk add curl\n",
    good: "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3019",
      "trivy:DS025",
      "kics:ae9c56a6-3ed1-4ac0-9b54-31267f51151d",
      "semgrep:missing-apk-no-cache",
      "dockerfilelint:apkadd-missing_nocache_or_updaterm",
      "dockle:DKL-DI-0004",
      "droast:DF029",
      "droast:DF004",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper",
      "https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk.8.scd",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (DIRECTORIES.some((directory) => isCacheMounted(dockerfile, run, directory))) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of commandsNamed(script, "apk")) {
        const { subcommand } = argumentsOf(command);
        if (subcommand?.value !== "add" || hasFlag(command, "--no-cache")) continue;
        if (mayHideFlags(command) || isEmptiedAfter(script, command, DIRECTORIES)) continue;
        const fix = noCache(dockerfile, run, command, subcommand);
        report(subcommand.span, `"apk add" leaves its package index`, fix && { fix });
      }
    }
  },
});

const DIRECTORIES = ["/var/cache/apk", "/etc/apk/cache"];

/** `--no-cache`, and away with `--update`, which it has in it. */
function noCache(
  { text }: Dockerfile,
  { command: line }: RunInstruction,
  command: SimpleCommand,
  subcommand: ShellWord,
): Fix | undefined {
  const insertion = insertAfter(line, command, subcommand, "--no-cache");
  if (insertion === undefined) return undefined;
  const [update] = command.args.filter(({ raw }) => /^(?:-U|--update|--update-cache)$/.test(raw));
  const edits = [insertion];
  if (update !== undefined) {
    const { start, end } = update.span;
    // Right behind "add" the two edits would meet: there the flag is replaced.
    if (text.slice(subcommand.span.end, start) === " ")
      edits[0] = { span: update.span, text: "--no-cache" };
    else if (text.charAt(start - 1) === " ")
      edits.push({ span: { start: start - 1, end }, text: "" });
  }
  return { title: 'add "--no-cache"', safe: true, edits };
}

export default rule;
