import type { Report } from "../rule.ts";
import { argumentsOf, commandsNamed, flagValues, hasFlag, scriptOf } from "../shell/query.ts";
import { insertAfter } from "./helpers-edit.ts";
import { mayHideFlags } from "./helpers-packages.ts";
import { type AnswerSetting, isAnswered, isSetBefore } from "./helpers-prompt.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

// yum.conf(5), dnf.conf(5): assumeyes.
const SETTING: AnswerSetting = {
  text: /assumeyes\s*=\s*["']?(?:1|true|yes|on)\b/i,
  tools: ["yum", "dnf", "dnf5", "microdnf", "tdnf"],
  file: /^\/etc\/(?:yum\.conf|yum(?:\/|$)|dnf(?:\/|$))/,
};

/** Report every installation by one of these tools (yum and its kin) that asks before it installs. */
export function reportQuestions(
  dockerfile: Dockerfile,
  report: Report,
  tools: readonly string[],
  actions: readonly string[],
): void {
  for (const run of instructionsOf(dockerfile, "run")) {
    const script = scriptOf(dockerfile, run);
    for (const command of commandsNamed(script, tools)) {
      const { tool, subcommand } = argumentsOf(command);
      if (subcommand?.value === undefined || !actions.includes(subcommand.value)) continue;
      const isSilent =
        hasFlag(command, "-y", "--assumeyes") ||
        flagValues(command, "--setopt").some((value) => SETTING.text.test(value)) ||
        mayHideFlags(command) ||
        isAnswered(script, command);
      if (isSilent || isSetBefore(dockerfile, run, script, command, SETTING)) continue;
      const edit = insertAfter(run.command, command, subcommand, "-y");
      report(
        subcommand.span,
        `"${tool} ${subcommand.text}" asks before it goes on`,
        edit && { fix: { title: 'add "-y"', safe: true, edits: [edit] } },
      );
    }
  }
}
