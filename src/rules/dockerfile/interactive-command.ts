import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { innermostCommands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1042",
    name: "interactive-command",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Command makes no sense in a build",
    why: "It waits for a person, or asks about a machine that is gone when the build ends. It was meant for something else, or is left over.",
    howToFix: "Leave it out.",
    bad: "FROM debian:12\nRUN top\n",
    good: "FROM debian:12\nRUN make\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3001",
      "kics:9b6b0f38-92a2-41f9-b881-3a1083d99f1b",
      "semgrep:nonsensical-command",
      "droast:DF060",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/build/building/best-practices/"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of innermostCommands(scriptOf(dockerfile, run))) {
        const { name, words } = command;
        const word = words[0];
        if (name === undefined || word === undefined || !NAMES.has(name)) continue;
        // With RUN --security=insecure mounting is what is wanted.
        if (name === "mount" && run.security?.value === "insecure") continue;
        // Defined in the script itself, or asked for its version or help.
        if (command.context.functionName === name) continue;
        if (command.args.some(({ value }) => value === "--version" || value === "--help")) continue;
        report(word.span, `build step runs "${name}"`);
      }
  },
});

const NAMES: ReadonlySet<string> = new Set([
  "vim",
  "nano",
  "top",
  "ps",
  "free",
  "ssh",
  "ifconfig",
  "mount",
  "service",
  "shutdown",
  "kill",
]);

export default rule;
