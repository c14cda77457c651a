import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted, lookupVariable } from "../../audit/dockerfile/query.ts";
import { isSecretName } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  isPiped,
  isRemovedAfter,
  operands,
  pipeReaders,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1437",
    name: "debug-env-in-layer",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "The environment of the build, or a secret of it, is written out",
    why: "The environment of a step holds its build arguments, proxies with passwords and mounted secrets. In a file it is in the image for good; printed it is in the log of the build, which more people read than the image.",
    howToFix:
      "Write the variables that are needed by name, or none. Look at an environment in a build that is not published.",
    bad: "FROM debian:12\nARG TOKEN\nRUN env > /etc/environment\n",
    good: 'FROM debian:12\nRUN echo "LANG=$LANG" > /etc/environment\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-532", "CWE-215"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#arg",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const [word = command] = command.words;
        if (dumpsEnvironment(command)) {
          const file = writtenFile(script, command);
          if (file !== undefined && !isGone(dockerfile, run, script, command, file))
            report(word.span, `"${command.name}" writes the whole environment to "${file}"`);
          continue;
        }
        const name = echoedSecret(dockerfile, run, script, command);
        if (name !== undefined)
          report(
            word.span,
            `"${command.name}" prints build argument "${name}", a secret going by its name`,
          );
      }
    }
  },
});

/** `env`, `printenv`, `set`, `export -p` without anything that narrows them down. */
function dumpsEnvironment(command: SimpleCommand): boolean {
  const { name, args, runs } = command;
  if (name === "env") return runs === undefined && operands(command).length === 0;
  if (name === "printenv") return operands(command).length === 0;
  if (name === "set") return args.length === 0;
  return (
    ["export", "declare", "typeset"].includes(name ?? "") &&
    (args.length === 0 || args.every(({ text }) => /^-[a-z]*[px]$/.test(text))) &&
    args.length < 2
  );
}

/** File that the output ends in, through filters too. */
function writtenFile(script: Script, command: SimpleCommand): string | undefined {
  const parts = [command, ...pipeReaders(script, command)];
  // `env | grep ^LANG > file` chooses by name; `grep -v` leaves all others.
  const isNarrowed = parts.some(
    ({ name, args }) =>
      ["grep", "egrep", "awk"].includes(name ?? "") &&
      !args.some(({ text }) => /^-\w*v/.test(text)),
  );
  if (isNarrowed) return undefined;
  for (const part of parts) {
    const target =
      part.name === "tee"
        ? operands(part)[0]
        : part.redirects.findLast(
            ({ operator, fileDescriptor }) =>
              [">", ">>", ">|", "&>"].includes(operator) && (fileDescriptor ?? 1) === 1,
          )?.target;
    if (target !== undefined && !target.text.startsWith("/dev/")) return target.text;
  }
  return undefined;
}

function isGone(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  file: string,
): boolean {
  return isRemovedAfter(script, command, file) || isCacheMounted(dockerfile, run, file);
}

/** `echo $TOKEN` into the log; what a pipe or a file takes is the business of other rules. */
function echoedSecret(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
): string | undefined {
  if (command.name !== "echo" && command.name !== "printf") return undefined;
  if (isPiped(script, command) || command.context.isSubstitution) return undefined;
  if (command.redirects.some(({ operator }) => operator.includes(">"))) return undefined;
  return command.args
    .flatMap(({ variables }) => variables)
    .find((name) => {
      if (!isSecretName(name)) return false;
      const kind = lookupVariable(dockerfile, run, name)?.kind;
      return kind === "arg" || kind === "global-arg";
    });
}

export default rule;
