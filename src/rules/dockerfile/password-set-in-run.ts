import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { findFlag, hasFlag, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1220",
    name: "password-set-in-run",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Password is set in a RUN",
    why: "The password, or its hash, stands in the history of the image for all who can pull it, and every container has the same. A root password opens `su` to whoever gets a shell.",
    howToFix:
      "Set no password: accounts of a container need none. `USER` and the runtime decide who runs what.",
    bad: "FROM debian:12\nRUN echo 'root:secret' | chpasswd\n",
    good: "FROM debian:12\nRUN useradd -u 10001 app\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_17"],
    cwe: ["CWE-259", "CWE-521"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://man7.org/linux/man-pages/man8/chpasswd.8.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const [program] = command.words;
        if (program === undefined) continue;
        const masked = given(script, command);
        if (
          command.name === "chpasswd" ||
          (command.name === "passwd" && hasFlag(command, "--stdin"))
        )
          report(program.span, `"${command.name}" sets a password that the image keeps`, {
            masked,
          });
        else if (command.name === "useradd" || command.name === "usermod") {
          const flag = findFlag(command, "-p", "--password");
          const { value, variables } = flag?.valueWord ?? { value: undefined, variables: [] };
          // `-p ''`, `-p '*'`, `-p !`: no password, or one that nothing matches.
          const isLiteral =
            value !== undefined &&
            variables.length === 0 &&
            !/^(?:--password=)?[*!x]*$/.test(value);
          if (flag?.valueWord !== undefined && isLiteral)
            report(flag.valueWord.span, `"${command.name}" sets a password that the image keeps`, {
              masked: [flag.valueWord.span],
            });
        }
      }
    }
  },
});

/** What is written into the command: words of the commands before it in the pipe, and its heredocs. */
function given({ pipelines }: Script, { pipeline, place, redirects }: SimpleCommand): Span[] {
  const before = pipelines[pipeline]?.parts.slice(0, place).flat() ?? [];
  return [
    ...before.flatMap(({ args }) => args.map(({ span }) => span)),
    ...redirects.flatMap(({ target, bodySpan }) => bodySpan ?? target?.span ?? []),
  ];
}

export default rule;
