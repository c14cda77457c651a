import type { MountedSecret } from "../../audit/dockerfile/helpers-secret-use.ts";
import {
  mountedSecrets,
  namesPath,
  namesSecret,
} from "../../audit/dockerfile/helpers-secret-use.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { innermostCommands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1429",
    name: "secret-mount-env-traced",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A mounted secret is printed or stands on a command line",
    why: "With `set -x` the shell writes every command to the log of the build, values and all. A secret among the arguments of a program is readable for every process beside it in `/proc`, and programs put their arguments into error messages.",
    howToFix:
      "Turn tracing off before the secret is read (`set +x`). Give the program the file or its standard input: `--password-stdin < /run/secrets/token`, `curl -H @/run/secrets/header`, `--netrc-file`.",
    bad: 'FROM alpine:3.22\nRUN --mount=type=secret,id=token set -x; curl -fsS -H "Authorization: $(cat /run/secrets/token)" https://example.com/\n',
    good: "FROM alpine:3.22\nRUN --mount=type=secret,id=header curl -fsS -H @/run/secrets/header https://example.com/\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-532", "CWE-214"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const secrets = mountedSecrets(run);
      if (secrets.length === 0) continue;
      const script = scriptOf(dockerfile, run);
      const shown = innermostCommands(script).flatMap((command) =>
        shownBy(script, command, secrets),
      );
      for (const { word, command, secret } of shown) {
        const name = secret.path ?? secret.variable;
        report(
          word.span,
          command.options.xtrace
            ? `"set -x" prints the secret "${name}"`
            : `secret "${name}" is an argument of "${command.name}"`,
        );
      }
    }
  },
});

interface Shown {
  readonly word: ShellWord;
  readonly command: SimpleCommand;
  readonly secret: MountedSecret;
}

/** The first word that holds the content of a secret: `$(cat FILE)`, or the variable. */
function shownBy(
  script: Script,
  command: SimpleCommand,
  secrets: readonly MountedSecret[],
): Shown[] {
  // These are the shell's own: no process has them as arguments.
  const isBuiltin = BUILTINS.includes(command.name ?? "");
  const list = command.options.xtrace
    ? [...command.args, ...command.assignments.flatMap(({ value }) => value ?? [])]
    : isBuiltin
      ? []
      : command.args;
  for (const word of list)
    for (const secret of secrets)
      if (holdsContent(script, command, word, secret)) return [{ word, command, secret }];
  return [];
}

const BUILTINS = [
  "echo",
  "printf",
  "export",
  "test",
  "[",
  "[[",
  "read",
  "local",
  "declare",
  "set",
  ":",
  "eval",
];

function holdsContent(
  { commands }: Script,
  { index }: SimpleCommand,
  word: ShellWord,
  secret: MountedSecret,
): boolean {
  if (!word.hasSubstitution) return !namesPath(word, secret) && namesSecret(word, secret);
  return commands.some(
    ({ nestedIn, name, args, redirects }) =>
      nestedIn === index &&
      (name === undefined || ["cat", "head", "tr", "base64", "jq", "grep", "sed"].includes(name)) &&
      [...args, ...redirects.flatMap(({ target }) => target ?? [])].some((inner) =>
        namesSecret(inner, secret),
      ),
  );
}

export default rule;
