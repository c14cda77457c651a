import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1348",
    name: "invalid-version-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should hold a semantic version does not",
    why: "Tools that look for updates compare versions; one they cannot read is never out of date.",
    howToFix: "Write three numbers without a leading `v`: `1.4.0`, `2.0.0-rc.1`.",
    bad: "FROM alpine:3.22\nLABEL org.opencontainers.image.version=v1.4\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.version=1.4.0\n",
    since: "0.1.0",
    profile: "all",
    options: {
      labels: {
        default: ["org.opencontainers.image.version"],
        description: "Labels that must be semantic versions.",
      },
    },
    aliases: ["hadolint:DL3056"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://semver.org/spec/v2.0.0.html",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(dockerfile, report, options.strings("labels"), isSemver, "semantic version");
  },
});

// semver.org, "Is there a suggested regular expression": each part linear, no nested repetition of the same text.
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function isSemver(text: string): boolean {
  const match = SEMVER.exec(text);
  if (match === null) return false;
  const pre = match.groups?.["pre"];
  // Identifiers are not empty, and numbers have no leading zero.
  return pre === undefined || pre.split(".").every((part) => part !== "" && !/^0\d+$/.test(part));
}

export default rule;
