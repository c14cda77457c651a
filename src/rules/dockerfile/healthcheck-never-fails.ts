import { fetchingTools } from "../../audit/dockerfile/helpers-health.ts";
import type { HealthcheckInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { hasFlag, isPiped, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1453",
    name: "healthcheck-never-fails",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "HEALTHCHECK succeeds whatever the program does",
    why: 'An outage goes unseen: the container is shown as healthy, gets traffic, and is not restarted. `curl` without `-f` takes an answer of "500 Internal Server Error" for a success.',
    howToFix:
      "Let the check fail: `curl -f http://localhost/ || exit 1`, and nothing behind it that succeeds.",
    bad: "FROM nginx:1.28\nHEALTHCHECK CMD curl -f http://localhost/ || true\n",
    good: "FROM nginx:1.28\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-393", "CWE-252"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
      "https://curl.se/docs/manpage.html#-f",
    ],
  },

  check(dockerfile, report) {
    for (const check of instructionsOf(dockerfile, "healthcheck")) {
      if (check.mode !== "command") continue;
      const script = scriptOf(dockerfile, check);
      if (script.state !== "parsed") continue;
      const last = script.commands.findLast(
        ({ runBy, context }) => runBy === undefined && !context.isSubstitution,
      );
      if (last === undefined) continue;
      if (alwaysSucceeds(last) && isReached(script, last)) {
        const fix = failing(last);
        report(last.span, `the check ends with "${last.name}" and succeeds always`, fix && { fix });
        continue;
      }
      for (const { name, command } of fetchingTools(dockerfile, check)) {
        if (name !== "curl" || !isLenient(script, command)) continue;
        const fix = withFail(check, command);
        report(
          (command.words[0] ?? command).span,
          '"curl" without "-f" succeeds on errors of the server',
          fix && { fix },
        );
      }
    }
  },
});

/** `true`, `:`, `echo …`, `exit 0`. */
function alwaysSucceeds({ name, args, redirects, place }: SimpleCommand): boolean {
  if (name === "exit") return args[0]?.value === "0";
  if (redirects.length > 0 && name !== "echo") return false;
  return place === 0 && ["true", ":", "echo", "printf"].includes(name ?? "");
}

/** Whatever came before: it stands alone, behind `;`, or behind `||`. Behind `&&` a failure before it counts. */
function isReached({ commands }: Script, last: SimpleCommand): boolean {
  if (last.operator === "||" || last.operator === ";") {
    // `if check; then exit 0; fi; exit 1` has its failure elsewhere, as `|| exit 1` before it would be.
    const isOpen = last.operator === "||" || !last.context.isConditional;
    return (
      isOpen &&
      !commands.some(
        ({ name, args, index }) =>
          index !== last.index && ((name === "exit" && args[0]?.text !== "0") || name === "false"),
      )
    );
  }
  return (
    last.operator === undefined &&
    !last.context.isConditional &&
    commands.every(
      ({ name, index }) => index === last.index || ["sh", "bash", "ash"].includes(name ?? ""),
    )
  );
}

/** Its status is the check's, and nothing looks at what it prints. */
function isLenient(script: Script, command: SimpleCommand): boolean {
  if (
    hasFlag(
      command,
      "-f",
      "--fail",
      "--fail-with-body",
      "--fail-early",
      "-w",
      "--write-out",
      "-K",
      "--config",
    )
  )
    return false;
  return (
    !isPiped(script, command) &&
    !command.context.isSubstitution &&
    command.args.some(
      ({ prefix, text }) => /^https?:/i.test(prefix) || /^(?:localhost|127\.)/.test(text),
    )
  );
}

/** `|| exit 1` for `|| true`. */
function failing({ name, operator, words, span }: SimpleCommand): Fix | undefined {
  const isPlain = (name === "true" || name === ":") && words.length === 1;
  if (operator !== "||" || !isPlain) return undefined;
  return { title: 'write "exit 1"', safe: false, edits: [{ span, text: "exit 1" }] };
}

function withFail({ command }: HealthcheckInstruction, curl: SimpleCommand): Fix | undefined {
  const [word] = curl.words;
  if (word === undefined || command === undefined) return undefined;
  const isJson = command.form === "exec" && curl.nestedIn === undefined;
  if (!isJson && curl.words.some((other) => other !== word && other.span.start === word.span.start))
    return undefined;
  const { end } = word.span;
  return {
    title: 'add "-f"',
    safe: false,
    edits: [{ span: { start: end, end }, text: isJson ? ', "-f"' : " -f" }],
  };
}

export default rule;
