import { unwrapped } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { closest } from "../../base/suggest.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1258",
    name: "unknown-instruction",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Line begins with a word that is no instruction",
    why: "The builder refuses the file. Mostly a word is misspelt, or the line before lacks its `\\`: half of a command stands for itself.",
    howToFix: "Write the instruction that was meant, or end the line before with `\\`.",
    bad: "FROM alpine:3.22\nRUM apk add curl\n",
    good: "FROM alpine:3.22\nRUN apk add curl\n",
    since: "0.1.0",
    aliases: [
      "dockerfile-utils:UNKNOWN_INSTRUCTION",
      "dockerfilelint:invalid_command",
      "dockerfile_lint:builtin:unknown_instruction",
      "tally:unknown-instruction",
    ],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#overview"],
  },

  check(dockerfile, report) {
    // A template is filled in before a builder reads it.
    if (dockerfile.stages.some(({ from }) => from.rest.raw.includes("{{"))) return;
    for (const { kind, keyword, keywordText, keywordSpan, isTrigger } of unwrapped(dockerfile)) {
      // ONBUILD's have a rule of their own.
      if (kind !== "unknown" || isTrigger) continue;
      const near = closest(keyword, KEYWORDS);
      const written =
        near !== undefined && keywordText === keywordText.toLowerCase() ? near.toLowerCase() : near;
      const fix: Fix | undefined =
        written === undefined
          ? undefined
          : {
              title: `write "${written}"`,
              safe: false,
              edits: [{ span: keywordSpan, text: written }],
            };
      const shown = keywordText.length > 40 ? `${keywordText.slice(0, 40)}…` : keywordText;
      report(
        keywordSpan,
        `"${shown}" is no instruction${near === undefined ? "" : `; "${near}" is`}`,
        fix && { fix },
      );
    }
  },
});

const KEYWORDS = [
  ...["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"],
  ...["MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];

export default rule;
