import {
  passesSignals,
  shellStartCommands,
  startOf,
} from "../../audit/dockerfile/helpers-start.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { finalStage, isWindows } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1448",
    name: "pid1-wrapper",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "The container starts a wrapper that does not pass signals on",
    why: "The wrapper is process 1 and gets the signal of `docker stop`; the program below it does not, and is killed ten seconds later in the middle of its work. `npm` and `yarn` add a process or two and their own exit status.",
    howToFix:
      'Start the program itself: `CMD ["node", "server.js"]`. Where a shell is needed: `["sh", "-c", "exec app"]`. What needs root is done before `USER`, not by `sudo`.',
    bad: 'FROM node:22\nCMD ["npm", "start"]\n',
    good: 'FROM node:22\nCMD ["node", "server.js"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-573"],
    references: [
      "https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd",
      "https://docs.docker.com/reference/dockerfile/#exec-form-entrypoint-example",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const start = stage && startOf(dockerfile, stage);
    if (stage === undefined || start?.command.form !== "exec" || isWindows(dockerfile, stage))
      return;
    const script = scriptOf(dockerfile, start);
    const [first] = script.commands;
    const word = first?.words[0];
    if (first === undefined || word === undefined) return;
    const wrapper = wrapperName(first);
    if (wrapper !== undefined) {
      report(word.span, `"${wrapper}" is process 1 and keeps signals to itself`);
      return;
    }
    const commands = shellStartCommands(dockerfile, start);
    // A shell that handles nothing but its own builtins ends by itself.
    if (commands === undefined || passesSignals(commands) || !commands.some(isProgram)) return;
    const fix = withExec(dockerfile, commands);
    report(word.span, `"${first.name}" is process 1 and keeps signals to itself`, fix && { fix });
  },
});

function wrapperName(command: SimpleCommand): string | undefined {
  const { name, args } = command;
  const action = args.find(({ text }) => !text.startsWith("-"))?.text;
  if (name === "npm" || name === "pnpm")
    return ["start", "run", "run-script", "exec", "test"].includes(action ?? "")
      ? `${name} ${action}`
      : undefined;
  if (name === "yarn" || name === "yarnpkg")
    return action !== undefined &&
      argumentsOf(command).subcommand !== undefined &&
      action !== "node"
      ? `${name} ${action}`
      : undefined;
  return name === "service" || name === "sudo" || name === "npx" ? name : undefined;
}

const BUILTINS = new Set(
  "echo printf true false : cd export set test [ [[ exit sleep cat ls read".split(" "),
);
const isProgram = ({ name }: SimpleCommand): boolean => !BUILTINS.has(name ?? "");

/** `exec` before the last command, where it is one of the list and nothing stands behind it. */
function withExec({ text }: Dockerfile, commands: readonly SimpleCommand[]): Fix | undefined {
  const top = commands.filter(
    ({ context, runBy }) => context.nesting === 1 && runBy === undefined && !context.isSubstitution,
  );
  const last = top.at(-1);
  if (last === undefined || !isProgram(last) || last.place > 0 || last.assignments.length > 0)
    return undefined;
  const { isBackground, isLoop, functionName, isFallback } = last.context;
  const isOptional = last.context.isConditional && last.operator !== "&&";
  if (isBackground || isLoop || isFallback || isOptional || functionName !== undefined)
    return undefined;
  const { start, end } = last.span;
  // Within `( )` or `{ }` something stands behind it.
  if (text.charAt(end) !== '"') return undefined;
  // In nested quoting the place of a word is that of the whole string.
  if (!text.slice(start).startsWith(last.words[0]?.raw ?? "\n")) return undefined;
  return {
    title: 'write "exec" before the program',
    safe: false,
    edits: [{ span: { start, end: start }, text: "exec " }],
  };
}

export default rule;
