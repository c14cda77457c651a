import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, joinPath } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, flagValue, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1041",
    name: "relinked-shell",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "RUN changes the default shell",
    why: "Every program that relies on `/bin/sh` gets another shell from then on: package scripts, cron jobs, `system()`. An update of the shell's package undoes it. `SHELL` changes what the file needs and nothing else.",
    howToFix: 'Write `SHELL ["/bin/bash", "-c"]` above the instructions that need it.',
    bad: "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n",
    good: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL4005",
      "kics:8a301064-c291-4b20-adcb-403fe7fd95fd",
      "semgrep:use-shell-instruction",
      "terrascan:AC_DOCKER_0020",
    ],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#shell"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsNamed(script, ["ln", "mv"])) {
        const link = replacedShell(command);
        if (link === undefined) continue;
        const fix = asShell(run, script, command);
        report(link.span, `"${link.text}" is replaced`, fix && { fix });
      }
      for (const command of commandsNamed(script, ["chsh", "usermod"])) {
        const shell = shellFlag(command);
        const [user] = operands(command).filter(({ value }) => value !== shell);
        const isRoot = user === undefined ? command.name === "chsh" : user.value === "root";
        const [word] = command.words;
        if (shell === undefined || !isRoot || word === undefined || !SHELL.test(shell)) continue;
        report(word.span, `"${command.name}" makes "${shell}" the shell of root`);
      }
    }
  },
});

const SHELL = /^(?:\/usr)?(?:\/local)?\/bin\/(?:ba|da|a|z|k|c|tc|fi)?sh$/;

/** Value of -s: chsh(1), usermod(8). */
function shellFlag(command: SimpleCommand): string | undefined {
  const { args } = command;
  const at = args.findIndex(({ text }) => text === "-s" || text === "--shell");
  return flagValue(command, "-s", "--shell") ?? (at === -1 ? undefined : args[at + 1]?.value);
}

/** The word that names /bin/sh as what `ln` or `mv` makes anew. */
function replacedShell(command: SimpleCommand): ShellWord | undefined {
  const words = operands(command);
  const last = words.at(-1);
  if (words.length < 2 || last?.value === undefined) return undefined;
  const path = last.value.startsWith("/")
    ? last.value
    : command.directory === undefined
      ? ""
      : joinPath(command.directory, last.value);
  return /^(?:\/usr)?\/bin\/sh$/.test(path) ? last : undefined;
}

/** SHELL in place of a RUN that does nothing else. */
function asShell(
  { span, isTrigger }: RunInstruction,
  { commands, state }: Script,
  command: SimpleCommand,
): Fix | undefined {
  const isAlone = commands.length === 1 && state === "parsed";
  const shell = operands(command)[0]?.value;
  if (!isAlone || isTrigger || command.name !== "ln" || shell === undefined) return undefined;
  const path = shell.includes("/") ? shell : `/bin/${shell}`;
  if (!SHELL.test(path)) return undefined;
  return {
    title: "write SHELL",
    safe: false,
    edits: [{ span, text: `SHELL ["${path}", "-c"]` }],
  };
}

export default rule;
