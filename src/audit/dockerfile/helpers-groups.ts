import type { Span } from "../../base/text.ts";
import type { ShellWord, SimpleCommand } from "../shell/model.ts";
import { argumentsOf, operands } from "../shell/query.ts";

/** A group that a command puts a user into. */
export interface Membership {
  readonly group: string;
  readonly span: Span;
}

/** Groups that `usermod -G`, `useradd -G`, `adduser USER GROUP`, `addgroup USER GROUP`, `gpasswd -a` give a user. */
export function membershipsOf(command: SimpleCommand): Membership[] {
  const { tool, flags } = argumentsOf(command);
  const list = operands(command);
  const from = (word: ShellWord | undefined): Membership[] =>
    word === undefined
      ? []
      : (word.value ?? word.text)
          .replace(/^--?\w+=/, "")
          .split(",")
          .map((group) => ({ group, span: word.span }));
  switch (tool) {
    case "useradd":
    case "usermod":
      return flags.flatMap(({ name, valueWord, value }) =>
        name === "-G" || name === "--groups" || name === "-g" || name === "--gid"
          ? from(valueWord).map((one) =>
              value?.includes(",") === false ? { ...one, group: value } : one,
            )
          : [],
      );
    case "adduser":
    case "addgroup":
      return list.length === 2
        ? from(list[1])
        : flags.flatMap(({ name, valueWord }) =>
            tool === "adduser" && ["-G", "--ingroup"].includes(name) ? from(valueWord) : [],
          );
    case "gpasswd":
      return list.length > 0 && command.args.some(({ text }) => text === "-a" || text === "--add")
        ? from(list.at(-1))
        : [];
    default:
      return [];
  }
}

/** Name that `groupadd` and `addgroup` make. */
export function createdGroup(command: SimpleCommand): ShellWord | undefined {
  const { tool } = argumentsOf(command);
  const list = operands(command);
  if (tool === "groupadd") return list.at(-1);
  return tool === "addgroup" && list.length === 1 ? list[0] : undefined;
}
