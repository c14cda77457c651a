import { undefinedUses } from "../../audit/dockerfile/helpers-variables.ts";
import { externalBase, stageOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1239",
    name: "undefined-variable",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Variable is used that is not set there",
    why: "The builder puts nothing in its place, without an error: `COPY $SRC /app` copies the whole context, `ENV PATH=$PAHT:/x` loses every program.",
    howToFix:
      "Declare it by `ARG` or `ENV` above, in the same stage, or give a default: `${NAME:-value}`.",
    bad: "FROM alpine:3.22\nARG ASSETS=assets/\nCOPY $ASSET /srv/\n",
    good: "FROM alpine:3.22\nARG ASSETS=assets/\nCOPY $ASSETS /srv/\n",
    since: "0.1.0",
    aliases: ["buildkit:UndefinedVar"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/undefined-var/",
      "https://docs.docker.com/reference/dockerfile/#environment-replacement",
    ],
  },

  check(dockerfile, report) {
    for (const { node, use, near, setLater } of undefinedUses(dockerfile)) {
      const stage = stageOf(dockerfile, node);
      const isClosed = stage !== undefined && externalBase(dockerfile, stage).kind === "scratch";
      // What the base image sets is not known: see variable-not-in-file.
      if (near === undefined && setLater === undefined && !isClosed) continue;
      const hint =
        setLater !== undefined ? ": it is set below" : near === undefined ? "" : `; "${near}" is`;
      const written = dockerfile.text.slice(use.span.start, use.span.end);
      const fix: Fix | undefined =
        near !== undefined && setLater === undefined && written.includes(use.name)
          ? {
              title: `write "${near}"`,
              safe: false,
              edits: [{ span: use.span, text: written.replace(use.name, () => near) }],
            }
          : undefined;
      report(use.span, `"${use.name}" is not set here${hint}`, {
        ...(setLater !== undefined && { related: [{ span: setLater, message: "too late" }] }),
        ...(fix && { fix }),
      });
    }
  },
});

export default rule;
