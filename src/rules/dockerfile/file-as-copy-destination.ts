import type { CopyInstruction, CopySource, Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1024",
    name: "file-as-copy-destination",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Several sources are copied to a destination that does not end with a slash",
    why: "Builders refuse several sources whose destination does not end with `/`. With a wildcard the build breaks on the day when a second file matches; while one file matches, it becomes a file of the destination's name.",
    howToFix: "End the destination with `/`.",
    bad: "FROM node:22\nCOPY package.json package-lock.json /app\n",
    good: "FROM node:22\nCOPY package.json package-lock.json /app/\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3021",
      "trivy:DS011",
      "kics:6db6e0c2-32a3-4a2e-93b5-72c35f4119db",
      "dockerfile-utils:INVALID_DESTINATION",
      "dockerfilelint:add_dest_invalid",
      "droast:DF048",
    ],
    cwe: ["CWE-628"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy",
      "https://docs.docker.com/reference/dockerfile/#destination",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      const { sources, destination } = node;
      const pattern = sources.find(isPattern);
      if (destination === undefined || (sources.length < 2 && pattern === undefined)) continue;
      if (!endsWithoutSlash(destination)) continue;
      const what =
        sources.length < 2
          ? `all that "${pattern?.word.text}" matches is`
          : `${sources.length} sources are`;
      report(
        destination.span,
        `${what} copied to "${destination.text}", which does not end with "/"`,
        { fix: withSlash(node, destination) },
      );
    }
  },
});

/** Go's filepath.Match, which chooses the files; what is fetched is never matched. */
function isPattern({ kind, word }: CopySource): boolean {
  return kind === "local" && /(?<!\\)[*?[]/.test(word.value ?? word.text);
}

/** False for `.`, for a variable alone, and where an unknown variable comes last. */
function endsWithoutSlash({ text, value, variables, raw }: Word): boolean {
  const last = variables.findLast(({ rawEnd }) => /^["']?$/.test(raw.slice(rawEnd)));
  if (last !== undefined) {
    const isAlone = /^["']?$/.test(raw.slice(0, last.rawStart));
    if (isAlone || value === undefined) return false;
  }
  // Written `\`, which the builder takes for an escape: a directory of Windows.
  if (/\\["']?$/.test(raw)) return false;
  const path = value ?? text;
  return path !== "" && !/(?:^|[/\\])\.{0,2}$/.test(path);
}

function withSlash({ sources }: CopyInstruction, { span, raw }: Word): Fix {
  const end = /["']$/.test(raw) ? span.end - 1 : span.end;
  return {
    title: "end it with a slash",
    // A wildcard that matches one file may be meant to rename it.
    safe: sources.length > 1,
    edits: [{ span: { start: end, end }, text: "/" }],
  };
}

export default rule;
