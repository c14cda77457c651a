import { reportQuestions } from "../../audit/dockerfile/helpers-assume-yes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1033",
    name: "yum-without-yes",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`yum` asks before it goes on",
    why: "Nobody answers in a build: yum asks, gets no answer and stops with an error.",
    howToFix: "Say `yum install -y`.",
    bad: "FROM centos:7\nRUN yum install curl && yum clean all\n",
    good: "FROM centos:7\nRUN yum install -y curl && yum clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3030",
      "kics:6e19193a-8753-436d-8a09-76dcff91bb03",
      "semgrep:missing-yum-assume-yes-switch",
      "terrascan:AC_DOCKER_0004",
      "droast:DF027",
    ],
    cwe: ["CWE-710"],
    references: ["https://man7.org/linux/man-pages/man8/yum.8.html"],
  },

  check(dockerfile, report) {
    reportQuestions(dockerfile, report, ["yum"], ASKING);
  },
});

const ASKING = "install groupinstall localinstall reinstall update upgrade remove".split(" ");

export default rule;
