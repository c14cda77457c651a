import type { CopyInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, findFlag, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1438",
    name: "setuid-added",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "A program gets the setuid or setgid bit",
    why: "Everybody who starts it has the rights of its owner, mostly root: a flaw in it is the way from an ordinary user of the container to root. `USER` is worth little in an image that has such programs.",
    howToFix:
      "Leave the bit out and run the program as the user that it needs. Take it from programs of the base too: `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`.",
    bad: "FROM debian:12\nCOPY helper /usr/bin/\nRUN chmod u+s /usr/bin/helper\n",
    good: "FROM debian:12\nCOPY --chmod=755 helper /usr/bin/\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250", "CWE-732"],
    benchmarks: ["CIS-Docker-4.8"],
    references: [
      "https://man7.org/linux/man-pages/man1/chmod.1.html",
      "https://man7.org/linux/man-pages/man2/execve.2.html",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add", "run")) {
      const modes =
        node.kind === "run"
          ? scriptOf(dockerfile, node).commands.flatMap(modesOf)
          : modesOfCopy(node);
      for (const { word, text, paths } of modes) {
        const bit = specialBit(text);
        // On a folder setgid hands its group on, which is harmless: only what lies among programs is surely a file.
        if (bit === undefined || (bit === "setgid" && !paths.some(isProgram))) continue;
        const fix = plain(word, text);
        report(word.span, `mode "${text}" sets the ${bit} bit`, fix && { fix });
      }
      if (node.kind !== "run") continue;
      for (const command of scriptOf(dockerfile, node).commands) {
        const copied = copiedProgram(command);
        if (copied !== undefined)
          report(copied.span, `"${copied.text}" is copied with its setuid bit`);
      }
    }
  },
});

interface Mode {
  readonly word: Pick<ShellWord, "raw" | "span">;
  readonly text: string;
  readonly paths: readonly string[];
}

function modesOfCopy({ chmod, destination, sources }: CopyInstruction): readonly Mode[] {
  if (chmod?.value === undefined) return [];
  const to = destination?.value ?? "";
  const paths = to.endsWith("/") ? sources.map(({ word }) => `${to}${word.value ?? ""}`) : [to];
  return [{ word: chmod, text: chmod.value, paths }];
}

function modesOf(command: SimpleCommand): readonly Mode[] {
  const { tool } = argumentsOf(command);
  const list = operands(command);
  if (tool === "chmod") {
    const [word, ...paths] = list;
    if (word?.value === undefined || findFlag(command, "--reference") !== undefined) return [];
    return [{ word, text: word.value, paths: paths.map(({ text }) => text) }];
  }
  const mode = findFlag(command, "-m", "--mode");
  const isFile = tool === "install" && !hasFlag(command, "-d", "--directory");
  if (!isFile || mode?.valueWord === undefined || mode.value === undefined) return [];
  return [
    { word: mode.valueWord, text: mode.value, paths: list.slice(-1).map(({ text }) => text) },
  ];
}

/** chmod(1): the fourth digit from the right, or `s` for owner or group. */
function specialBit(mode: string): "setuid" | "setgid" | undefined {
  const digits = /^0*([1-7])[0-7]{3}$/.exec(mode)?.[1];
  if (digits !== undefined)
    return (Number(digits) & 4) !== 0
      ? "setuid"
      : (Number(digits) & 2) !== 0
        ? "setgid"
        : undefined;
  let bit: "setuid" | "setgid" | undefined;
  for (const clause of mode.split(",")) {
    const match = /^([ugoa]*)[+=][rwxXt]*s[rwxXst]*$/.exec(clause);
    if (match === null) continue;
    const who = match[1] ?? "";
    if (who === "" || /[ua]/.test(who)) return "setuid";
    if (who.includes("g")) bit = "setgid";
  }
  return bit;
}

const isProgram = (path: string): boolean => /\/s?bin\/[^/]+$/.test(path);

/** Programs that distributions install with the bit. */
const SETUID_PROGRAMS = new Set(
  "su sudo mount umount passwd newgrp chsh chfn gpasswd ping pkexec crontab at fusermount fusermount3 doas".split(
    " ",
  ),
);

/** `cp -p` and `cp -a` keep the bit. */
function copiedProgram(command: SimpleCommand): ShellWord | undefined {
  if (command.name !== "cp" || !hasFlag(command, "-p", "-a", "--preserve", "--archive"))
    return undefined;
  return operands(command)
    .slice(0, -1)
    .find(
      ({ text }) =>
        /^\/(?:usr\/)?s?bin\//.test(text) && SETUID_PROGRAMS.has(text.split("/").at(-1) ?? ""),
    );
}

/** 4755 becomes 755. */
function plain({ raw, span }: Mode["word"], mode: string): Fix | undefined {
  const rest = /^0*[1-7]([0-7]{3})$/.exec(mode)?.[1];
  if (rest === undefined || raw !== mode) return undefined;
  return { title: `write "${rest}"`, safe: false, edits: [{ span, text: rest }] };
}

export default rule;
