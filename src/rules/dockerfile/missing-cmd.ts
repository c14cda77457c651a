import { effective, externalBase, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1223",
    name: "missing-cmd",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "Image says neither CMD nor ENTRYPOINT",
    why: "What the container runs is then what the base image happens to start, mostly a shell: it ends at once, or gives a shell to whoever attaches.",
    howToFix: "End the last stage with `ENTRYPOINT` or `CMD` in JSON form.",
    bad: "FROM debian:12\nCOPY app /app\n",
    good: 'FROM debian:12\nCOPY app /app\nENTRYPOINT ["/app"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "droast:DF036",
      "dockerfile_lint:required:CMD",
      "dockerfile_lint:required:ENTRYPOINT",
    ],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#cmd",
      "https://docs.docker.com/reference/dockerfile/#entrypoint",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || stage.from.image === undefined) return;
    if (effective(dockerfile, stage, "cmd") ?? effective(dockerfile, stage, "entrypoint")) return;
    const { reference } = externalBase(dockerfile, stage);
    report(
      stage.from.image.span,
      `image from "${reference}" has neither "CMD" nor "ENTRYPOINT" of its own`,
    );
  },
});

export default rule;
