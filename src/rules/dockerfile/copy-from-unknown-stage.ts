import { isPlaceholder, sourceReferences } from "../../audit/dockerfile/helpers-reference.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1207",
    name: "copy-from-unknown-stage",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "COPY --from or a mount names a stage that is not there",
    why: "The builder takes the name for an image of a registry. A typing error becomes a pull of `docker.io/library/<name>`, and files of whoever owns that name go into the image.",
    howToFix:
      "Name an earlier stage. Of an image name the tag too: `--from=nginx:1.29`. Named build contexts (`--build-context`) go into the option `contexts`.",
    bad: "FROM golang:1.24 AS build\nFROM alpine:3.22\nCOPY --from=biuld /app /app\n",
    good: "FROM golang:1.24 AS build\nFROM alpine:3.22\nCOPY --from=build /app /app\n",
    since: "0.1.0",
    options: {
      contexts: {
        default: [],
        description: "Named build contexts, as given to `docker build --build-context`",
      },
    },
    aliases: ["hadolint:DL3022", "droast:DF049"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---from",
      "https://docs.docker.com/build/building/multi-stage/",
    ],
  },

  check(dockerfile, report, options) {
    // The names of a template's stages are not known yet.
    if (dockerfile.stages.some(({ from }) => from.rest.raw.includes("{{"))) return;
    const contexts = options.strings("contexts").map((name) => name.toLowerCase());
    const earlier: string[] = [];
    let seen = 0;
    for (const { node, from } of sourceReferences(dockerfile)) {
      const { stageIndex: own } = node;
      if (own === undefined || node.isTrigger || from.kind === "unknown") continue;
      for (; seen < own; seen++) earlier.push(dockerfile.stages[seen]?.alias?.name ?? "");
      const { span, value = "" } = from.word;
      if (contexts.includes(value.toLowerCase())) continue;
      if (from.kind === "stage") {
        if (from.stageIndex !== undefined && from.stageIndex > own)
          report(span, `stage "${value}" stands below: older builders do not know it here`);
      } else if (from.kind === "index") report(span, `there is no stage ${value}`);
      else if (!/[:/@.]/.test(value) && value !== "" && !isPlaceholder(value)) {
        const near = value.length > 2 ? closest(value, earlier) : undefined;
        const fix: Fix | undefined =
          near === undefined
            ? undefined
            : { title: `write "${near}"`, safe: false, edits: [{ span, text: near }] };
        report(
          span,
          `"${value}" is no stage of this file${near === undefined ? "" : `; "${near}" is`}`,
          fix && { fix },
        );
      }
    }
  },
});

export default rule;
