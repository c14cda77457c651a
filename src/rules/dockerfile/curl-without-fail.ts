import { downloads, hasToolConfig } from "../../audit/dockerfile/helpers-download.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { hasFlag } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1242",
    name: "curl-without-fail",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`curl` takes the page of an error for the file",
    why: "Without `--fail` an answer of 404 or 500 is written to the file, or run by the shell, and the status is 0: the build goes on with an error page.",
    howToFix: "Write `curl -f`, mostly `curl -fsSL`.",
    bad: "FROM debian:12\nRUN curl -sSLO https://example.com/app.tar\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar\n",
    since: "0.1.0",
    aliases: ["droast:DF035"],
    cwe: [],
    references: ["https://curl.se/docs/manpage.html#-f"],
  },

  check(dockerfile, report) {
    for (const { run, command } of downloads(dockerfile, "curl")) {
      const [program] = command.words;
      // With -w the script looks at the status itself.
      if (
        program === undefined ||
        hasFlag(
          command,
          "-f",
          "--fail",
          "--fail-with-body",
          "--fail-early",
          "-w",
          "--write-out",
          "-K",
          "--config",
        )
      )
        continue;
      if (hasToolConfig(dockerfile, run, /curlrc|CURL_HOME/)) continue;
      const edit = insertAfter(run.command, command, program, "-f");
      report(
        program.span,
        '"curl" does not fail on an error of the server',
        edit && { fix: { title: 'add "-f"', safe: false, edits: [edit] } },
      );
    }
  },
});

export default rule;
