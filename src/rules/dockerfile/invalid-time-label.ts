import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1345",
    name: "invalid-time-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should hold a time is no RFC 3339 date-time",
    why: "Tools that sort images by age or delete old ones cannot read it, or read another time.",
    howToFix:
      "Write it as `2026-01-31T12:00:00Z`: `--label org.opencontainers.image.created=$(date -u +%FT%TZ)`.",
    bad: "FROM alpine:3.22\nLABEL org.opencontainers.image.created=2026-01-31\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.created=2026-01-31T12:00:00Z\n",
    since: "0.1.0",
    profile: "strict",
    options: {
      labels: {
        default: ["org.opencontainers.image.created"],
        description: "Labels that must be RFC 3339 date-times.",
      },
    },
    aliases: ["hadolint:DL3053"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(dockerfile, report, options.strings("labels"), isTime, "RFC 3339 time");
  },
});

/** RFC 3339, 5.6: date-time, with the days that the month has and the leap second. */
function isTime(text: string): boolean {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(
      text,
    );
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zone = 0, rest = 0] = match
    .slice(1)
    .map((part) => Number(part ?? "0"));
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= days;
  return isDate && hour < 24 && minute < 60 && second <= 60 && zone < 24 && rest < 60;
}

export default rule;
