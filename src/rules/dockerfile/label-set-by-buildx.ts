import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1145",
    name: "label-set-by-buildx",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Label is one that buildx fills in from Git",
    why: "With `BUILDX_GIT_LABELS` the builder sets the label itself: a fixed value in the file is overwritten, or is stale where somebody builds without it, and points to a commit that the image was not made from.",
    howToFix:
      "Leave the label to buildx, or to a build argument. The option `gitLabels` says that you build with `BUILDX_GIT_LABELS`.",
    bad: "FROM debian:12\nLABEL org.opencontainers.image.revision=0123abc\n",
    good: "FROM debian:12\nLABEL org.opencontainers.image.title=app\n",
    since: "0.1.0",
    profile: "all",
    options: {
      gitLabels: {
        default: false,
        description: "Whether builds set `BUILDX_GIT_LABELS`; without it the rule is silent.",
      },
    },
    exampleOptions: { gitLabels: true },
    aliases: ["tally:labels/no-buildx-git-overlap"],
    cwe: [],
    references: ["https://docs.docker.com/build/building/variables/#buildx_git_labels"],
  },

  check(dockerfile, report, options) {
    if (!options.boolean("gitLabels")) return;
    for (const { pairs } of instructionsOf(dockerfile, "label"))
      for (const { key, value } of pairs)
        if (key.value !== undefined && isFromGit(key.value) && value.variables.length === 0)
          report(key.span, `label "${key.value}" is set by buildx`);
  },
});

// docs.docker.com: BUILDX_GIT_LABELS=1 sets the first two, =full the third.
function isFromGit(key: string): boolean {
  return (
    key === "org.opencontainers.image.revision" ||
    key === "org.opencontainers.image.source" ||
    key.startsWith("com.docker.image.source.")
  );
}

export default rule;
