import type { Fix } from "../finding.ts";
import type { SimpleCommand } from "../shell/model.ts";
import { scriptOf } from "../shell/query.ts";
import { isInShippedLayers } from "./helpers-shipped.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";

/** Two RUNs with nothing between them that could be one. */
export interface RunPair {
  readonly before: RunInstruction;
  readonly run: RunInstruction;
  /** Commands of each; 1 for a script that is not counted. */
  readonly counts: readonly [number, number];
}

/** Every RUN that follows a RUN with the same flags, in layers that ship, where both have at most two commands. */
export function shortRunPairs(dockerfile: Dockerfile): readonly RunPair[] {
  return dockerfile.stages.flatMap(({ instructions }) =>
    instructions.flatMap((run, i) => {
      const before = instructions[i - 1];
      if (run.kind !== "run" || before?.kind !== "run") return [];
      if (!isInShippedLayers(dockerfile, run) || flagsOf(run) !== flagsOf(before)) return [];
      const counts = [countOf(dockerfile, before), countOf(dockerfile, run)] as const;
      return Math.max(...counts) <= 2 ? [{ before, run, counts }] : [];
    }),
  );
}

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

/** Commands, those of `$( )` too; a wrapper with its command is one. What is broken is not moved: infinitely many. */
function countOf(dockerfile: Dockerfile, run: RunInstruction): number {
  const { state, reason, commands } = scriptOf(dockerfile, run);
  // Scripts of Windows' shells are not counted.
  if (state === "unknown" && (reason === "powershell" || reason === "cmd")) return 1;
  if (state !== "parsed") return Number.POSITIVE_INFINITY;
  return commands.filter(({ runBy, context }) => runBy === undefined && context.nesting === 0)
    .length;
}

/** `&&` in place of the second RUN, where both are plain lists that leave nothing behind in their shell. */
export function joinRuns(
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
