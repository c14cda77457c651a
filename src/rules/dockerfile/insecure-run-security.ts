import { removeInstructionFlag } from "../../audit/dockerfile/helpers-instruction-edit.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1310",
    name: "insecure-run-security",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "RUN is built without the sandbox",
    why: "`--security=insecure` runs the command with every capability, all devices and no seccomp filter, as `docker run --privileged` does. Whatever the build downloads can take over the machine that builds.",
    howToFix:
      "Remove the flag. Do what needs privileges when the container runs, with the single capability it needs.",
    bad: "# syntax=docker/dockerfile:1\nFROM debian:12\nRUN --security=insecure make install\n",
    good: "# syntax=docker/dockerfile:1\nFROM debian:12\nRUN make install\n",
    since: "0.1.0",
    aliases: ["dockerfile-sec:core-008"],
    cwe: ["CWE-250"],
    references: ["https://docs.docker.com/reference/dockerfile/#run---security"],
  },

  check(dockerfile, report) {
    for (const { flags } of instructionsOf(dockerfile, "run"))
      for (const flag of flags)
        if (flag.name === "security" && flag.value?.value === "insecure")
          report(flag.span, "this RUN has all privileges of the builder", {
            fix: {
              title: "remove the flag",
              safe: false,
              edits: [removeInstructionFlag(dockerfile, flag)],
            },
          });
  },
});

export default rule;
