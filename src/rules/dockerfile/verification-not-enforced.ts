import { isDigestCommand, isSignatureCheck } from "../../audit/dockerfile/helpers-fetched.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1406",
    name: "verification-not-enforced",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "The result of a checksum or signature check is thrown away",
    why: "The step goes on with the wrong file: it looks checked in every review, and is not. Only the log of the build says that the check failed.",
    howToFix:
      "Join the check with `&&`, or begin the step with `set -e` (`set -o pipefail` for pipes), and take `|| true` away.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://example.com/app && sha256sum -c app.sha256 || true\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://example.com/app && sha256sum -c app.sha256 && install app /usr/bin\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-252", "CWE-347"],
    references: [
      "https://cwe.mitre.org/data/definitions/252.html",
      "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        if (!isCheck(command)) continue;
        const lost = lossOf(script, command);
        if (lost === undefined) continue;
        const [word = command] = command.words;
        const fix = fixFor(dockerfile, script, command, lost);
        report(word.span, `${lost.fact} of "${command.name}"`, fix && { fix });
      }
    }
  },
});

function isCheck(command: SimpleCommand): boolean {
  if (command.context.isSubstitution) return false;
  return (
    isSignatureCheck(command) || (isDigestCommand(command) && hasFlag(command, "-c", "--check"))
  );
}

interface Loss {
  readonly fact: string;
  /** The command that takes the check's place, or follows it whatever it said. */
  readonly next: SimpleCommand;
  readonly kind: "fallback" | "sequence" | "pipe";
}

function lossOf({ commands, pipelines }: Script, command: SimpleCommand): Loss | undefined {
  const parts = pipelines[command.pipeline]?.parts ?? [];
  const last = parts.at(-1)?.at(-1) ?? command;
  if (command.place < parts.length - 1) {
    // `sha256sum -c | grep OK` asks the filter instead.
    const isAsked = parts
      .slice(command.place + 1)
      .flat()
      .some(({ name }) => name === "grep" || name === "awk");
    return command.options.pipefail || isAsked
      ? undefined
      : { fact: "a pipe hides the failure", next: last, kind: "pipe" };
  }
  const next = commands[last.index + 1];
  if (next === undefined || next.nestedIn !== command.nestedIn) return undefined;
  if (next.operator === "||" && next.context.isFallback)
    return isHarmless(commands, next)
      ? { fact: `"|| ${next.name}" hides the failure`, next, kind: "fallback" }
      : undefined;
  // In a condition somebody asks for the status; with errexit the shell does. A body may be asked as a whole.
  const { isCondition, functionName, isSubshell } = command.context;
  if (next.operator !== ";" || command.options.errexit || isCondition) return undefined;
  if (functionName !== undefined || next.context.functionName !== undefined) return undefined;
  if (isSubshell && parts.length < 2 && !next.context.isSubshell) return undefined;
  return { fact: "nothing asks for the result", next, kind: "sequence" };
}

/** The fallback neither ends the step nor fails. */
function isHarmless(commands: readonly SimpleCommand[], first: SimpleCommand): boolean {
  if (!["true", ":", "echo", "printf", "exit"].includes(first.name ?? "")) return false;
  for (let i = first.index; i < commands.length; i++) {
    const { name, context, args } = commands[i] ?? first;
    if (!context.isFallback) return true;
    if (name === "exit" || name === "return") return args[0]?.text === "0";
    if (name === "false" || name === "kill") return false;
  }
  return true;
}

/** Take `|| true` away, or write `&&` for `;`. */
function fixFor(
  { text }: Dockerfile,
  { commands, pipelines }: Script,
  command: SimpleCommand,
  { kind, next }: Loss,
): Fix | undefined {
  const before = pipelines[command.pipeline]?.parts.at(-1)?.at(-1) ?? command;
  const between = { start: before.span.end, end: next.span.start };
  if (kind === "fallback") {
    const isAlone = (next.name === "true" || next.name === ":") && next.words.length === 1;
    const after = commands[next.index + 1];
    // Behind `&&` the next command would stand as it stood, behind `||` not.
    if (
      !isAlone ||
      after?.context.isFallback === true ||
      !/^\s*\|\|\s*$/.test(text.slice(between.start, between.end))
    )
      return undefined;
    return {
      title: `take "|| ${next.name}" away`,
      safe: false,
      edits: [{ span: { start: between.start, end: next.span.end }, text: "" }],
    };
  }
  const gap = text.slice(between.start, between.end);
  const at = gap.indexOf(";");
  if (kind !== "sequence" || at === -1 || !/^\s*;\s*(?:\\\r?\n\s*)?$/.test(gap)) return undefined;
  const start = between.start + at;
  return {
    title: 'write "&&"',
    safe: false,
    edits: [{ span: { start, end: start + 1 }, text: gap.startsWith(";") ? " &&" : "&&" }],
  };
}

export default rule;
