import type { CopyInstruction } from "../../audit/dockerfile/model.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1326",
    name: "lock-files-copied-for-install",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Lock files are copied for the installation alone",
    why: "The COPY makes a layer that only the next RUN needs. A bind mount gives the files to it and leaves none behind.",
    howToFix:
      "`RUN --mount=type=bind,source=Gemfile,target=Gemfile --mount=type=bind,source=Gemfile.lock,target=Gemfile.lock bundle install`.",
    bad: "FROM ruby:3.4\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\nCOPY . .\n",
    good: "FROM ruby:3.4\nWORKDIR /app\nRUN --mount=type=bind,source=Gemfile,target=Gemfile --mount=type=bind,source=Gemfile.lock,target=Gemfile.lock bundle install\nCOPY . .\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:ruby/prefer-gemfile-bind-mounts"],
    cwe: [],
    references: ["https://docs.docker.com/build/cache/optimize/#use-bind-mounts"],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      let open: CopyInstruction[] = [];
      for (const node of stageInstructions(stage, "copy", "run")) {
        if (node.kind === "copy") open.push(node);
        else if (node.kind === "run") {
          const script = scriptOf(dockerfile, node);
          for (const copy of open) {
            const tool = toolOf(copy);
            if (tool !== undefined && installs(script, tool))
              report(copy.keywordSpan, `only "${tool}" in the next RUN needs these files`);
          }
          open = [];
        }
      }
    }
  },
});

const FILES: Readonly<Record<string, RegExp>> = {
  bundle: /^(?:Gemfile(?:\.lock|\*)?|gems\.(?:rb|locked)|\.ruby-version)$/,
  npm: /^(?:package(?:-lock)?\.json|package\*\.json|npm-shrinkwrap\.json|\.npmrc)$/,
  yarn: /^(?:package\*?\.json|yarn\.lock)$/,
  pnpm: /^(?:package\*?\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml)$/,
  pip: /^requirements[\w.-]*\.txt$/,
  composer: /^composer\.(?:json|lock|\*)$/,
  go: /^go\.(?:mod|sum|\*)$/,
};
const ACTIONS = ["install", "ci", "i", "mod", "fetch"];

/** Which tool reads these files and none else. */
function toolOf({ from, sources }: CopyInstruction): string | undefined {
  if (from !== undefined || sources.length === 0) return undefined;
  const names = sources.map(({ kind, word }) =>
    kind === "local" ? word.text.replace(/^.*\//s, "") : "",
  );
  return Object.keys(FILES).find((tool) => names.every((name) => FILES[tool]?.test(name)));
}

function installs({ commands }: Script, tool: string): boolean {
  return commands.some((command) => {
    const read = argumentsOf(command);
    const action = read.subcommand?.value;
    // Files of npm are those of its kin too.
    const isTool = read.tool === tool || (tool === "npm" && ["yarn", "pnpm"].includes(read.tool));
    return isTool && (action === undefined || ACTIONS.includes(action));
  });
}

export default rule;
