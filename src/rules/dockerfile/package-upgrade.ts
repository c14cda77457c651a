import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1902",
    name: "package-upgrade",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A build step upgrades all packages",
    why: "What the step installs depends on the day of the build, and the cache keeps an old answer: the file says nothing about what is in the image, and the upgraded files are stored a second time above those of the base image.",
    howToFix:
      "Pin the base image by digest and move to its next release often; upgrade single packages by name.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get upgrade -y\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y --only-upgrade openssl\n",
    since: "0.1.0",
    // Teams that may not wait for the next base image want these upgrades.
    profile: "all",
    aliases: [
      "semgrep:avoid-apk-upgrade",
      "semgrep:avoid-apt-get-upgrade",
      "semgrep:avoid-dnf-update",
      "semgrep:avoid-yum-update",
      "semgrep:avoid-zypper-update",
      "terrascan:AC_DOCKER_0003",
      "terrascan:AC_DOCKER_0029",
      "terrascan:AC_DOCKER_0039",
      "terrascan:AC_DOCKER_0052",
      "dockerfilelint:apt-get-upgrade",
      "dockerfile_lint:yum_update_all",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
      "https://manpages.debian.org/stable/apt/apt-get.8.en.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of scriptOf(dockerfile, run).commands) {
        const word = upgradeOf(command);
        if (word !== undefined) report(word.span, `"${word.text}" upgrades all packages`);
      }
  },
});

const rpm = ["update", "upgrade", "upgrade-minimal", "update-minimal"];
const UPGRADES: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["upgrade"],
  apt: ["upgrade"],
  aptitude: ["upgrade", "safe-upgrade"],
  apk: ["upgrade"],
  yum: rpm,
  dnf: rpm,
  dnf5: rpm,
  microdnf: rpm,
  tdnf: rpm,
  zypper: ["update", "up", "patch"],
};

/** The word that asks for an upgrade of everything: no package is named, and it is not for security alone. */
function upgradeOf(command: SimpleCommand): ShellWord | undefined {
  const { tool, subcommand, operands, flags } = argumentsOf(command);
  if (tool === "pacman") {
    const isAll = (name: string): boolean => flags.some((flag) => flag.name === name);
    const [program] = command.words;
    return isAll("-S") && isAll("-u") && operands.length === 0 ? program : undefined;
  }
  const actions = Object.hasOwn(UPGRADES, tool) ? UPGRADES[tool] : undefined;
  const isAsked = subcommand?.value !== undefined && actions?.includes(subcommand.value);
  if (!isAsked || operands.length > 0) return undefined;
  return flags.some(({ name }) => /security|advisory|^--cve/.test(name)) ? undefined : subcommand;
}

export default rule;
