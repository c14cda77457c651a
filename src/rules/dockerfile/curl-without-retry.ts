import { downloads, hasToolConfig } from "../../audit/dockerfile/helpers-download.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { hasFlag } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1244",
    name: "curl-without-retry",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "`curl` gives up at the first failure",
    why: "One lost connection breaks the build, and the next one starts from the beginning.",
    howToFix:
      "Write `--retry 5 --retry-connrefused`, or copy a `.curlrc` with `retry = 5` and set `CURL_HOME`.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar\n",
    good: "FROM debian:12\nRUN curl --retry 5 -fsSLO https://example.com/app.tar\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:prefer-curl-config"],
    cwe: [],
    references: ["https://curl.se/docs/manpage.html#--retry"],
  },

  check(dockerfile, report) {
    const reported = new Set<number | undefined>();
    for (const { run, command } of downloads(dockerfile, "curl")) {
      const [program] = command.words;
      if (program === undefined || reported.has(run.stageIndex)) continue;
      if (
        hasFlag(command, "--retry", "-K", "--config") ||
        hasToolConfig(dockerfile, run, /curlrc|CURL_HOME/)
      )
        continue;
      reported.add(run.stageIndex);
      report(program.span, '"curl" does not try again');
    }
  },
});

export default rule;
