import { downloads, hasToolConfig } from "../../audit/dockerfile/helpers-download.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { flagValue, hasFlag } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1243",
    name: "curl-without-location",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`curl` does not follow redirections",
    why: "When the server moves the file, `curl` writes an empty or small page in its place, with status 0 even under `--fail`.",
    howToFix: "Write `curl -L`, with `--proto '=https'` where it must not be led to plain HTTP.",
    bad: "FROM debian:12\nRUN curl -fsSO https://example.com/app.tar\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:curl-should-follow-redirects"],
    cwe: [],
    references: ["https://curl.se/docs/manpage.html#-L"],
  },

  check(dockerfile, report) {
    for (const { run, command } of downloads(dockerfile, "curl")) {
      const [program] = command.words;
      if (
        program === undefined ||
        hasFlag(command, "-L", "--location", "--location-trusted", "-K", "--config")
      )
        continue;
      const method = flagValue(command, "-X", "--request");
      const isCall =
        (method !== undefined && method !== "GET") ||
        hasFlag(
          command,
          "-d",
          "--data",
          "--data-raw",
          "--data-binary",
          "-F",
          "--form",
          "-T",
          "--json",
        );
      if (isCall || hasToolConfig(dockerfile, run, /curlrc|CURL_HOME/)) continue;
      const edit = insertAfter(run.command, command, program, "-L");
      report(
        program.span,
        '"curl" does not follow redirections',
        edit && { fix: { title: 'add "-L"', safe: false, edits: [edit] } },
      );
    }
  },
});

export default rule;
