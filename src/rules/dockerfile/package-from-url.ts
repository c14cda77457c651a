import { isVerifier } from "../../audit/dockerfile/helpers-fetched.ts";
import { isLocalUrl, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1419",
    name: "package-from-url",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A package is installed straight from an address",
    why: "Nothing compares it with what was expected: neither `rpm`, `pip` nor `npm` asks for a signature or a sum here. Whoever takes over the server runs his scripts as root in the build.",
    howToFix:
      "Install from a repository that signs, or fetch the file, check its sum, then install it. For pip add the sum to the address: `https://…/x.whl#sha256=…`.",
    bad: "FROM fedora:42\nRUN rpm -i https://example.com/app.rpm\n",
    good: "FROM fedora:42\nRUN dnf install -y app\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-494", "CWE-829"],
    references: [
      "https://pip.pypa.io/en/stable/topics/secure-installs/",
      "https://cwe.mitre.org/data/definitions/494.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const { commands } = scriptOf(dockerfile, run);
      for (const command of commands)
        for (const word of urlPackages(command)) {
          const url = word.value ?? word.text;
          if (isLocalUrl(url) || /#(?:.*&)?sha(?:224|256|384|512)=/.test(url)) continue;
          // `pip install --require-hashes`, or a check of the same step.
          if (hasFlag(command, "--require-hashes") || commands.some(isVerifier)) continue;
          report(word.span, `"${argumentsOf(command).tool}" installs "${shownUrl(url)}" unchecked`);
        }
    }
  },
});

function urlPackages(command: SimpleCommand): readonly ShellWord[] {
  const { tool, flags, operands } = argumentsOf(command);
  const isAddress = ({ prefix }: ShellWord): boolean => /^(?:https?|ftp):\/\//i.test(prefix);
  if (tool === "rpm") {
    const isInstall = flags.some(({ name }) =>
      /^-[iUF]$|^--(?:install|upgrade|freshen)$/.test(name),
    );
    return isInstall ? operands.filter(isAddress) : [];
  }
  return packages(command).flatMap(({ kind, word }) =>
    (kind === "url" || kind === "file") && isAddress(word) ? [word] : [],
  );
}

export default rule;
