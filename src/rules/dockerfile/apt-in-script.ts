import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1027",
    name: "apt-in-script",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A build step runs apt, which is made for people, not for scripts",
    why: "The manual of `apt` says that its options and output may change from one version to the next; a script that relies on them stops working with the next base image.",
    howToFix: "Write `apt-get`; for `search`, `show` and `policy` write `apt-cache`.",
    bad: "FROM debian:12\nRUN apt update && apt install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3027",
      "kics:b84a0b47-2e99-4c9f-8933-98bcabe2b94d",
      "kics:a1bc27c6-7115-48d8-bf9d-5a7e836845ba",
      "checkov:CKV_DOCKER_9",
      "semgrep:prefer-apt-get",
      "terrascan:AC_DOCKER_0002",
      "droast:DF059",
    ],
    cwe: ["CWE-758"],
    references: [
      "https://manpages.debian.org/stable/apt/apt.8.en.html#SCRIPT_USAGE_AND_DIFFERENCES_FROM_OTHER_APT_TOOLS",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "apt")) {
        const [word] = command.words;
        if (word === undefined) continue;
        const fix = otherProgram(command);
        report(word.span, 'script uses "apt"', fix && { fix });
      }
  },
});

/** `apt list` and `apt edit-sources` have no counterpart, `apt upgrade` none that does the same. */
const CACHE = ["search", "show", "policy", "depends", "rdepends", "showsrc"];
const SAME = [
  "update",
  "remove",
  "purge",
  "autoremove",
  "autoclean",
  "clean",
  "source",
  "build-dep",
];
// apt deletes packages once they are installed; apt-get does where the image's configuration says so.
const NEARLY = ["install", "reinstall"];

function otherProgram(command: SimpleCommand): Fix | undefined {
  const action = argumentsOf(command).subcommand?.value ?? "";
  const [word] = command.words;
  const program = CACHE.includes(action)
    ? "apt-cache"
    : SAME.includes(action) || NEARLY.includes(action)
      ? "apt-get"
      : undefined;
  // `"apt"`, `/usr/bin/apt`; the value of a variable stands elsewhere.
  const at = word?.raw.lastIndexOf("apt") ?? -1;
  if (word === undefined || program === undefined || at === -1) return undefined;
  if (word.variables.length > 0 || word.span.end - word.span.start !== word.raw.length)
    return undefined;
  const start = word.span.start + at;
  return {
    title: `write "${program}"`,
    safe: SAME.includes(action),
    edits: [{ span: { start, end: start + 3 }, text: program }],
  };
}

export default rule;
