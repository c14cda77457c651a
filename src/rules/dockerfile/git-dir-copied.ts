import {
  contextSources,
  isContextKnown,
  isWholeContext,
} from "../../audit/dockerfile/helpers-context.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { isIgnoredPath } from "../../audit/dockerfile/ignore.ts";
import type { CopySource, Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1432",
    name: "git-dir-copied",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "The repository's history is copied into the image",
    why: "`.git` holds every version of every file, secrets among them that were removed long ago, and the configuration with tokens that CI systems write into it. A web server that serves the folder gives all of it away.",
    howToFix:
      "Put `.git` into `.dockerignore`. A build that asks Git for the version mounts it for that step: `RUN --mount=type=bind,source=.git,target=.git git describe`.",
    bad: "FROM golang:1.25\nCOPY .git /src/.git\nRUN cd /src && go build .\n",
    good: "FROM golang:1.25\nRUN --mount=type=bind,source=.git,target=/src/.git cd /src && go build .\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-527", "CWE-538"],
    references: [
      "https://docs.docker.com/build/concepts/context/#dockerignore-files",
      "https://docs.docker.com/reference/dockerfile/#add---keep-git-dir",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      if (!isInShippedLayers(dockerfile, node)) continue;
      for (const source of node.sources)
        if (isGitFolder(source))
          report(source.word.span, `"${source.word.value}" brings the history`);
        else if (source.kind === "git" && node.keepGitDir)
          report(source.word.span, '"--keep-git-dir" brings the history');
    }
    if (!isInContext(dockerfile)) return;
    for (const whole of contextSources(dockerfile))
      if (isWholeContext(whole) && isInShippedLayers(dockerfile, whole.node))
        report(
          whole.source.word.span,
          `"${whole.source.word.value}" brings the history: nothing leaves ".git" out`,
        );
  },
});

/** The context has the folder, and `.dockerignore` does not leave it out. */
function isInContext(dockerfile: Dockerfile): boolean {
  const { context } = dockerfile;
  if (context === undefined || !isContextKnown(dockerfile) || context.at(".git") !== "folder")
    return false;
  const { ignore } = context;
  return ignore.state === "read"
    ? !isIgnoredPath(ignore.patterns, ".git/config")
    : ignore.state === "missing";
}

/** `.git`, `./.git/`, `/src/.git`; single files of it (`.git/HEAD`) tell little. */
function isGitFolder({ kind, word }: CopySource): boolean {
  return kind === "local" && /(?:^|\/)\.git\/?(?:\*\*?\/?)?$/.test(word.value ?? "");
}

export default rule;
