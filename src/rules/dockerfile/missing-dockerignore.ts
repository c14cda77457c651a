import {
  contextSources,
  isContextKnown,
  isWholeContext,
} from "../../audit/dockerfile/helpers-context.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1210",
    name: "missing-dockerignore",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Whole build context is copied, and there is no `.dockerignore`",
    why: "Without `.dockerignore` everything in the folder is sent to the builder and copied: `.git`, `.env`, credentials of the one who builds, `node_modules` of another system.",
    howToFix:
      "Write a `.dockerignore` beside the Dockerfile, with `.git`, `.env*`, `*.pem`, `node_modules`, `Dockerfile*` and what else the image does not need.",
    bad: "FROM node:22\nCOPY . /app\n",
    good: "FROM node:22\nCOPY src /app/src\n",
    context: { "src/": "" },
    since: "0.1.0",
    aliases: ["droast:DF033"],
    cwe: [],
    references: ["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
  },

  check(dockerfile, report) {
    const { context } = dockerfile;
    if (context?.ignore.state !== "missing" || !isContextKnown(dockerfile)) return;
    const first = contextSources(dockerfile).find(isWholeContext);
    if (first !== undefined)
      report(
        first.source.word.span,
        `no ".dockerignore" limits what "${first.node.keyword}" takes with "${first.source.word.text}"`,
      );
  },
});

export default rule;
