import type { Flag } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1226",
    name: "invalid-healthcheck-duration",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Interval, timeout or retries of a HEALTHCHECK is invalid",
    why: "The builder refuses the file: `30` is no duration for it, and less than a millisecond is none that it takes.",
    howToFix:
      "Write a number with a unit (`30s`, `1m30s`, `500ms`), and `--retries` as a number from 1.",
    bad: "FROM alpine:3.22\nHEALTHCHECK --interval=30 CMD true\n",
    good: "FROM alpine:3.22\nHEALTHCHECK --interval=30s CMD true\n",
    since: "0.1.0",
    aliases: [
      "dockerfile-utils:FLAG_INVALID_DURATION",
      "dockerfile-utils:FLAG_LESS_THAN_1MS",
      "dockerfile-utils:FLAG_MISSING_DURATION",
      "dockerfile-utils:FLAG_UNKNOWN_UNIT",
      "dockerfile-utils:FLAG_AT_LEAST_ONE",
      "dockerfilelint:healthcheck_options_missing_args",
    ],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
      "https://pkg.go.dev/time#ParseDuration",
    ],
  },

  check(dockerfile, report) {
    for (const { flags } of instructionsOf(dockerfile, "healthcheck"))
      for (const flag of flags) {
        const problem =
          flag.name === "retries"
            ? retriesProblem(flag)
            : DURATIONS.includes(flag.name)
              ? durationProblem(flag)
              : undefined;
        if (problem === undefined) continue;
        const { value } = flag;
        const fix: Fix | undefined =
          value !== undefined && DURATIONS.includes(flag.name) && /^[1-9]\d{0,4}$/.test(value.raw)
            ? {
                title: `write "${value.raw}s"`,
                safe: false,
                edits: [{ span: value.span, text: `${value.raw}s` }],
              }
            : undefined;
        report(value === undefined || value.text === "" ? flag.span : value.span, problem, {
          // Builders of today take 0 for "not given".
          ...(flag.name === "retries" && value?.text === "0" && { severity: "low" }),
          ...(fix && { fix }),
        });
      }
  },
});

const DURATIONS = ["interval", "timeout", "start-period", "start-interval"];

// time.ParseDuration, in nanoseconds.
const UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1, us: 1e3, "\u00b5s": 1e3, "\u03bcs": 1e3 },
  ...{ ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 },
};

function durationProblem({ name, value }: Flag): string | undefined {
  const text = value?.text ?? "";
  if (text === "") return `"--${name}" has no value`;
  // A builder does not expand it; whatever fills it in before is not known.
  if (/[${<%]/.test(text) || text.length > 100) return undefined;
  if (/^[-+]?0$/.test(text)) return undefined;
  const whole = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)[^\d.+-]+)+)$/.exec(text);
  if (whole === null)
    return /^[-+]?[\d.]+$/.test(text) ? `"${text}" has no unit` : `"${text}" is no duration`;
  let total = 0;
  for (const [, number = "", unit = ""] of (whole[2] ?? "").matchAll(
    /(\d+\.?\d*|\.\d+)([^\d.+-]+)/g,
  )) {
    const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (factor === undefined) return `"${unit}" is no unit of time`;
    total += Number(number) * factor;
  }
  if (total === 0) return undefined;
  return total < 1e6 || whole[1] === "-" ? `"${text}" is less than 1ms` : undefined;
}

function retriesProblem({ value }: Flag): string | undefined {
  const text = value?.text ?? "";
  if (text === "") return '"--retries" has no value';
  if (/[${<%]/.test(text)) return undefined;
  if (!/^[-+]?\d+$/.test(text)) return `"${text}" is no number`;
  return Number(text) < 1 ? `"${text}" is less than 1` : undefined;
}

export default rule;
