import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1353",
    name: "exposed-port-against-policy",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A port is exposed that the team's policy does not allow",
    why: "`docker run -P` and many platforms open every port that the image names. One that nobody meant to serve is one more way in.",
    howToFix: "Take the port out of `EXPOSE`, or change the options `allow` and `deny`.",
    bad: "FROM alpine:3.22\nEXPOSE 23\n",
    good: "FROM alpine:3.22\nEXPOSE 8080\n",
    since: "0.1.0",
    profile: "all",
    options: {
      allow: {
        default: [],
        description:
          "Ports and ranges (`8000-8010`) that may be exposed; an empty list allows all.",
      },
      deny: {
        default: ["20-23", "2375", "2376", "3389", "5900-5903"],
        description: "Ports and ranges that may not.",
      },
    },
    aliases: ["anchore:dockerfile.exposed_ports", "docker-bench:5.9"],
    cwe: [],
    benchmarks: ["CIS-Docker-5.9"],
    references: ["https://docs.docker.com/reference/dockerfile/#expose"],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("allow").map(readRange);
    const denied = options.strings("deny").map(readRange);
    for (const { ports } of instructionsOf(dockerfile, "expose"))
      for (const { from, to, word } of ports) {
        if (from === undefined || to === undefined) continue;
        const isDenied = denied.some((range) => from <= range.to && range.from <= to);
        if (isDenied || (allowed.length > 0 && !isCovered(from, to, allowed)))
          report(word.span, `"${word.value ?? word.text}" is not to be exposed`);
      }
  },
});

interface Range {
  readonly from: number;
  readonly to: number;
}

/** @throws Error when the option is not written as it should be: a policy that is not understood is no pass. */
function readRange(text: string): Range {
  const [, from, to] = /^\s?(\d{1,5})(?:-(\d{1,5}))?(?:\/(?:tcp|udp|sctp))?\s?$/.exec(text) ?? [];
  if (from === undefined) throw new Error(`option of ports: "${text}" is neither port nor range`);
  return { from: Number(from), to: Number(to ?? from) };
}

/** True when each port of the range is in one of these. */
function isCovered(from: number, to: number, ranges: readonly Range[]): boolean {
  let next = from;
  for (const range of [...ranges].sort((a, b) => a.from - b.from))
    if (range.from <= next && next <= range.to) next = range.to + 1;
  return next > to;
}

export default rule;
