import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, operands, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1320",
    name: "epel-repository-added",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "The repository EPEL is added",
    why: "Packages of EPEL are outside of what the vendor supports: no promise of security fixes, and a build of a supported product may not use them.",
    howToFix: "Install from the distribution's own repositories, or bring the package yourself.",
    bad: "FROM almalinux:9\nRUN dnf install -y epel-release\n",
    good: "FROM almalinux:9\nRUN dnf install -y jq\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["dockerfile_lint:no_epel"],
    cwe: [],
    references: ["https://docs.fedoraproject.org/en-US/epel/"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), TOOLS))
        for (const word of installed(command))
          if (NAME.test(word.value ?? word.text)) report(word.span, `"${word.text}" adds EPEL`);
  },
});

const TOOLS = ["yum", "dnf", "dnf5", "microdnf", "tdnf", "rpm", "amazon-linux-extras"];
const NAME = /(?:^|\/)(?:oracle-)?epel(?:-next)?-release(?:[-.]|$)|^epel$/;

function installed(command: SimpleCommand): readonly ShellWord[] {
  return command.name === "rpm" || command.name === "amazon-linux-extras"
    ? operands(command)
    : packages(command).map(({ word }) => word);
}

export default rule;
