import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1042",
    name: "interactive-command",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "RUN starts a program that makes no sense in a build",
    why: "Nobody sees or uses an editor or a list of processes in a build, and a service or mount is gone when the step ends: nothing of it is in the image. The line does not do what its author had in mind.",
    howToFix:
      "Delete the command. A service is started when the container starts, by `CMD` or `ENTRYPOINT`; a directory is mounted by `RUN --mount`; another machine is best not reached from a build at all.",
    bad: "FROM debian:12\nRUN service nginx start\n",
    good: 'FROM debian:12\nCMD ["nginx", "-g", "daemon off;"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL3001",
      "kics:9b6b0f38-92a2-41f9-b881-3a1083d99f1b",
      "semgrep:nonsensical-command",
      "droast:DF060",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run",
      "https://docs.docker.com/reference/dockerfile/#run---mount",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsNamed(script, NONSENSE)) {
        const [word] = command.words;
        if (word === undefined || makesSense(run, command)) continue;
        report(
          word.span,
          `build step runs "${command.name}"`,
          isForSetUp(script, command) ? { severity: "info" } : undefined,
        );
      }
    }
  },
});

const NONSENSE = [
  ...["vim", "nano", "top", "ps", "free", "kill", "ssh", "ifconfig", "mount", "service"],
  "shutdown",
];

/** A privileged step may mount; a step that gets the agent's socket is meant to use ssh. */
function makesSense(
  { security, mounts }: RunInstruction,
  { name, args, context }: SimpleCommand,
): boolean {
  // Asked for its version only; called by the function that has its name.
  if (args.some(({ value }) => value === "--version" || value === "--help")) return true;
  if (context.functionName === name) return true;
  if (name === "mount") return security?.value === "insecure";
  return name === "ssh" && mounts.some(({ type }) => type === "ssh");
}

/** A service that other commands of the step need, and the end of what the step started itself. */
function isForSetUp({ commands }: Script, { name }: SimpleCommand): boolean {
  if (name === "service")
    return commands.some((other) => other.name !== "service" && other.runs === undefined);
  return name === "kill" && commands.some(({ context }) => context.isBackground);
}

export default rule;
