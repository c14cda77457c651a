import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1139",
    name: "telemetry-left-on",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Tool that reports its use to its maker runs without the opt-out",
    why: "Each build tells the maker of the tool about the machine and the project: names, versions, times, from inside a network that may not be known outside.",
    howToFix:
      "Set the maker's variable with `ENV` before the tool runs, such as `DOTNET_CLI_TELEMETRY_OPTOUT=1`.",
    bad: "FROM mcr.microsoft.com/dotnet/sdk:10.0\nRUN dotnet build\n",
    good: "FROM mcr.microsoft.com/dotnet/sdk:10.0\nENV DOTNET_CLI_TELEMETRY_OPTOUT=1\nRUN dotnet build\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:prefer-telemetry-opt-out"],
    cwe: [],
    references: [
      "https://learn.microsoft.com/en-us/dotnet/core/tools/telemetry",
      "https://nextjs.org/telemetry",
      "https://docs.brew.sh/Analytics",
    ],
  },

  check(dockerfile, report) {
    const told = new Set<string>();
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const tool = toolOf(command);
        const [word] = command.words;
        if (tool === undefined || word === undefined) continue;
        const variables = OPT_OUTS[tool] ?? [];
        const [variable = ""] = variables;
        const key = `${run.stageIndex} ${tool}`;
        const isSet = variables.some(
          (name) => environmentValue(dockerfile, run, script, command, name).state !== "unset",
        );
        if (isSet || told.has(key)) continue;
        told.add(key);
        const start = run.commentsAbove[0]?.span.start ?? run.span.start;
        report(word.span, `"${tool}" runs without "${variable}"`, {
          ...(run.isTrigger
            ? {}
            : {
                fix: {
                  title: `set "${variable}"`,
                  safe: false,
                  edits: [{ span: { start, end: start }, text: `ENV ${variable}=1\n` }],
                },
              }),
        });
      }
    }
  },
});

/** The variables that switch it off, the maker's own first; from each maker's documentation. */
const OPT_OUTS: Readonly<Record<string, readonly string[]>> = {
  dotnet: ["DOTNET_CLI_TELEMETRY_OPTOUT"],
  next: ["NEXT_TELEMETRY_DISABLED"],
  gatsby: ["GATSBY_TELEMETRY_DISABLED"],
  nuxt: ["NUXT_TELEMETRY_DISABLED"],
  nuxi: ["NUXT_TELEMETRY_DISABLED"],
  astro: ["ASTRO_TELEMETRY_DISABLED"],
  turbo: ["TURBO_TELEMETRY_DISABLED", "DO_NOT_TRACK"],
  func: ["FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT"],
  brew: ["HOMEBREW_NO_ANALYTICS"],
  bun: ["DO_NOT_TRACK"],
  vcpkg: ["VCPKG_DISABLE_METRICS"],
};
const RUNNERS = ["npx", "bunx", "pnpx"];

/** The tool that a command is, or that npx and its kin run. */
function toolOf(command: SimpleCommand): string | undefined {
  const { name = "" } = command;
  const tool = RUNNERS.includes(name)
    ? (operands(command)[0]?.value ?? "").replace(/(?<=.)@.*$/, "")
    : name;
  return Object.hasOwn(OPT_OUTS, tool) ? tool : undefined;
}

export default rule;
