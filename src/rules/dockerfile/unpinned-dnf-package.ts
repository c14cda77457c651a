import { isRpmPinned, reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1127",
    name: "unpinned-dnf-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`dnf install` installs a package of any version",
    why: "The build takes whatever version the repositories have on its day, so that two builds of one file differ and a bad release goes straight into the image.",
    howToFix:
      "Name a version behind the package, `httpd-2.4.62`, and a stream behind a module, `nodejs:22`.",
    bad: "FROM fedora:42\nRUN dnf install -y httpd\n",
    good: "FROM fedora:42\nRUN dnf install -y httpd-2.4.62\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3041", "kics:93d88cf7-f078-46a8-8ddc-178e03aeacf1"],
    cwe: ["CWE-1357"],
    references: ["https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages"],
  },

  check(dockerfile, report) {
    reportUnpinned(dockerfile, report, ["dnf", "dnf5", "microdnf", "tdnf"], (installed) =>
      isRpmPinned(dockerfile, installed),
    );
  },
});

export default rule;
