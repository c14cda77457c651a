import { contextSources } from "../../audit/dockerfile/helpers-context.ts";
import { isIgnoredPath } from "../../audit/dockerfile/ignore.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1211",
    name: "copy-of-ignored-file",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "COPY names a file that `.dockerignore` leaves out",
    why: "The file is not sent to the builder, so the build fails or, with a wildcard, goes on without it: a configuration or a certificate that should be in the image is not.",
    howToFix: "Take the file back with `!file` behind the pattern, or do not copy it.",
    bad: "FROM alpine:3.22\nCOPY app.log /\n",
    good: "FROM alpine:3.22\nCOPY app.conf /\n",
    context: { ".dockerignore": "*.log\n" },
    since: "0.1.0",
    aliases: ["buildkit:CopyIgnoredFile"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/copy-ignored-file/",
      "https://docs.docker.com/build/concepts/context/#dockerignore-files",
    ],
  },

  check(dockerfile, report) {
    const ignore = dockerfile.context?.ignore;
    // What exceptions take back below an ignored folder cannot be told from its name.
    if (ignore?.state !== "read" || ignore.patterns.some(({ isException }) => isException)) return;
    for (const { source, path } of contextSources(dockerfile).slice(0, MAX_SOURCES))
      if (!path.startsWith("..") && isIgnoredPath(ignore.patterns, path))
        report(source.word.span, `"${source.word.value}" is left out by "${ignore.name}"`);
  },
});

/** Sources that are looked at: patterns and paths of a hostile file are long. */
const MAX_SOURCES = 256;

export default rule;
