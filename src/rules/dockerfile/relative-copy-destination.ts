import type { CopyInstruction, Dockerfile } from "../../audit/dockerfile/model.ts";
import { effective, stageOf, unwrapped } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1213",
    name: "relative-copy-destination",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "COPY has a relative destination, and no WORKDIR is set",
    why: "Where the file lands depends on the base image. A new version of that image with another working directory moves it, and what should replace a file lies beside it.",
    howToFix: "Write an absolute destination, or set `WORKDIR` above.",
    bad: "FROM alpine:3.22\nCOPY app.sh bin/\n",
    good: "FROM alpine:3.22\nWORKDIR /app\nCOPY app.sh bin/\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3045", "droast:DF063"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy",
      "https://docs.docker.com/reference/dockerfile/#workdir",
    ],
  },

  check(dockerfile, report) {
    /** Stage of the last ONBUILD WORKDIR. */
    let triggered: number | undefined;
    for (const node of unwrapped(dockerfile)) {
      if (node.kind === "workdir" && node.isTrigger) triggered = node.stageIndex;
      if (node.kind !== "copy" && node.kind !== "add") continue;
      const { destination, stageIndex, sources } = node;
      if (destination === undefined || sources.length === 0 || stageIndex === undefined) continue;
      if (
        !isRelative(destination.value ?? destination.text) ||
        (node.isTrigger && triggered === stageIndex)
      )
        continue;
      const stage = stageOf(dockerfile, node);
      if (
        stage === undefined ||
        effective(dockerfile, node.isTrigger ? stage : node, "workdir") !== undefined
      )
        continue;
      const fix = withWorkdir(dockerfile, node);
      report(
        destination.span,
        `"${destination.value ?? destination.text}" counts from the working directory of the base image`,
        fix && { fix },
      );
    }
  },
});

/** A path that begins with a variable, or with a placeholder of a template, can be anything. */
function isRelative(path: string): boolean {
  return path !== "" && !/^(?:["']?[/\\$]|["']?[A-Za-z]:|\{\{)/.test(path);
}

/** The directory that most base images have, above the first COPY of the stage. */
function withWorkdir(dockerfile: Dockerfile, node: CopyInstruction): Fix | undefined {
  const stage = stageOf(dockerfile, node);
  const first = stage?.instructions.find(
    (other) =>
      (other.kind === "copy" || other.kind === "add") &&
      other.destination !== undefined &&
      isRelative(other.destination.value ?? other.destination.text),
  );
  if (node.isTrigger || first?.index !== node.index) return undefined;
  const start = node.commentsAbove[0]?.span.start ?? node.span.start;
  return {
    title: 'set "WORKDIR /"',
    safe: false,
    edits: [{ span: { start, end: start }, text: "WORKDIR /\n" }],
  };
}

export default rule;
