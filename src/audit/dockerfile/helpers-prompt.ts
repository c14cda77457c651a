import type { Script, SimpleCommand } from "../shell/model.ts";
import { argumentsOf, hasCommandBefore, scriptOf } from "../shell/query.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
import { happenedBefore } from "./query.ts";

/** A setting that answers a package manager's questions for good. */
export interface AnswerSetting {
  /** The setting as written into a file of configuration. */
  readonly text: RegExp;
  /** The manager's own commands, whose options hold for themselves only. */
  readonly tools: readonly string[];
  /** Where its configuration lies: what is copied there from the context may hold the setting. */
  readonly file: RegExp;
}

/** True when something else answers: `yes | command`, `echo y | command`, `command <<< y`. */
export function isAnswered(script: Script, command: SimpleCommand): boolean {
  const before = script.pipelines[command.pipeline]?.parts.slice(0, command.place).flat() ?? [];
  const isFed =
    before.some(({ name }) => name === "yes" || name === "echo" || name === "printf") ||
    command.redirects.some(({ operator }) => operator.startsWith("<"));
  const owner = command.nestedIn === undefined ? undefined : script.commands[command.nestedIn];
  return isFed || (owner !== undefined && isAnswered(script, owner));
}

/** True when what runs before, in this stage or one it is FROM, made the setting. */
export function isSetBefore(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  setting: AnswerSetting,
): boolean {
  const isMade = (other: SimpleCommand): boolean => makes(other, setting);
  if (hasCommandBefore(script, command, setting, isMade)) return true;
  return happenedBefore(dockerfile, run, setting, (node) => {
    if (node.kind === "run") return scriptOf(dockerfile, node).commands.some(isMade);
    if (node.kind !== "copy" && node.kind !== "add") return false;
    return (
      setting.file.test(node.destination?.value ?? "") &&
      node.sources.some(
        ({ heredoc }) => heredoc === undefined || setting.text.test(heredoc.body.text),
      )
    );
  });
}

/** `echo SETTING > file`, `sed -i … SETTING`, a heredoc that holds it, `yum-config-manager --setopt=SETTING`. */
function makes(command: SimpleCommand, { text, tools }: AnswerSetting): boolean {
  const { tool, subcommand } = argumentsOf(command);
  if (tools.includes(tool) && subcommand?.value !== "config-manager") return false;
  return (
    text.test(command.args.map((word) => word.value ?? word.text).join(" ")) ||
    command.redirects.some(({ body }) => body !== undefined && text.test(body))
  );
}
