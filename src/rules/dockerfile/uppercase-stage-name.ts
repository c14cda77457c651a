import type { Dockerfile, Stage, Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1107",
    name: "uppercase-stage-name",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Stage name has upper-case letters",
    why: "Names of stages are compared without case, names of images may have no capitals: `AS Base` and `FROM base` are the same stage, which people and other tools do not see.",
    howToFix: "Write the name in lower case, also where it is used.",
    bad: "FROM debian:12 AS Build\n",
    good: "FROM debian:12 AS build\n",
    since: "0.1.0",
    aliases: ["buildkit:StageNameCasing"],
    cwe: [],
    references: ["https://docs.docker.com/reference/build-checks/stage-name-casing/"],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const { alias, from } = stage;
      if (alias === undefined || from.args.length !== 3 || alias.text === alias.name) continue;
      report(alias.span, `stage "${alias.text}" is not named in lower case`, {
        fix: {
          title: "write the name in lower case",
          safe: true,
          edits: [
            { span: alias.span, text: alias.name },
            ...usesOf(dockerfile, stage)
              .filter(({ raw }) => raw.toLowerCase() === alias.name && raw !== alias.name)
              .map(({ span }) => ({ span, text: alias.name })),
          ],
        },
      });
    }
  },
});

/** Where FROM, COPY --from and --mount=from= name the stage. */
function usesOf(dockerfile: Dockerfile, { index }: Stage): readonly Word[] {
  const bases = dockerfile.stages.filter(({ parent }) => parent === index);
  const sources = instructionsOf(dockerfile, "copy", "add", "run").flatMap((node) =>
    (node.kind === "run" ? node.mounts : [node]).flatMap(({ from }) =>
      from?.stageIndex === index ? [from.word] : [],
    ),
  );
  return [...bases.map(({ base }) => base.word), ...sources];
}

export default rule;
