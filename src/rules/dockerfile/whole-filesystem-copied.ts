import type { Dockerfile, SourceReference } from "../../audit/dockerfile/model.ts";
import { externalBase, finalStage, instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1314",
    name: "whole-filesystem-copied",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "COPY takes the whole file system of another stage or image",
    why: "The root of the other image comes over the own one: compilers, caches and secrets of the build stage, and system files that do not fit the packages known here. A scanner no longer knows what is installed.",
    howToFix:
      "Copy what is needed: `COPY --from=build /out/app /usr/local/bin/`. To go on from the other image, name it in `FROM`.",
    bad: "FROM golang:1.24 AS build\nRUN go build -o /out/app .\nFROM debian:12\nCOPY --from=build / /\n",
    good: "FROM golang:1.24 AS build\nRUN go build -o /out/app .\nFROM debian:12\nCOPY --from=build /out/app /usr/local/bin/\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3067"],
    cwe: [],
    options: {
      allowSquash: {
        default: true,
        description:
          "Be silent about a final stage FROM scratch that takes all of another: so layers are made one.",
      },
    },
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---from",
      "https://docs.docker.com/build/building/multi-stage/",
    ],
  },

  check(dockerfile, report, options) {
    const last = finalStage(dockerfile);
    for (const { from, sources, destination, stageIndex, isTrigger } of instructionsOf(
      dockerfile,
      "copy",
    )) {
      if (from === undefined || isTrigger || destination?.value !== "/") continue;
      const isSquash = stageIndex === last?.index && last?.base.kind === "scratch";
      const root = sources.find(({ word }) => word.value === "/");
      if (
        root !== undefined &&
        !isSmall(dockerfile, from) &&
        !(isSquash && options.boolean("allowSquash"))
      )
        report(root.word.span, `all of "${from.reference}" is copied over the own root`);
    }
  },
});

/**
 * A stage FROM scratch holds what was copied into it and no more; tonistiigi/xx is such an image, made to be copied
 * whole.
 */
function isSmall(dockerfile: Dockerfile, from: SourceReference): boolean {
  const stage = from.stageIndex === undefined ? undefined : dockerfile.stages[from.stageIndex];
  const base = stage === undefined ? from : externalBase(dockerfile, stage);
  return (stage !== undefined && base.kind === "scratch") || base.repository === "tonistiigi/xx";
}

export default rule;
