import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1017",
    name: "distribution-upgrade",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A build step upgrades the whole distribution",
    why: "The upgrade may add and remove packages, up to another release of the system than the tag of the base image says. Each build gives another image, and what was tested is not what runs.",
    howToFix:
      "Start from a newer base image. For single security updates, upgrade the packages by name.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get dist-upgrade -y\n",
    good: "FROM debian:12.11\nRUN apt-get update && apt-get install -y --only-upgrade openssl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3035",
      "trivy:DS024",
      "dockerfilelint:apt-get-dist-upgrade",
      "dockle:DKL-DI-0003",
      "droast:DF044",
      "semgrep:avoid-apt-get-upgrade",
      "terrascan:AC_DOCKER_0052",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://manpages.debian.org/stable/apt/apt-get.8.en.html",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      for (const command of scriptOf(dockerfile, run).commands) {
        const found = upgradeOf(command);
        if (found !== undefined)
          report(found.word.span, `"${found.name}" upgrades the whole distribution`);
      }
    }
  },
});

const UPGRADES: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["dist-upgrade", "full-upgrade"],
  apt: ["dist-upgrade", "full-upgrade"],
  aptitude: ["dist-upgrade", "full-upgrade"],
  zypper: ["dist-upgrade", "dup"],
  dnf: ["system-upgrade"],
  dnf5: ["system-upgrade"],
};

function upgradeOf(command: SimpleCommand): { name: string; word: ShellWord } | undefined {
  const { tool, subcommand } = argumentsOf(command);
  const [program] = command.words;
  if (tool === "do-release-upgrade" && program !== undefined) return { name: tool, word: program };
  const list = Object.hasOwn(UPGRADES, tool) ? UPGRADES[tool] : undefined;
  if (subcommand?.value === undefined || list?.includes(subcommand.value) !== true)
    return undefined;
  return { name: `${tool} ${subcommand.value}`, word: subcommand };
}

export default rule;
