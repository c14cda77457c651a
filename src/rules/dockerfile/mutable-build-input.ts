import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, pipeReaders, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1424",
    name: "mutable-build-input",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "The time or a random number of the build is written into the image",
    why: "Two builds of the same source differ. Nobody can build the image again and compare, so a builder that was taken over goes unnoticed.",
    howToFix:
      "Take the time from the source: `ARG SOURCE_DATE_EPOCH` and `date -u -d @$SOURCE_DATE_EPOCH`. Put the time of the build into an annotation, and make random values when the container starts.",
    bad: "FROM debian:12\nRUN date > /etc/build-date\n",
    good: "FROM debian:12\nARG SOURCE_DATE_EPOCH\nRUN date -u -d @$SOURCE_DATE_EPOCH > /etc/build-date\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-1104"],
    references: [
      "https://reproducible-builds.org/docs/source-date-epoch/",
      "https://docs.docker.com/build/ci/github-actions/reproducible-builds/",
    ],
  },

  check(dockerfile, report) {
    if (knowsEpoch(dockerfile)) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const source = changingSource(command);
        if (source === undefined || !isStored(script, command)) continue;
        const [word = command] = command.words;
        report(word.span, `${source} is stored in the image`);
      }
    }
  },
});

function knowsEpoch(dockerfile: Dockerfile): boolean {
  return (
    instructionsOf(dockerfile, "arg").some(({ arguments: list }) =>
      list.some(({ name }) => name === "SOURCE_DATE_EPOCH"),
    ) ||
    instructionsOf(dockerfile, "env").some(({ pairs }) =>
      pairs.some(({ key }) => key.text === "SOURCE_DATE_EPOCH"),
    )
  );
}

function changingSource(command: SimpleCommand): string | undefined {
  const { tool, subcommand } = argumentsOf(command);
  if (tool === "uuidgen") return 'a new id of "uuidgen"';
  if (tool === "date") {
    const isFixed = command.args.some(({ text }) =>
      /^(?:-\w*[dr]|--date|--reference|--version)/.test(text),
    );
    return isFixed ? undefined : "the time of the build";
  }
  if (tool === "openssl") return subcommand?.text === "rand" ? "a random number" : undefined;
  const reads = [...command.args, ...command.redirects.flatMap(({ target }) => target ?? [])];
  return reads.some(({ text }) => /^\/dev\/u?random$|^\/proc\/sys\/kernel\/random\//.test(text)) &&
    !hasFlag(command, "-l")
    ? "a random number"
    : undefined;
}

/** Its output goes to a file: by a redirect, through a pipe, or as a word of `echo` and `sed -i`. */
function isStored(script: Script, command: SimpleCommand): boolean {
  if ([command, ...pipeReaders(script, command)].some(writesFile)) return true;
  const outer = command.nestedIn === undefined ? undefined : script.commands[command.nestedIn];
  if (outer === undefined || !command.context.isSubstitution) return false;
  if (outer.name === "sed") return hasFlag(outer, "-i", "--in-place");
  return (
    ["echo", "printf"].includes(outer.name ?? "") &&
    [outer, ...pipeReaders(script, outer)].some(writesFile)
  );
}

function writesFile({ name, redirects }: SimpleCommand): boolean {
  return (
    name === "tee" ||
    redirects.some(
      ({ operator, fileDescriptor, target }) =>
        [">", ">>", ">|"].includes(operator) &&
        (fileDescriptor ?? 1) === 1 &&
        !/^\/dev\/|^\/tmp\//.test(target?.text ?? ""),
    )
  );
}

export default rule;
