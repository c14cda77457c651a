import {
  effectiveShell,
  finalChain,
  isWindows,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1031",
    name: "shell-form-command",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "CMD or ENTRYPOINT is in shell form",
    why: "A shell then stands between the container and the program: it gets the signals and does not pass them on, so stopping the container takes ten seconds and ends in SIGKILL. The image also needs a shell.",
    howToFix:
      'Write a JSON array: `CMD ["nginx", "-g", "daemon off;"]`. Where a shell is meant, begin with `exec`, or set `SHELL`.',
    bad: "FROM nginx:1.27\nCMD nginx -g 'daemon off;'\n",
    good: 'FROM nginx:1.27\nCMD ["nginx", "-g", "daemon off;"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL3025",
      "buildkit:JSONArgsRecommended",
      "kics:b86987e1-6397-4619-81d5-8807f2387c79",
      "kics:34945ae8-730d-424c-8279-b064d9f108de",
      "semgrep:prefer-json-notation",
      "droast:DF018",
      "droast:DF025",
    ],
    cwe: ["CWE-573"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form",
      "https://docs.docker.com/reference/build-checks/json-args-recommended/",
    ],
  },

  check(dockerfile, report) {
    for (const stage of finalChain(dockerfile)) {
      if (isWindows(dockerfile, stage)) continue;
      for (const node of stageInstructions(stage, "cmd", "entrypoint")) {
        const { command } = node;
        if (command.form !== "shell" || effectiveShell(dockerfile, node) !== undefined) continue;
        const text = node.rest.text.trim();
        // `exec program` hands the process over to the program.
        if (text === "" || /^exec\s/.test(text)) continue;
        report(node.rest.span, `"${node.keywordText}" is run by a shell`);
      }
    }
  },
});

export default rule;
