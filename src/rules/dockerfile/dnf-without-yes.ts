import { reportQuestions } from "../../audit/dockerfile/helpers-assume-yes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1046",
    name: "dnf-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`dnf` or `microdnf` asks before it goes on",
    why: "Nobody answers in a build: dnf asks, gets no answer and stops with an error.",
    howToFix: "Say `dnf install -y` (`microdnf install -y`).",
    bad: "FROM fedora:42\nRUN dnf install curl && dnf clean all\n",
    good: "FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3038",
      "kics:7ebd323c-31b7-4e5b-b26f-de5e9e477af8",
      "semgrep:missing-dnf-assume-yes-switch",
    ],
    cwe: ["CWE-710"],
    references: ["https://dnf5.readthedocs.io/en/latest/dnf5.8.html#options"],
  },

  check(dockerfile, report) {
    reportQuestions(dockerfile, report, TOOLS, ASKING);
  },
});

const TOOLS = ["dnf", "dnf5", "microdnf", "tdnf"];
const ASKING = "install groupinstall localinstall in reinstall update upgrade remove".split(" ");

export default rule;
