import { type Installed, reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1901",
    name: "unpinned-apt-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`apt-get install` installs a package of any version",
    why: "The build takes whatever version the mirror has on its day, so that two builds of one file differ and a bad release goes straight into the image.",
    howToFix:
      "Name a version, exact or with a star: `curl=8.14.1-2`, `curl=8.14.*`. Debian drops old versions from its mirrors: where builds must be repeatable, install from `snapshot.debian.org`.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.*\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3008", "kics:965a08d7-ef86-4f14-8792-4a3b2098937e", "droast:DF005"],
    cwe: ["CWE-1357"],
    references: [
      "https://manpages.debian.org/stable/apt/apt-get.8.en.html",
      "https://docs.docker.com/build/building/best-practices/#apt-get",
    ],
  },

  check(dockerfile, report) {
    reportUnpinned(dockerfile, report, ["apt-get", "apt", "aptitude"], isPinned);
  },
});

/** `name=version`, a release behind `/`, what is taken away (`name-`) and what is no name of a package. */
function isPinned({ item: { kind, isKnown, version, word } }: Installed): boolean {
  if (kind !== "package" || !isKnown || version !== undefined) return true;
  const text = word.value ?? "";
  // `name+` installs and is as open; `name-` keeps out. Names end in neither but for a few: g++, libstdc++.
  return text === "" || text.includes("/") || text.endsWith("-");
}

export default rule;
