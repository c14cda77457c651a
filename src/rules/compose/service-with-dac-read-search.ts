import { reportCapability } from "../../audit/compose/capabilities.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1004",
    name: "service-with-dac-read-search",
    target: "compose",
    severity: "critical",
    confidence: "high",
    summary: "Service is given CAP_DAC_READ_SEARCH",
    why: 'The capability opens files by handle past every mount: a program with it reads any file of the host\'s file systems, the way of the "Shocker" escape.',
    howToFix: "Remove `DAC_READ_SEARCH` from `cap_add`, and name what is needed in place of `ALL`.",
    bad: "services:\n  web:\n    image: app:1\n    cap_add: [DAC_READ_SEARCH]\n",
    good: "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n",
    since: "0.1.0",
    aliases: ["docker-bench:C.5.3.1"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://docs.docker.com/reference/compose-file/services/#cap_add",
    ],
  },

  check(file, report) {
    reportCapability(file, "CAP_DAC_READ_SEARCH", report);
  },
});

export default rule;
