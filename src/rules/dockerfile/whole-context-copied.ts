import { contextSources, isWholeContext } from "../../audit/dockerfile/helpers-context.ts";
import { isIgnoredPath } from "../../audit/dockerfile/ignore.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1209",
    name: "whole-context-copied",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Whole build context is copied into the image",
    why: "Whatever lies in the folder on the day of the build goes into the image: `.git` with its history, `.env`, keys, dumps. Who pulls the image has them.",
    howToFix:
      "Copy what the image needs by name, or keep a `.dockerignore` that leaves out `.git`, `.env` and the like (better: begins with `*` and takes back what is needed). Copies in build stages of which only results are taken are not reported, unless the option `allStages` is set.",
    bad: "FROM node:22\nCOPY . /app\n",
    good: "FROM node:22\nCOPY package.json src /app/\n",
    since: "0.1.0",
    options: {
      allStages: {
        default: false,
        description: "Look at stages too whose layers are not in the image",
      },
    },
    aliases: ["droast:DF007", "droast:DF026", "dockerfile-sec:core-003"],
    cwe: ["CWE-497", "CWE-668"],
    references: [
      "https://docs.docker.com/build/concepts/context/#dockerignore-files",
      "https://docs.docker.com/build/building/best-practices/#exclude-with-dockerignore",
    ],
  },

  check(dockerfile, report, options) {
    const isKept = hasUsefulIgnoreFile(dockerfile);
    for (const item of contextSources(dockerfile)) {
      const { node, source } = item;
      if (!isWholeContext(item)) continue;
      if (!options.boolean("allStages") && !isInFinalChain(dockerfile, node)) continue;
      report(
        source.word.span,
        `"${source.word.text}" takes the whole build context`,
        isKept || node.exclude.length > 0 ? { severity: "info" } : undefined,
      );
    }
  },
});

function hasUsefulIgnoreFile({ context }: Dockerfile): boolean {
  if (context?.ignore.state !== "read") return false;
  const { patterns } = context.ignore;
  return [".git", ".env"].every((path) => isIgnoredPath(patterns, path));
}

export default rule;
