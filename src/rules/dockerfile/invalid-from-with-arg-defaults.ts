import { isPlaceholder } from "../../audit/dockerfile/helpers-reference.ts";
import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import { expandFrom } from "../../audit/dockerfile/query.ts";
import { referenceProblem } from "../../audit/dockerfile/reference-grammar.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1202",
    name: "invalid-from-with-arg-defaults",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "FROM names no image when no build argument is given",
    why: "Whoever builds the file without `--build-arg` (a scanner, a colleague, the next CI system) gets an error, or an image that nobody chose.",
    howToFix:
      "Give the `ARG` a default that makes a whole reference: `ARG VERSION=3.22`, or write `${VERSION:-3.22}`.",
    bad: "ARG VERSION\nFROM alpine:$VERSION\n",
    good: "ARG VERSION=3.22\nFROM alpine:$VERSION\n",
    since: "0.1.0",
    aliases: ["buildkit:InvalidDefaultArgInFrom", "dockerfile-utils:BASE_NAME_EMPTY"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/",
      "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
    ],
  },

  check(dockerfile, report) {
    const earlier = new Set<string>();
    for (const { from, alias } of dockerfile.stages) {
      const { image } = from;
      // An undeclared variable has a rule of its own.
      const isOurs =
        image !== undefined &&
        image.variables.length > 0 &&
        image.variables.every(
          ({ declaration, operator }) => declaration !== undefined || operator !== "",
        );
      const reference = isOurs ? expandFrom(dockerfile, image) : undefined;
      if (image !== undefined && reference !== undefined && !earlier.has(reference.toLowerCase())) {
        const problem = isPlaceholder(reference) ? undefined : referenceProblem(reference);
        const given = reference === "" ? "FROM" : `"${reference}"`;
        if (problem !== undefined)
          report(image.span, `without build arguments ${given} ${problem}`, valuesSetAt(image));
      }
      if (alias !== undefined) earlier.add(alias.name);
    }
  },
});

export default rule;
