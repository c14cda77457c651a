import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import type { CopyInstruction, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { happenedBefore, instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsOf,
  flagValues,
  hasCommandBefore,
  hasFlag,
  operands,
  packages,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1016",
    name: "apt-recommended-packages",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`apt-get` installs recommended packages as well",
    why: "Packages that nobody asked for make the image larger and bring programs with flaws of their own: more to update, more for an attacker to use.",
    howToFix:
      "Say `apt-get install --no-install-recommends`, and name those of the recommended packages that are needed (often `ca-certificates`).",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3015",
      "trivy:DS029",
      "kics:7384dfb2-fcd1-4fbf-91cd-6c44c318c33c",
      "semgrep:missing-no-install-recommends",
      "terrascan:AC_DOCKER_0014",
      "dockerfilelint:apt-get_recommends",
      "droast:DF016",
    ],
    cwe: ["CWE-710"],
    references: [
      "https://manpages.debian.org/stable/apt/apt-get.8.en.html",
      "https://docs.docker.com/build/building/best-practices/#apt-get",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["apt-get", "apt"])) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value !== "install" || !installsPackages(script, command)) continue;
        if (isTurnedOff(command) || mayHideFlags(command)) continue;
        if (isConfigured(dockerfile, run, script, command)) continue;
        const edit = insertAfter(run.command, command, subcommand, "--no-install-recommends");
        report(
          subcommand.span,
          `"${tool} install" installs recommended packages as well`,
          edit && { fix: { title: 'add "--no-install-recommends"', safe: false, edits: [edit] } },
        );
      }
    }
  },
});

/** False for `apt-get install -f`, and for package files only. */
function installsPackages({ commands }: Script, command: SimpleCommand): boolean {
  const wrapper = command.runBy === undefined ? undefined : commands[command.runBy];
  const list = packages(command);
  return list.length === 0 ? wrapper?.name === "xargs" : list.some(({ kind }) => kind !== "file");
}

const SETTING = /APT::Install-Recommends\s*(?:=|\s)\s*["']?(?:0|false|no|off)\b/i;

function isTurnedOff(command: SimpleCommand): boolean {
  return (
    hasFlag(command, "--no-install-recommends") ||
    flagValues(command, "-o", "--option").some((value) => SETTING.test(value))
  );
}

/** True when what runs before, in this stage or one it is FROM, wrote the setting to APT's configuration. */
function isConfigured(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
): boolean {
  if (hasCommandBefore(script, command, CONFIGURATION, (other) => configures(script, other)))
    return true;
  return happenedBefore(dockerfile, run, CONFIGURATION, (node) => {
    if (node.kind === "copy" || node.kind === "add") return copiesConfiguration(node);
    if (node.kind !== "run") return false;
    const own = scriptOf(dockerfile, node);
    return own.commands.some((other) => configures(own, other));
  });
}

const CONFIGURATION = /^\/etc\/apt\/apt\.conf(?:\.d(?:\/|$)|$)/;

/** A file of the build context may hold the setting; the text of a heredoc can be read. */
function copiesConfiguration({ destination, sources }: CopyInstruction): boolean {
  if (!CONFIGURATION.test(destination?.value ?? "")) return false;
  return sources.some(({ heredoc }) => heredoc === undefined || SETTING.test(heredoc.body.text));
}

/** `echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/x`, also by `tee` or from a heredoc. */
function configures({ pipelines }: Script, command: SimpleCommand): boolean {
  const parts = pipelines[command.pipeline]?.parts.flat() ?? [command];
  const isText = (word: ShellWord): boolean => SETTING.test(word.value ?? word.text);
  const hasSetting = parts.some(
    ({ args, redirects }) =>
      args.some(isText) || redirects.some(({ body }) => body !== undefined && SETTING.test(body)),
  );
  if (!hasSetting) return false;
  return parts.some(
    (part) =>
      part.redirects.some(
        ({ operator, target }) => operator.startsWith(">") && isConfiguration(target),
      ) ||
      (part.name === "tee" && operands(part).some(isConfiguration)),
  );
}

const isConfiguration = (word: ShellWord | undefined): boolean =>
  word !== undefined && CONFIGURATION.test(word.value ?? word.prefix);

export default rule;
