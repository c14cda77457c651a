import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter, mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import {
  instructionsOf,
  isCacheMounted,
  lookupVariable,
  variableState,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1035",
    name: "pip-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`pip` leaves its cache in the layer",
    why: "pip keeps what it downloaded to install it faster the next time, and in an image there is no next time.",
    howToFix:
      "Say `pip install --no-cache-dir`, set `ENV PIP_NO_CACHE_DIR=1`, or mount a cache: `RUN --mount=type=cache,target=/root/.cache/pip`.",
    bad: "FROM python:3.13\nRUN pip install flask==3.1.0\n",
    good: "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3042",
      "kics:f2f903fb-b977-461e-98d7-b3e2185c6118",
      "semgrep:missing-pip-no-cache-dir",
      "terrascan:AC_DOCKER_0031",
      "droast:DF030",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://pip.pypa.io/en/stable/topics/caching/#disabling-caching",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const variable =
        lookupVariable(dockerfile, run, "PIP_NO_CACHE_DIR") === undefined
          ? undefined // python's images do not set it
          : variableState(dockerfile, run, "PIP_NO_CACHE_DIR");
      // pip takes any true value; one that cannot be told may be true.
      if (variable?.state === "unknown" || (variable?.state === "set" && isOn(variable.value)))
        continue;
      if (isCacheMounted(dockerfile, run, ".cache/pip")) continue;
      const script = scriptOf(dockerfile, run);
      const isExported = script.assignments.some(
        ({ name, value }) => name === "PIP_NO_CACHE_DIR" && isOn(value?.value),
      );
      if (isExported) continue;
      for (const command of commandsOf(script, "pip")) {
        const { tool, subcommand } = argumentsOf(command);
        if (subcommand?.value !== "install" || tool !== "pip") continue;
        if (hasFlag(command, "--no-cache-dir", "--dry-run") || mayHideFlags(command)) continue;
        if (
          command.assignments.some(
            ({ name, value }) => name === "PIP_NO_CACHE_DIR" && isOn(value?.value),
          )
        )
          continue;
        if (
          isEmptiedAfter(script, command, [
            "/root/.cache",
            "/root/.cache/pip",
            "~/.cache",
            "~/.cache/pip",
          ])
        )
          continue;
        const edit = insertAfter(run.command, command, subcommand, "--no-cache-dir");
        report(
          subcommand.span,
          '"pip install" keeps a cache in the layer',
          edit && { fix: { title: 'add "--no-cache-dir"', safe: true, edits: [edit] } },
        );
      }
    }
  },
});

/** A true value as pip reads it (strtobool). */
function isOn(value: string | undefined): boolean {
  return value === undefined || !/^(?:0|false|off|no|n|f|)$/i.test(value);
}

export default rule;
