import { downloads, hasToolConfig } from "../../audit/dockerfile/helpers-download.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { hasFlag } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1245",
    name: "wget-without-retry",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "`wget` gives up when a connection is refused",
    why: "GNU wget tries again after a broken transfer, yet not when the server refuses the connection or does not answer in time; busybox's never does. One failure breaks the build.",
    howToFix: "Write `--tries=5 --retry-connrefused`, or write them into `/etc/wgetrc`.",
    bad: "FROM debian:12\nRUN wget -q https://example.com/app.tar\n",
    good: "FROM debian:12\nRUN wget -q --tries=5 --retry-connrefused https://example.com/app.tar\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:prefer-wget-config"],
    cwe: [],
    references: ["https://www.gnu.org/software/wget/manual/html_node/Download-Options.html"],
  },

  check(dockerfile, report) {
    const reported = new Set<number | undefined>();
    for (const { run, command } of downloads(dockerfile, "wget")) {
      const [program] = command.words;
      if (program === undefined || reported.has(run.stageIndex)) continue;
      if (
        hasFlag(command, "-t", "--tries", "--retry-connrefused", "--retry-on-http-error") ||
        hasToolConfig(dockerfile, run, /wgetrc/i)
      )
        continue;
      reported.add(run.stageIndex);
      report(program.span, '"wget" does not try again when the connection is refused');
    }
  },
});

export default rule;
