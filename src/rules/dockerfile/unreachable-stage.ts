import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { finalStage, reachableStages } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1108",
    name: "unreachable-stage",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Nothing in the image that is built comes from the stage",
    why: "BuildKit skips the stage, older builders run it for nothing. What was meant to be in it, such as tests or a check of signatures, does not happen, and nobody is told.",
    howToFix:
      "Delete the stage, or take from it what it is for. Stages that are built by `--target` go into the option `targets`.",
    bad: "FROM debian:12 AS test\nRUN make test\nFROM debian:12\nRUN make\n",
    good: "FROM debian:12 AS test\nRUN make test\nFROM test\nRUN make\n",
    since: "0.1.0",
    // Many files are built with several targets, which they do not say.
    profile: "strict",
    options: {
      targets: {
        default: [],
        description: "Names of stages that are built on their own with `docker build --target`.",
      },
    },
    aliases: ["tally:no-unreachable-stages", "droast:DF023"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/multi-stage/#differences-between-legacy-builder-and-buildkit",
      "https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage",
    ],
  },

  check(dockerfile, report, options) {
    const targets = new Set(options.strings("targets").map((name) => name.toLowerCase()));
    const built = dockerfile.stages.filter(
      (stage) =>
        stage === finalStage(dockerfile) ||
        (stage.alias !== undefined && targets.has(stage.alias.name)),
    );
    // `COPY --from=$STAGE` may mean any of them.
    if (hasUnknownSource(dockerfile)) return;
    const reached = new Set(built.flatMap((stage) => [...reachableStages(dockerfile, stage)]));
    for (const { index, alias, base } of dockerfile.stages) {
      if (reached.has(index)) continue;
      report(
        alias?.span ?? base.span,
        alias === undefined
          ? `nothing in the final stage comes from stage ${index}`
          : `nothing in the final stage comes from stage "${alias.text}"`,
      );
    }
  },
});

function hasUnknownSource({ stages }: Dockerfile): boolean {
  return stages.some(
    ({ base, instructions }) =>
      (!base.isResolved && base.registry === undefined && base.reference.startsWith("$")) ||
      instructions.some((node) => {
        const inner = node.kind === "onbuild" ? node.trigger : node;
        if (inner?.kind === "run") return inner.mounts.some(({ from }) => from?.kind === "unknown");
        return (inner?.kind === "copy" || inner?.kind === "add") && inner.from?.kind === "unknown";
      }),
  );
}

export default rule;
