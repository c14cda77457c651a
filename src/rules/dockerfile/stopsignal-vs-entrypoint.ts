import {
  passesSignals,
  shellStartCommands,
  startOf,
} from "../../audit/dockerfile/helpers-start.ts";
import { effective, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1455",
    name: "stopsignal-vs-entrypoint",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "STOPSIGNAL goes to a shell that does not pass it on",
    why: "Process 1 gets the signal, and that is the shell: the program behind it never sees the signal that it was to end by. It is killed after ten seconds, in the middle of its work.",
    howToFix:
      'Start the program itself: `ENTRYPOINT ["nginx", "-g", "daemon off;"]`. Where a shell is needed let it end with `exec program`.',
    bad: "FROM nginx:1.28\nSTOPSIGNAL SIGQUIT\nCMD nginx -g 'daemon off;'\n",
    good: 'FROM nginx:1.28\nSTOPSIGNAL SIGQUIT\nCMD ["nginx", "-g", "daemon off;"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-573"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
      "https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const signal = effective(dockerfile, stage, "stopsignal")?.signal;
    const start = startOf(dockerfile, stage);
    if (signal?.value === undefined || start === undefined) return;
    // SIGKILL reaches everybody: the kernel ends the whole PID namespace with process 1.
    if (/^(?:(?:SIG)?(?:TERM|KILL)|15|9)$/i.test(signal.value)) return;
    const commands = shellStartCommands(dockerfile, start);
    if (commands === undefined || passesSignals(commands)) return;
    report(signal.span, `"${signal.value}" reaches a shell only`, {
      related: [{ span: start.keywordSpan, message: "the shell is started here" }],
    });
  },
});

export default rule;
