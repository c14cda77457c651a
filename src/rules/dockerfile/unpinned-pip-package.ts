import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import type { PackageArgument } from "../../audit/shell/packages.ts";
import { commandsOf, hasFlag, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1039",
    name: "unpinned-pip-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`pip` installs a package of any version",
    why: "The build takes whatever version is newest on its day. It may break without a change, and a release that somebody else took over goes straight into the image.",
    howToFix:
      "Name a version (`flask==3.1.0`), or install from a requirements file or with a constraints file. Of a repository name a tag or a commit: `git+https://…@v1.0`.",
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
      "https://packaging.python.org/en/latest/specifications/version-specifiers/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["pip", "pipx"])) {
        const found = packages(command).filter(
          (item) => !isFlagValue(command, item) && isUnpinned(item),
        );
        if (found.length === 0 || isPinnedByFile(command) || mayHideFlags(command)) continue;
        const isConstrained = ["PIP_CONSTRAINT", "UV_CONSTRAINT"].some((name) => {
          const given = environmentValue(dockerfile, run, script, command, name);
          return given.state === "unknown" || (given.state === "set" && given.value !== "");
        });
        if (isConstrained) continue;
        // What installs the pinned packages is brought up to date on purpose.
        const isOnlyTools = packages(command).every(({ name }) => TOOLS.includes(name));
        for (const { word, span, kind, operator } of found)
          report(
            span,
            kind === "vcs" || operator === "@"
              ? `"${word.text}" names no revision`
              : `"${word.value ?? word.text}" has no version`,
            isOnlyTools ? { severity: "info" } : undefined,
          );
      }
    }
  },
});

const TOOLS = ["pip", "setuptools", "wheel"];

function isPinnedByFile(command: SimpleCommand): boolean {
  return (
    hasFlag(command, "-r", "--requirement", "--requirements", "-c", "--constraint") ||
    hasFlag(command, "--constraints", "--require-hashes")
  );
}

// pip install --help and uv pip install --help: flags with a value that pip of old did not have.
const MORE_VALUES: ReadonlySet<string> = new Set(
  "--root-user-action --build-constraint --build-constraints --build-option --log-file --default-timeout --pypi-url --resume-retries --uploaded-prior-to --build -b --config-setting --override --overrides --index --default-index --index-strategy --resolution --prerelease --link-mode --exclude-newer --extra --torch-backend --no-build-package --no-binary-package --upgrade-package -P --reinstall-package --refresh-package --color --directory --project --config-file --allow-insecure-host --python-platform --fork-strategy --excludes --fetch --preinstall".split(
    " ",
  ),
);

function isFlagValue({ args }: SimpleCommand, { word }: PackageArgument): boolean {
  return MORE_VALUES.has(args[args.indexOf(word) - 1]?.text ?? "");
}

function isUnpinned({ kind, isKnown, name, operator, version, word }: PackageArgument): boolean {
  const target = operator === "@" ? version?.trim() : (word.value ?? word.text);
  if (kind === "vcs" || (operator === "@" && /^(?:git|hg|svn|bzr)\+/.test(target ?? "")))
    return hasNoRef(target ?? "", isKnown);
  if (kind !== "package" || !isKnown || operator !== undefined) return false;
  // A path of the context, or files that the shell finds.
  return !name.includes("/") && !word.hasGlob && name !== "" && name !== "." && name !== "..";
}

/** `git+https://host/path` without `@ref` behind the path; the user of `git@host` is no ref. */
function hasNoRef(url: string, isKnown: boolean): boolean {
  const [whole = ""] = url.split("#", 1);
  const path = /^(?:\w+\+)?(?:\w+:\/\/[^/]*|[^@/]*@[^:/]*:)(.*)$/s.exec(whole)?.[1];
  // A variable may hold all of it.
  if (path === undefined || (!isKnown && !/\$\{?\w+\}?[^$@]*\.git$|^[^$]*$/.test(path)))
    return false;
  return !path.includes("@");
}

export default rule;
