import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf, stageChain, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  flagValue,
  operands,
  pipeReaders,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1446",
    name: "user-uid-zero-alias",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "A user with another name has the id of root",
    why: "The name says that it is an ordinary user, and checks that look for `root` believe it. To the kernel it is root: it reads and changes everything in the container.",
    howToFix: "Give the user an id of its own: `useradd --uid 10001 app`.",
    bad: "FROM debian:12\nRUN useradd -o -u 0 app\nUSER app\n",
    good: "FROM debian:12\nRUN useradd -u 10001 app\nUSER app\n",
    since: "0.1.0",
    options: {
      openshift: {
        default: false,
        description: "Image is made for OpenShift, where users belong to group 0",
      },
    },
    aliases: [],
    cwe: ["CWE-250", "CWE-269"],
    references: [
      "https://man7.org/linux/man-pages/man8/useradd.8.html",
      "https://man7.org/linux/man-pages/man5/passwd.5.html",
      "https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/creating-images",
    ],
  },

  check(dockerfile, report, options) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const word = zeroWord(script, command);
        if (word !== undefined) report(word.span, "a user gets the id 0, which is root's");
      }
    }
    for (const node of instructionsOf(dockerfile, "copy", "add"))
      if (node.destination?.value === "/etc/passwd")
        for (const { heredoc } of node.sources)
          if (heredoc !== undefined && ENTRY.test(heredoc.body.text))
            report(heredoc.span, "a user gets the id 0, which is root's");
    if (options.boolean("openshift")) return;
    for (const node of instructionsOf(dockerfile, "user"))
      if (
        /^0*[1-9]\d*$/.test(node.user ?? "") &&
        /^0+$/.test(node.group ?? "") &&
        hasGroupWrites(dockerfile, node)
      )
        report(node.word.span, "group 0 of this user may write files that group 0 owns", {
          severity: "info",
        });
  },
});

/** A line of passwd(5) with the id 0 and another name than root's. */
const ENTRY = /(?:^|\n)(?!root:|toor:)[a-z_][\w-]*:[^:\n]*:0+:/;

/** The word that gives the id: of `useradd -u 0`, `sed … /etc/passwd`, `echo … >> /etc/passwd`. */
function zeroWord(script: Script, command: SimpleCommand): ShellWord | undefined {
  const { tool, flags } = argumentsOf(command);
  if (["useradd", "usermod", "adduser"].includes(tool)) {
    const isRoot =
      operands(command).at(-1)?.text === "root" ||
      flagValue(command, "-l", "--login") !== undefined;
    const flag = flags.find(
      ({ name, value }) => (name === "-u" || name === "--uid") && /^0+$/.test(value ?? ""),
    );
    return isRoot ? undefined : (flag?.valueWord ?? undefined);
  }
  const isPasswd = (text: string | undefined): boolean => text === "/etc/passwd";
  if (tool === "sed") {
    const isEdited = operands(command).some(({ text }) => isPasswd(text));
    // The part that is put in has `:0:` where the part that is looked for has not.
    return isEdited
      ? command.args.find(
          ({ text }) =>
            /^s(.)(?:(?!\1)[^\n])*\1(?:(?!\1).)*:0+:/.test(text) && !/^s.\^?root:/.test(text),
        )
      : undefined;
  }
  if (!["echo", "printf", "cat"].includes(tool)) return undefined;
  const isWritten = [command, ...pipeReaders(script, command)].some(
    ({ redirects, name, args }) =>
      redirects.some(
        ({ operator, target }) => operator.startsWith(">") && isPasswd(target?.value),
      ) ||
      (name === "tee" && args.some(({ text }) => isPasswd(text))),
  );
  return isWritten ? command.args.find(({ text }) => ENTRY.test(text)) : undefined;
}

/** `chmod g+w`, `chmod g=u`, `chmod 775` in the stage or one it is FROM. */
function hasGroupWrites(dockerfile: Dockerfile, node: Parameters<typeof stageOf>[1]): boolean {
  const stage = stageOf(dockerfile, node);
  if (stage === undefined) return false;
  return stageChain(dockerfile, stage)
    .flatMap(({ instructions }) => instructions)
    .some(
      (other) =>
        other.kind === "run" &&
        other.index < node.index &&
        scriptOf(dockerfile, other).commands.some(
          (command) =>
            command.name === "chmod" &&
            /g=u|g[+=][rx]*w|^[0-7]?[0-7][2367][0-7]$/.test(operands(command)[0]?.text ?? ""),
        ),
    );
}

export default rule;
