import { isRpmPinned, reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1126",
    name: "unpinned-yum-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`yum install` installs a package of any version",
    why: "The build takes whatever version the repositories have on its day, so that two builds of one file differ and a bad release goes straight into the image.",
    howToFix:
      "Name a version behind the package, `httpd-2.4.57`, and a stream behind a module, `nodejs:22`.",
    bad: "FROM registry.access.redhat.com/ubi9:9.6\nRUN yum install -y httpd\n",
    good: "FROM registry.access.redhat.com/ubi9:9.6\nRUN yum install -y httpd-2.4.57\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "hadolint:DL3033",
      "kics:6452c424-1d92-4deb-bb18-a03e95d579c4",
      "terrascan:AC_DOCKER_0033",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages",
      "https://man7.org/linux/man-pages/man8/yum.8.html",
    ],
  },

  check(dockerfile, report) {
    reportUnpinned(dockerfile, report, ["yum"], (installed) => isRpmPinned(dockerfile, installed));
  },
});

export default rule;
