import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1133",
    name: "wget-progress-bar",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`wget` writes its progress bar into the build log",
    why: "Without a terminal the bar becomes a line for every 50 kB. A large download buries in the log what one looks for when a build fails, and runs into the limit of log lines that builders have.",
    howToFix:
      "Write `wget --progress=dot:giga`, `wget -nv`, or `wget -q` for the wget of BusyBox, which knows no other.",
    bad: "FROM debian:12\nRUN wget https://example.com/app.tar\n",
    good: "FROM debian:12\nRUN wget --progress=dot:giga https://example.com/app.tar\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3047", "droast:DF056"],
    cwe: [],
    references: [
      "https://www.gnu.org/software/wget/manual/html_node/Download-Options.html",
      "https://www.gnu.org/software/wget/manual/html_node/Logging-and-Input-File-Options.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      for (const command of commandsNamed(scriptOf(dockerfile, run), "wget")) {
        const [word] = command.words;
        if (word === undefined || isQuiet(command) || mayHideFlags(command)) continue;
        const isBusyBox = mayBeBusyBox(dockerfile, run);
        const flag = isBusyBox === true ? "-q" : "--progress=dot:giga";
        const edit = insertAfter(run.command, command, word, flag);
        report(
          word.span,
          '"wget" shows its progress',
          edit && {
            fix: { title: `add "${flag}"`, safe: isBusyBox !== undefined, edits: [edit] },
          },
        );
      }
    }
  },
});

function isQuiet(command: SimpleCommand): boolean {
  return (
    hasFlag(command, "--progress", "-q", "--quiet", "-nv", "--no-verbose") ||
    hasFlag(command, "-o", "--output-file", "-a", "--append-output", "-b", "--background") ||
    hasFlag(command, "--version", "-V", "--help") ||
    // `-nv` in a bundle.
    command.args.some(({ text }) => /^-\w*nv/.test(text)) ||
    // The bar goes to standard error.
    command.redirects.some(
      ({ operator, fileDescriptor, target }) =>
        (operator.startsWith("&>") || (operator.startsWith(">") && fileDescriptor === 2)) &&
        target?.text !== "1",
    )
  );
}

/** BusyBox's wget has no `--progress`; `undefined` when the image is not known. */
function mayBeBusyBox(dockerfile: Dockerfile, run: RunInstruction): boolean | undefined {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return undefined;
  const { repository, tag = "", isResolved } = externalBase(dockerfile, stage);
  if (!isResolved) return undefined;
  return /alpine|busybox|wolfi/.test(`${repository}:${tag}`);
}

export default rule;
