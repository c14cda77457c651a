import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, hasFlag, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1039",
    name: "unpinned-pip-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`pip` installs a package without a version",
    why: "Tomorrow's build gets another release, which may break the program or come from somebody who took the package over.",
    howToFix:
      "Name a version (`flask==3.1.0`), or install from a requirements file with hashes: `pip install --require-hashes -r requirements.txt`.",
    bad: "FROM python:3.13\nRUN pip install --no-cache-dir flask\n",
    good: "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3013",
      "kics:02d9c71f-3ee8-4986-9c27-1a20d0d19bfc",
      "terrascan:AC_DOCKER_0010",
      "droast:DF051",
      "droast:DF005",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://pip.pypa.io/en/stable/topics/repeatable-installs/",
      "https://pip.pypa.io/en/stable/topics/secure-installs/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["pip", "pipx"])) {
        if (argumentsOf(command).subcommand?.value !== "install" || mayHideFlags(command)) continue;
        if (hasFlag(command, "-r", "--requirement", "-c", "--constraint", "--require-hashes"))
          continue;
        const isConstrained = [...command.assignments, ...script.assignments].some(
          ({ name }) => name === "PIP_CONSTRAINT",
        );
        if (isConstrained) continue;
        for (const { name, version, kind, isKnown, word } of packages(command)) {
          if (!isKnown || version !== undefined) continue;
          // pip's own tools are brought up to date on purpose.
          if (
            kind === "package" &&
            TOOLS.has(name.toLowerCase()) &&
            hasFlag(command, "-U", "--upgrade")
          )
            continue;
          if (kind === "package" && !/[<>=~!]/.test(word.text))
            report(word.span, `"${name}" has no version`);
          else if (
            kind === "vcs" &&
            !/@[^/]+(?:#|$)/.test(word.text.replace(/^[^:]+:\/\/[^/@]*@/, ""))
          )
            report(word.span, `"${word.text}" names no revision`);
        }
      }
    }
  },
});

const TOOLS: ReadonlySet<string> = new Set(["pip", "setuptools", "wheel"]);

export default rule;
