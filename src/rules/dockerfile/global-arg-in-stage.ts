import { undefinedUses } from "../../audit/dockerfile/helpers-variables.ts";
import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  externalBase,
  globalArgNames,
  lookupVariable,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1240",
    name: "global-arg-in-stage",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "ARG before FROM is used inside a stage, where it is not set",
    why: "An `ARG` before the first `FROM` counts for `FROM` alone. In the stage the variable is empty: the download has no version in its address, the directory no name.",
    howToFix:
      "Write `ARG NAME` again in the stage, below its `FROM`: it takes the value from above.",
    bad: "ARG VERSION=1.2\nFROM alpine:3.22\nRUN wget https://example.com/app-$VERSION.tar\n",
    good: "ARG VERSION=1.2\nFROM alpine:3.22\nARG VERSION\nRUN wget https://example.com/app-$VERSION.tar\n",
    since: "0.1.0",
    aliases: [],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
    ],
  },

  check(dockerfile, report) {
    const globals = new Set(globalArgNames(dockerfile));
    if (globals.size === 0) return;
    const uses = undefinedUses(dockerfile);
    for (const stage of dockerfile.stages) {
      const found = new Map<string, Span>();
      for (const { node, use } of uses)
        if (node.stageIndex === stage.index && globals.has(use.name) && !found.has(use.name))
          found.set(use.name, use.span);
      for (const { name, span } of shellUses(dockerfile, stage, globals))
        if (!found.has(name)) found.set(name, span);
      for (const [name, span] of found) {
        if (mayComeFromBase(dockerfile, stage, name)) continue;
        const at = stage.from.span.end;
        const fix: Fix = {
          title: `declare "${name}" in the stage`,
          safe: false,
          edits: [{ span: { start: at, end: at }, text: `\nARG ${name}` }],
        };
        report(span, `"${name}" is an ARG before FROM, and not declared in this stage`, { fix });
      }
    }
  },
});

/** Variables in RUN that the shell does not set itself. */
function shellUses(
  dockerfile: Dockerfile,
  stage: Stage,
  globals: ReadonlySet<string>,
): { name: string; span: Span }[] {
  return stageInstructions(stage, "run").flatMap((run) => {
    const { commands, assignments, shell } = scriptOf(dockerfile, run);
    if (run.command.form === "exec" || shell === "") return [];
    const own = new Set(assignments.map(({ name }) => name));
    for (const { name, args } of commands)
      if (name === "read" || name === "for") for (const { text } of args) own.add(text);
    const words = commands.flatMap((command) => [
      ...command.words,
      ...command.assignments.flatMap(({ value }) => value ?? []),
      ...command.redirects.flatMap(({ target }) => target ?? []),
    ]);
    return [...words, ...assignments.flatMap(({ value }) => value ?? [])].flatMap(
      ({ variables, span, raw }) =>
        variables
          .filter(
            (name) =>
              globals.has(name) &&
              !own.has(name) &&
              !raw.includes(`\${${name}:`) &&
              !raw.includes(`\${${name}-`),
          )
          .filter(
            (name) =>
              lookupVariable(dockerfile, run, name) === undefined &&
              !run.mounts.some(({ env }) => env?.value === name),
          )
          .map((name) => ({ name, span })),
    );
  });
}

/** `NODE_VERSION` is set by images called node, and so on. */
function mayComeFromBase(dockerfile: Dockerfile, stage: Stage, name: string): boolean {
  const { repository, kind } = externalBase(dockerfile, stage);
  const [first = ""] = name.toLowerCase().split("_");
  return (
    kind !== "scratch" &&
    first.length > 1 &&
    repository.toLowerCase().includes(first.replace(/^golang$/, "go"))
  );
}

export default rule;
