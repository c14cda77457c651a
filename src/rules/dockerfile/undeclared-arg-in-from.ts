import type { VariableUse, Word } from "../../audit/dockerfile/model.ts";
import { globalArgNames } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1201",
    name: "undeclared-arg-in-from",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "FROM uses an ARG that is not declared before the first FROM",
    why: "The builder replaces the variable by nothing, without an error: the image name loses its tag, its registry or all of it, and the build takes another image than the one that was meant.",
    howToFix:
      "Declare it above the first `FROM`: `ARG VERSION=3.22`. An `ARG` inside a stage does not count for `FROM`.",
    bad: "FROM alpine:3.22${VARIANT}\n",
    good: "ARG VARIANT=\nFROM alpine:3.22${VARIANT}\n",
    since: "0.1.0",
    aliases: ["buildkit:UndefinedArgInFrom"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
      "https://docs.docker.com/reference/build-checks/undefined-arg-in-from/",
    ],
  },

  check(dockerfile, report) {
    const known = [...globalArgNames(dockerfile), ...PLATFORM_ARGS];
    for (const { from } of dockerfile.stages)
      for (const word of [from.platform, from.image]) {
        if (word === undefined) continue;
        for (const variable of word.variables) {
          if (variable.declaration !== undefined || variable.operator !== "") continue;
          const near = closest(variable.name, known);
          const hint = near === undefined ? "" : `; "${near}" is`;
          const fix = near === undefined ? undefined : renamed(word, variable, near);
          report(
            variable.span,
            `"${variable.name}" is not declared before the first FROM${hint}`,
            fix && { fix },
          );
        }
      }
  },
});

// docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
const PLATFORM_ARGS = [
  ...["TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE"],
  ...["BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"],
];

function renamed(
  { raw }: Word,
  { span, rawStart, rawEnd, name }: VariableUse,
  near: string,
): Fix | undefined {
  const written = raw.slice(rawStart, rawEnd);
  // A name that continuation lines split is left to people.
  if (span.end - span.start !== written.length) return undefined;
  return {
    title: `write "${near}"`,
    safe: false,
    edits: [{ span, text: written.replace(name, () => near) }],
  };
}

export default rule;
