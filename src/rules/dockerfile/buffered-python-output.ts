import { environmentOf, externalBase, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1141",
    name: "buffered-python-output",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Python image does not set PYTHONUNBUFFERED",
    why: "Without a terminal Python keeps its output back until some kilobytes are together: when the process is killed the last lines, which say why, are lost.",
    howToFix:
      "Write `ENV PYTHONUNBUFFERED=1`, and `PYTHONDONTWRITEBYTECODE=1` where nothing is to be written beside the sources.",
    bad: 'FROM python:3.13\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.13\nENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\nCMD ["python", "app.py"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["droast:DF032"],
    cwe: [],
    references: ["https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const base = externalBase(dockerfile, stage);
    const name = base.repository.replace(/^.*\//, "");
    if (base.kind !== "image" || !base.isNameKnown || name !== "python") return;
    const environment = environmentOf(dockerfile, stage);
    const missing = ["PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"].filter(
      (variable) => !environment.has(variable),
    );
    if (missing.length === 0) return;
    const last = stage.from.args.at(-1)?.span.end ?? stage.from.span.end;
    const newline = dockerfile.text.slice(stage.from.span.end).startsWith("\r\n") ? "\r\n" : "\n";
    report(
      stage.base.span,
      `"${missing.join('" and "')}" ${missing.length > 1 ? "are" : "is"} not set`,
      {
        fix: {
          title: "set them",
          safe: false,
          edits: [
            {
              span: { start: last, end: last },
              text: `${newline}ENV ${missing.map((variable) => `${variable}=1`).join(" ")}`,
            },
          ],
        },
      },
    );
  },
});

export default rule;
