import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  finalStage,
  stageChain,
  stageDependencies,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1341",
    name: "missing-required-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "The image lacks a label that the team asks for",
    why: "Without it nobody can tell from a running container where its source is, who looks after it, or which version it is, at the hour when that matters.",
    howToFix: "Add `LABEL org.opencontainers.image.source=…` to the stage.",
    bad: "FROM alpine:3.22\nRUN true\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.source=https://example.com/app.git\n",
    since: "0.1.0",
    profile: "all",
    options: {
      labels: {
        default: ["org.opencontainers.image.source"],
        description: "Labels that every image made by the file must have.",
      },
    },
    aliases: [
      "hadolint:DL3049",
      "dockerfile_lint:builtin:defined_namevals",
      "dockerfile_lint:required:LABEL",
      "dockerfile_lint:required:INSTALL",
      "dockerfile_lint:required:UNINSTALL",
      "dockerfile_lint:required:RUN",
      "dockerfile_lint:required:MAINTAINER",
    ],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://docs.docker.com/reference/dockerfile/#label",
    ],
  },

  check(dockerfile, report, options) {
    const wanted = options.strings("labels");
    for (const stage of outputStages(dockerfile)) {
      const set = labelsOf(dockerfile, stage);
      // A key made of variables may be any.
      if (set.has(undefined)) continue;
      for (const name of wanted)
        if (!set.has(name)) report(stage.from.keywordSpan, `the label "${name}" is missing`);
    }
  },
});

/** The last stage, and those that no other is built from or copies from. */
function outputStages(dockerfile: Dockerfile): readonly Stage[] {
  const { stages } = dockerfile;
  const used = new Set(stages.flatMap(stageDependencies));
  return stages.filter((stage) => stage === finalStage(dockerfile) || !used.has(stage.index));
}

function labelsOf(dockerfile: Dockerfile, stage: Stage): ReadonlySet<string | undefined> {
  return new Set(
    stageChain(dockerfile, stage).flatMap((one) =>
      stageInstructions(one, "label").flatMap(({ pairs }) => pairs.map(({ key }) => key.value)),
    ),
  );
}

export default rule;
