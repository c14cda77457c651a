import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import {
  effectiveUser,
  finalChain,
  finalStage,
  isWindows,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, flagValue, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1217",
    name: "created-user-unused",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "User is created, and the image runs as another",
    why: "Somebody meant the program to run without rights, and it runs as root all the same: a flaw in it is a flaw as root.",
    howToFix: "Add `USER` with the number of the user behind the last instruction that needs root.",
    bad: 'FROM debian:12\nRUN useradd -u 10001 app\nCMD ["/server"]\n',
    good: 'FROM debian:12\nRUN useradd -u 10001 app\nUSER 10001\nCMD ["/server"]\n',
    since: "0.1.0",
    aliases: ["tally:user-created-but-never-used"],
    cwe: ["CWE-250"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#user",
      "https://docs.docker.com/reference/dockerfile/#user",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || isWindows(dockerfile, stage)) return;
    const user = effectiveUser(dockerfile, stage);
    if (user !== undefined && !/^(?:root|0+)$/.test(user.user ?? "")) return;
    const created = finalChain(dockerfile)
      .reverse()
      .flatMap((part) => stageInstructions(part, "run"))
      .flatMap((run) => commandsNamed(scriptOf(dockerfile, run), ["useradd", "adduser"]))
      .flatMap((command) => createdUser(command) ?? []);
    const [first] = created;
    // Of several users one is for each service: something else starts them.
    if (first === undefined || created.length > 1 || isUsedElsewhere(dockerfile, first.value ?? ""))
      return;
    report(first.span, `nothing runs as user "${first.value}", which is created here`);
  },
});

/** Name of the user; `undefined` for one that cannot log in, for a service that drops its rights itself. */
function createdUser(command: SimpleCommand): ShellWord | undefined {
  const names = operands(command);
  const [word] = names;
  // `adduser user group` puts a user into a group.
  if (word?.value === undefined || names.length !== 1 || command.context.isFallback)
    return undefined;
  const shell = flagValue(command, "-s", "--shell");
  const isService = hasFlag(command, "-r", "--system", "-S") || /nologin|false/.test(shell ?? "");
  return isService ? undefined : word;
}

/** True when a program could change to the user: it is named in what starts, or in a script that is not in the file. */
function isUsedElsewhere(dockerfile: Dockerfile, name: string): boolean {
  const starts = finalChain(dockerfile).flatMap((stage) =>
    stageInstructions(stage, "cmd", "entrypoint"),
  );
  const isNamed = starts.some(({ rest }) => rest.raw.includes(name));
  const isScript = starts.some(({ command }) => {
    const first =
      command.form === "exec"
        ? command.argv[0]?.text
        : command.script.text.trim().split(/\s/, 1)[0];
    return (
      first !== undefined &&
      /\.sh$|entrypoint|(?:^|\/)(?:init|sshd?|systemd|supervisord|s6-svscan|my_init|tini|dumb-init)$/.test(
        first,
      )
    );
  });
  const changes = finalChain(dockerfile).some((stage) =>
    stageInstructions(stage, "run").some((run) => {
      const { commands } = scriptOf(dockerfile, run);
      return commands.some(({ name: tool = "" }) =>
        ["su", "gosu", "su-exec", "runuser", "sudo", "setpriv"].includes(tool),
      );
    }),
  );
  return isNamed || isScript || changes || starts.length === 0;
}

export default rule;
