import { effective, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1114",
    name: "entrypoint-without-cmd",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "ENTRYPOINT holds arguments that CMD could hold",
    why: "Arguments in `ENTRYPOINT` are there whatever a user gives: to change one, the whole entrypoint has to be replaced, and with it what the image does at its start.",
    howToFix: "Keep the program in `ENTRYPOINT` and its default arguments in `CMD`.",
    bad: 'FROM debian:12\nENTRYPOINT ["app", "--port=80"]\n',
    good: 'FROM debian:12\nENTRYPOINT ["app"]\nCMD ["--port=80"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["droast:DF017"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const entrypoint = effective(dockerfile, stage, "entrypoint");
    if (entrypoint === undefined || entrypoint.command.form !== "exec") return;
    if (entrypoint.command.argv.length < 2) return;
    const cmd = effective(dockerfile, stage, "cmd");
    // ENTRYPOINT takes back a CMD of the image it is FROM.
    if (cmd !== undefined && (cmd.stageIndex ?? 0) >= (entrypoint.stageIndex ?? 0)) return;
    report(
      entrypoint.keywordSpan,
      `"${entrypoint.keywordText}" has fixed arguments, and there is no CMD`,
    );
  },
});

export default rule;
