import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  effectiveWorkdir,
  externalBase,
  instructionsOf,
  joinPath,
  stageChain,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1208",
    name: "copy-from-empty-stage",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "COPY --from a stage that has no files",
    why: "The stage begins at `scratch` and nothing is put into it, so the copy fails whenever that part is built. Mostly another stage was meant.",
    howToFix:
      "Name the stage that makes the files, or copy them into the empty one first. A stage that a named build context replaces (`--build-context files=…`) may be empty: suppress the finding there.",
    bad: "FROM scratch AS files\nLABEL a=b\nFROM alpine:3.22\nCOPY --from=files /app /app\n",
    good: "FROM scratch AS files\nCOPY app /app\nFROM alpine:3.22\nCOPY --from=files /app /app\n",
    since: "0.1.0",
    aliases: ["tally:copy-from-empty-scratch-stage"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---from",
      "https://docs.docker.com/build/building/base-images/",
    ],
  },

  check(dockerfile, report) {
    for (const { from, sources, isTrigger } of instructionsOf(dockerfile, "copy")) {
      const stage = from?.stageIndex === undefined ? undefined : dockerfile.stages[from.stageIndex];
      if (from === undefined || stage === undefined || isTrigger || !isEmpty(dockerfile, stage))
        continue;
      // WORKDIR makes its folder, and those above.
      const { instruction, path } = effectiveWorkdir(dockerfile, stage);
      const isFolder = ({ word }: (typeof sources)[number]): boolean =>
        word.value === undefined ||
        (instruction !== undefined &&
          (path === undefined || `${path}/`.startsWith(joinPath("/", word.value))));
      if (!sources.some(isFolder))
        report(from.word.span, `nothing is put into stage "${from.word.text}"`);
    }
  },
});

const WRITERS: ReadonlySet<string> = new Set(["copy", "add", "run", "unknown", "onbuild"]);

function isEmpty(dockerfile: Dockerfile, stage: Stage): boolean {
  return (
    externalBase(dockerfile, stage).kind === "scratch" &&
    stageChain(dockerfile, stage).every(({ instructions }) =>
      instructions.every(({ kind }) => !WRITERS.has(kind)),
    )
  );
}

export default rule;
