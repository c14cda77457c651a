import type { RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, isSubcommand, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1138",
    name: "offline-install-with-network",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Installation that needs no network runs with one",
    why: "Scripts of packages run while they are installed. With a network they can fetch more code and send away what they find in the build.",
    howToFix: "Write `RUN --network=none` where everything was fetched in an earlier step.",
    bad: "FROM ruby:3.4\nRUN bundle install --local\n",
    good: "FROM ruby:3.4\nRUN --network=none bundle install --local\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:ruby/prefer-network-none-install"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#run---network"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.network !== undefined) continue;
      const script = scriptOf(dockerfile, run);
      const offline = script.commands.find(isOffline);
      const [word] = offline?.words ?? [];
      if (offline === undefined || word === undefined || mayFetch(script)) continue;
      const { tool, subcommand } = argumentsOf(offline);
      report(
        word.span,
        `"${tool} ${subcommand?.text ?? ""}" is told to stay offline, and has a network`,
        { fix: withoutNetwork(run) },
      );
    }
  },
});

function isOffline(command: SimpleCommand): boolean {
  return (
    (isSubcommand(command, ["bundle"], ["install"]) && hasFlag(command, "--local")) ||
    (isSubcommand(command, ["pip"], ["install"]) && hasFlag(command, "--no-index")) ||
    (isSubcommand(command, ["npm", "pnpm", "yarn"], ["ci", "install"]) &&
      hasFlag(command, "--offline")) ||
    (isSubcommand(command, ["cargo"], ["build", "install", "fetch"]) &&
      hasFlag(command, "--offline", "--frozen"))
  );
}

// Programs that do nothing with a network; of all others it is not known.
const LOCAL = ["set", "cd", "mkdir", "rm", "cp", "mv", "ln", "chmod", "chown", "echo", "printf"];
const LOCAL_TOO = [
  "true",
  ":",
  "test",
  "[",
  "cat",
  "ls",
  "find",
  "touch",
  "export",
  "umask",
  "sed",
];

function mayFetch({ state, commands }: Script): boolean {
  return (
    state !== "parsed" ||
    commands.some(
      (command) =>
        command.runs === undefined &&
        !isOffline(command) &&
        ![...LOCAL, ...LOCAL_TOO].includes(command.name ?? ""),
    )
  );
}

function withoutNetwork({ keywordSpan }: RunInstruction): Fix {
  const at = { start: keywordSpan.end, end: keywordSpan.end };
  return {
    title: 'add "--network=none"',
    safe: false,
    edits: [{ span: at, text: " --network=none" }],
  };
}

export default rule;
