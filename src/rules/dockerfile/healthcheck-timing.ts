import type { Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1454",
    name: "healthcheck-timing",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "HEALTHCHECK has times that defeat it",
    why: "A check every second costs more than the service it watches; one every half an hour sees an outage when it is over. A timeout as long as the interval lets hung checks follow each other, and a single try without a start period restarts a service that was only slow to start.",
    howToFix:
      "Check every 10 to 60 seconds, with a timeout well below that, three tries and a start period as long as the program needs to start.",
    bad: "FROM nginx:1.28\nHEALTHCHECK --interval=1s CMD curl -f http://localhost/\n",
    good: "FROM nginx:1.28\nHEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD curl -f http://localhost/\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-400"],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "healthcheck")) {
      const { interval, timeout, retries, startPeriod } = node;
      const every = seconds(interval);
      const limit = seconds(timeout);
      if (interval !== undefined && every !== undefined && every > 0) {
        if (every < 5) report(interval.span, `"${interval.text}" is a short interval`);
        else if (every > 600) report(interval.span, `"${interval.text}" is a long interval`);
        if (timeout !== undefined && limit !== undefined && limit >= every)
          report(
            timeout.span,
            `timeout "${timeout.text}" is not below interval "${interval.text}"`,
          );
      }
      // Without --start-period there is none; one whose value is not known may be long.
      const hasStart = startPeriod !== undefined && seconds(startPeriod) !== 0;
      if (retries?.value === "1" && !hasStart)
        report(
          retries.span,
          "one failed check without a start period makes the container unhealthy",
        );
    }
  },
});

// Go, time.ParseDuration.
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Length of `1m30s`; `undefined` when absent, unknown or no duration. */
function seconds(word: Word | undefined): number | undefined {
  const text = word?.value;
  if (text === undefined || text.length > 64) return undefined;
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(number) * (UNITS[unit] ?? 0);
  return sum;
}

export default rule;
