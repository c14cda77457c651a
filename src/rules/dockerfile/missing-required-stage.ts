import { finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1340",
    name: "missing-required-stage",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "The file lacks a stage that the team asks for",
    why: "Pipelines build stages by name, to test or to scan: one that is missing is skipped or breaks the build. A file of one stage ships its build tools.",
    howToFix: "Add the stage: `FROM golang:1.24 AS build`.",
    bad: "FROM golang:1.24\nRUN go build -o /app .\n",
    good: "FROM golang:1.24 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
    since: "0.1.0",
    profile: "all",
    options: {
      stages: { default: [], description: "Names of stages that must be there." },
      minimum: { default: 2, description: "How many stages there must be at least." },
    },
    aliases: ["tally:require-stages"],
    cwe: [],
    references: ["https://docs.docker.com/build/building/multi-stage/"],
  },

  check(dockerfile, report, options) {
    const { stages } = dockerfile;
    const last = finalStage(dockerfile);
    // Without FROM it is no Dockerfile; the parser says so.
    if (last === undefined) return;
    const names = new Set(stages.map(({ alias }) => alias?.name));
    for (const name of options.strings("stages"))
      if (!names.has(name.toLowerCase()))
        report(last.from.keywordSpan, `there is no stage "${name}"`);
    const minimum = options.number("minimum");
    if (stages.length < minimum)
      report(last.from.keywordSpan, `there are ${stages.length} of at least ${minimum} stages`);
  },
});

export default rule;
