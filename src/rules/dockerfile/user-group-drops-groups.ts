import {
  instructionsOf,
  stageChain,
  stageInstructions,
  stageOf,
  wordSpan,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { findFlag, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1219",
    name: "user-group-drops-groups",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "USER with a group drops the groups that the user was put into",
    why: "With `USER name:group` the process has that group alone. What the file set up before, a device or a socket that a group may use, is out of reach, and the usual way out is more rights for all.",
    howToFix: "Write `USER name` alone: then the groups of `/etc/group` count.",
    bad: "FROM debian:12\nRUN useradd -G video app\nUSER app:app\n",
    good: "FROM debian:12\nRUN useradd -G video app\nUSER app\n",
    since: "0.1.0",
    aliases: ["tally:user-explicit-group-drops-supplementary-groups"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#user"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "user")) {
      const stage = stageOf(dockerfile, node);
      if (!node.hasGroup || node.user === undefined || node.user === "" || stage === undefined)
        continue;
      const given = stageChain(dockerfile, stage)
        .flatMap((part) => stageInstructions(part, "run"))
        .filter(({ index }) => index < node.index)
        .flatMap((run) => scriptOf(dockerfile, run).commands)
        .flatMap((command) => groupsFor(command, node.user) ?? [])
        .find(({ value }) => value !== undefined && value !== node.group);
      if (given === undefined) continue;
      const { word } = node;
      const colon = word.raw.indexOf(":");
      const fix: Fix | undefined =
        word.value === word.raw && colon > 0
          ? {
              title: "drop the group",
              safe: false,
              edits: [{ span: wordSpan(word, colon, word.raw.length), text: "" }],
            }
          : undefined;
      report(word.span, `"${word.value ?? word.text}" leaves out group "${given.value}"`, {
        related: [{ span: given.span, message: "the user is put into it here" }],
        ...(fix && { fix }),
      });
    }
  },
});

/** The word that names further groups of the user. */
function groupsFor(command: SimpleCommand, user: string | undefined): ShellWord | undefined {
  const [first, second] = operands(command);
  switch (command.name) {
    case "useradd":
    case "usermod":
      return first?.value === user ? findFlag(command, "-G", "--groups")?.valueWord : undefined;
    case "gpasswd": {
      // Unlike in most tools the value of -a may be all that follows it.
      const { args } = command;
      return hasFlag(command, "-a", "--add") && args.at(-2)?.value === user
        ? args.at(-1)
        : undefined;
    }
    case "adduser":
    case "addgroup":
      return first?.value === user ? second : undefined;
    default:
      return undefined;
  }
}

export default rule;
