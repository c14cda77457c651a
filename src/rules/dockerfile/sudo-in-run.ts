import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveUser, instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1006",
    name: "sudo-in-run",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A build step runs sudo",
    why: "Build steps are root unless `USER` says otherwise, so `sudo` does nothing there. Where it does something, the image ships a way for an ordinary user to become root without a password.",
    howToFix:
      "Run the steps that need root before `USER`, or between `USER root` and a `USER` that goes back. To start a service as another user, `gosu` or `setpriv` leave no setuid program behind.",
    bad: "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3004",
      "trivy:DS010",
      "kics:8ada6e80-0ade-439e-b176-0b28f6bce35a",
      "checkov:CKV2_DOCKER_1",
      "semgrep:no-sudo-in-dockerfile",
      "terrascan:AC_DOCKER_0007",
      "dockerfilelint:sudo_usage",
      "dockerfile_lint:no_run_with_sudo",
      "droast:DF010",
      "dockle:DKL-DI-0001",
    ],
    cwe: ["CWE-250"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#user",
      "https://www.sudo.ws/docs/man/sudo.man/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      for (const command of commandsNamed(scriptOf(dockerfile, run), "sudo")) {
        const [word] = command.words;
        if (word === undefined) continue;
        const fix = withoutSudo(dockerfile, run, command);
        report(word.span, `build step runs "sudo"`, fix && { fix });
      }
    }
  },
});

/** Drop the word where the step is root already. With flags it does more than to become root. */
function withoutSudo(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { words, nestedIn }: SimpleCommand,
): Fix | undefined {
  const [sudo, next] = words;
  const user = effectiveUser(dockerfile, run);
  const isRoot = user?.user === "root" || user?.user === "0";
  if (sudo === undefined || next === undefined || (user !== undefined && !isRoot)) return undefined;
  if (/^-|^\w+=/.test(next.text) || next.span.start <= sudo.span.start) return undefined;
  // The words of an exec form are parted by commas.
  if (run.command.form === "exec" && nestedIn === undefined) return undefined;
  const between = dockerfile.text.slice(sudo.span.end, next.span.start);
  const blanks = /^[ \t]*/.exec(between)?.[0].length ?? 0;
  return {
    title: 'drop "sudo"',
    // Without USER the base image chooses the user.
    safe: isRoot,
    edits: [{ span: { start: sudo.span.start, end: sudo.span.end + blanks }, text: "" }],
  };
}

export default rule;
