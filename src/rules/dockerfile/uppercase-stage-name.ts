import type { Dockerfile, Word } from "../../audit/dockerfile/model.ts";
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
    let uses: ReadonlyMap<number, readonly Word[]> | undefined;
    for (const { alias, from, index } of dockerfile.stages) {
      if (alias === undefined || from.args.length !== 3 || alias.text === alias.name) continue;
      uses ??= usesOf(dockerfile);
      report(alias.span, `stage "${alias.text}" is not named in lower case`, {
        fix: {
          title: "write the name in lower case",
          safe: true,
          edits: [
            { span: alias.span, text: alias.name },
            ...(uses.get(index) ?? [])
              .filter(({ raw }) => raw.toLowerCase() === alias.name && raw !== alias.name)
              .map(({ span }) => ({ span, text: alias.name })),
          ],
        },
      });
    }
  },
});

/** Where FROM, COPY --from and --mount=from= name stages, by the stage. */
function usesOf(dockerfile: Dockerfile): ReadonlyMap<number, readonly Word[]> {
  const uses = new Map<number, Word[]>();
  const add = (stage: number | undefined, word: Word | undefined): void => {
    if (stage === undefined || word === undefined) return;
    const words = uses.get(stage);
    if (words === undefined) uses.set(stage, [word]);
    else words.push(word);
  };
  for (const { parent, base } of dockerfile.stages) add(parent, base.word);
  for (const node of instructionsOf(dockerfile, "copy", "add", "run"))
    for (const { from } of node.kind === "run" ? node.mounts : [node])
      add(from?.stageIndex, from?.word);
  return uses;
}

export default rule;
