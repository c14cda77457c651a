import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1324",
    name: "consecutive-run",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Neighbouring RUN instructions could be one",
    why: "Each RUN is a layer of its own. What one writes and the next deletes stays in the image.",
    howToFix: "Join them with `&&`, or write one `RUN <<EOF` with a line for each command.",
    bad: "FROM debian:12\nRUN mkdir /app\nRUN touch /app/log\n",
    good: "FROM debian:12\nRUN mkdir /app && touch /app/log\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["hadolint:DL3059", "droast:DF003", "kics:0008c003-79aa-42d8-95b8-1c2fe37dbfe6"],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/build/building/best-practices/#run"],
  },

  check(dockerfile, report) {
    for (const { instructions } of dockerfile.stages)
      instructions.forEach((run, i) => {
        const before = instructions[i - 1];
        if (run.kind !== "run" || before?.kind !== "run") return;
        if (!isInShippedLayers(dockerfile, run) || flagsOf(run) !== flagsOf(before)) return;
        if (!isShort(dockerfile, before) || !isShort(dockerfile, run)) return;
        const fix = join(dockerfile, before, run);
        report(run.keywordSpan, "this RUN could be one with the RUN above", fix && { fix });
      });
  },
});

const flagsOf = ({ flags }: RunInstruction): string =>
  flags
    .map(({ raw }) => raw)
    .sort()
    .join(" ");

/** Commands of the script itself: not those of `$( )` and `sh -c`, and a wrapper with its command is one. */
const ownCommands = (dockerfile: Dockerfile, run: RunInstruction): readonly SimpleCommand[] =>
  scriptOf(dockerfile, run).commands.filter(
    ({ nestedIn, runBy, context }) =>
      nestedIn === undefined && runBy === undefined && !context.isSubstitution,
  );

/** Commands of the script, those of `$( )` too; a wrapper with its command is one. */
const countOf = (commands: readonly SimpleCommand[]): number =>
  commands.filter(({ runBy, context }) => runBy === undefined && context.nesting === 0).length;

function isShort(dockerfile: Dockerfile, run: RunInstruction): boolean {
  const { state, reason, commands } = scriptOf(dockerfile, run);
  // Scripts of Windows' shells are not counted; what is broken is not moved.
  if (state === "unknown") return reason === "powershell" || reason === "cmd";
  return state === "parsed" && countOf(commands) <= 2;
}

/** `&&` in place of the second RUN, where both are plain lists that leave nothing behind in their shell. */
function join(
  dockerfile: Dockerfile,
  before: RunInstruction,
  run: RunInstruction,
): Fix | undefined {
  const { text, escape: escapeChar } = dockerfile;
  const isPlain = (node: RunInstruction): boolean =>
    node.command.form === "shell" &&
    node.heredocs.length === 0 &&
    !/(?:^|\s)#/.test(node.rest.raw) &&
    scriptOf(dockerfile, node).assignments.length === 0 &&
    ownCommands(dockerfile, node).every(
      ({ name, operator, context }) =>
        (operator === undefined || operator === "&&" || operator === "|") &&
        !context.isConditional === (operator !== "&&") &&
        !context.isLoop &&
        name !== undefined &&
        !LASTING.includes(name),
    );
  const gap = text.slice(before.span.end, run.span.start);
  if (gap.trim() !== "" || !isPlain(before) || !isPlain(run)) return undefined;
  return {
    title: 'join with "&&"',
    safe: false,
    edits: [
      {
        span: { start: before.span.end, end: run.rest.span.start },
        text: ` ${escapeChar}\n    && `,
      },
    ],
  };
}

// What they change would hold for the commands of the next RUN too.
const LASTING = ["cd", "export", "set", "umask", "source", ".", "exec", "exit", "alias", "trap"];

export default rule;
