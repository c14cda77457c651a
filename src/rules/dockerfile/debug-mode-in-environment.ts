import { isDevelopmentStage } from "../../audit/dockerfile/helpers-base-image.ts";
import type { Dockerfile, Pair } from "../../audit/dockerfile/model.ts";
import { finalChain, finalStage, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1309",
    name: "debug-mode-in-environment",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "ENV turns a debug mode on in the image",
    why: "Debug modes show stack traces, settings and source to whoever asks; some open a console or a debugger port, through which anybody who reaches it runs code.",
    howToFix:
      "Leave the switch out of the image, or set it to its value for production, and turn it on where the container is run: `docker run -e FLASK_DEBUG=1`.",
    bad: "FROM python:3.13\nENV FLASK_DEBUG=1\n",
    good: "FROM python:3.13\nENV FLASK_DEBUG=0\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-489"],
    references: [
      "https://cwe.mitre.org/data/definitions/489.html",
      "https://flask.palletsprojects.com/en/stable/debugging/",
      "https://nodejs.org/en/learn/getting-started/debugging",
    ],
  },

  check(dockerfile, report) {
    // A stage that is called "dev" is meant for it.
    const stage = finalStage(dockerfile);
    if (stage === undefined || isDevelopmentStage(stage)) return;
    for (const [name, { value, span }] of lastPairs(dockerfile)) {
      const set = value.value?.trim();
      if (set !== undefined && isDebug(name, set))
        report(span, `"${name}" turns a debug mode on in the image`);
    }
  },
});

/** The pair that holds at the end, of each name. */
function lastPairs(dockerfile: Dockerfile): ReadonlyMap<string, Pair> {
  const last = new Map<string, Pair>();
  for (const stage of finalChain(dockerfile).reverse())
    for (const { pairs } of stageInstructions(stage, "env"))
      for (const pair of pairs) last.set(pair.key.value ?? pair.key.text, pair);
  return last;
}

const DEVELOPMENT = /^(?:development|dev)$/i;
const ON = /^(?:1|true|yes|on)$/i;

const SWITCHES: Readonly<Record<string, RegExp>> = {
  NODE_ENV: DEVELOPMENT,
  FLASK_ENV: DEVELOPMENT,
  FLASK_DEBUG: ON,
  DEBUG: /^true$/i,
  DJANGO_DEBUG: ON,
  RAILS_ENV: DEVELOPMENT,
  RACK_ENV: DEVELOPMENT,
  ASPNETCORE_ENVIRONMENT: DEVELOPMENT,
  DOTNET_ENVIRONMENT: DEVELOPMENT,
  APP_DEBUG: ON,
  SYMFONY_DEBUG: ON,
};

function isDebug(name: string, value: string): boolean {
  if (Object.hasOwn(SWITCHES, name)) return SWITCHES[name]?.test(value) === true;
  if (name === "NODE_OPTIONS") return /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/.test(value);
  // JAVA_TOOL_OPTIONS, JAVA_OPTS, CATALINA_OPTS, JDK_JAVA_OPTIONS, …
  return (
    /(?:OPTS|OPTIONS|ARGS|JPDA)/.test(name) && /-(?:agentlib:|Xrun)jdwp(?:[=:\s]|$)/.test(value)
  );
}

export default rule;
