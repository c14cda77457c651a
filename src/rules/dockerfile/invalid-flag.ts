import { problemCode } from "../../audit/dockerfile/problem-code.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1261",
    name: "invalid-flag",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Flag of an instruction is unknown, doubled or without a value",
    why: "The builder refuses the file, or an older builder than the one it was written for does.",
    howToFix: "Write the flags as the Dockerfile reference gives them, each once.",
    bad: "FROM alpine:3.22\nCOPY --chwon=1000 app /app\n",
    good: "FROM alpine:3.22\nCOPY --chown=1000 app /app\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "dockerfile-utils:UNKNOWN_ADD_FLAG",
      "dockerfile-utils:UNKNOWN_COPY_FLAG",
      "dockerfile-utils:UNKNOWN_FROM_FLAG",
      "dockerfile-utils:FLAG_DUPLICATE",
      "dockerfile-utils:FLAG_MISSING_VALUE",
      "dockerfile-utils:FLAG_EXPECTED_BOOLEAN_VALUE",
      "dockerfile-utils:FLAG_INVALID_LINK_VALUE",
    ],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/",
      "https://github.com/moby/buildkit/blob/master/frontend/dockerfile/instructions/bflag.go",
    ],
  },

  check(dockerfile, report) {
    const wrong = dockerfile.problems.filter((problem) => problemCode(problem) === "flag");
    if (wrong.length === 0) return;
    const flags = new Map(
      instructionsOf(dockerfile, "from", "run", "copy", "add", "healthcheck").flatMap(
        ({ flags: own, kind }) => own.map((flag) => [flag.span.start, { flag, kind }] as const),
      ),
    );
    for (const { span, message } of wrong) {
      const given = flags.get(span.start);
      const isUnknown = message.startsWith("unknown flag");
      const near =
        given !== undefined && isUnknown
          ? closest(given.flag.name, KNOWN[given.kind] ?? [])
          : undefined;
      const fix: Fix | undefined =
        near === undefined || given === undefined
          ? undefined
          : {
              title: `write "--${near}"`,
              safe: false,
              edits: [{ span: given.flag.nameSpan, text: `--${near}` }],
            };
      report(span, message, fix && { fix });
    }
  },
});

// docs.docker.com/reference/dockerfile: the flags of each instruction.
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  from: ["platform"],
  run: ["mount", "network", "security", "device"],
  copy: ["chown", "chmod", "from", "link", "parents", "exclude"],
  add: ["chown", "chmod", "link", "keep-git-dir", "checksum", "exclude", "unpack"],
  healthcheck: ["interval", "timeout", "start-period", "start-interval", "retries"],
};

export default rule;
