import { reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1124",
    name: "unpinned-apk-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`apk add` installs a package of any version",
    why: "The build takes whatever version the mirror has on its day, so that two builds of one file differ and a bad release goes straight into the image.",
    howToFix:
      "Name a version, exact or as a bound: `curl=8.14.1-r1`, `curl~=8.14`. Alpine drops old versions from its mirrors: a bound such as `~=` lasts longer.",
    bad: "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
    good: "FROM alpine:3.22\nRUN apk add --no-cache curl~=8.14\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [
      "hadolint:DL3018",
      "kics:d3499f6d-1651-41bb-a9a7-de925fea487b",
      "droast:DF052",
      "droast:DF005",
    ],
    cwe: ["CWE-1357"],
    references: [
      "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper#Holding_a_specific_package_back",
      "https://docs.docker.com/build/building/best-practices/#apt-get",
    ],
  },

  check(dockerfile, report) {
    reportUnpinned(
      dockerfile,
      report,
      ["apk"],
      ({ item: { kind, isKnown, name, version } }) =>
        // `!name` keeps a package out.
        kind !== "package" || !isKnown || version !== undefined || name.startsWith("!"),
    );
  },
});

export default rule;
