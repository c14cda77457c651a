import { signalName } from "../../audit/dockerfile/helpers-signal.ts";
import { effective, finalStage } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { innermost, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1231",
    name: "systemd-without-stopsignal",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Stop signal of an image that runs systemd is not SIGRTMIN+3",
    why: 'systemd takes `SIGTERM` for "run yourself anew": the container goes on until the time-out, and is then killed with all its services running.',
    howToFix: "Write `STOPSIGNAL SIGRTMIN+3`: systemd then stops its services and ends.",
    bad: 'FROM fedora:42\nCMD ["/sbin/init"]\n',
    good: 'FROM fedora:42\nSTOPSIGNAL SIGRTMIN+3\nCMD ["/sbin/init"]\n',
    since: "0.1.0",
    aliases: ["tally:prefer-systemd-sigrtmin-plus-3"],
    cwe: [],
    references: [
      "https://www.freedesktop.org/software/systemd/man/latest/systemd.html#Signals",
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const node = effective(dockerfile, stage, "entrypoint") ?? effective(dockerfile, stage, "cmd");
    const script = node && scriptOf(dockerfile, node);
    const first = script?.commands[0];
    const [word] =
      script === undefined || first === undefined ? [] : innermost(script, first).words;
    if (node === undefined || word?.value === undefined || !SYSTEMD.test(word.value)) return;
    const signal = effective(dockerfile, stage, "stopsignal")?.signal;
    const name = signal?.value === undefined ? undefined : signalName(signal.value);
    if (name === "RTMIN+3" || (signal !== undefined && signal.value === undefined)) return;
    const start = node.commentsAbove[0]?.span.start ?? node.span.start;
    const edit =
      signal === undefined
        ? { span: { start, end: start }, text: "STOPSIGNAL SIGRTMIN+3\n" }
        : { span: signal.span, text: "SIGRTMIN+3" };
    const fix: Fix = { title: 'set "STOPSIGNAL SIGRTMIN+3"', safe: false, edits: [edit] };
    report(word.span, `"${word.value}" is not stopped by SIGRTMIN+3`, { fix });
  },
});

const SYSTEMD =
  /^(?:(?:\/usr)?\/s?bin\/(?:init|systemd)|(?:\/usr)?\/lib\/systemd\/systemd|systemd)$/;

export default rule;
