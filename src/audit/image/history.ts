/**
 * Take apart what builders write into `created_by`. There is no specification; the forms are those of Docker's classic
 * builder, BuildKit (`# buildkit`) and Buildah, as `docker history --no-trunc` shows them.
 */
import type { HistoryEntry, HistoryStep } from "./model.ts";
import { assignmentsIn, findCredentials, isSecretName, mayBeSecretValue } from "./secrets.ts";

// Dockerfile reference, Overview: all instructions but FROM, which leaves no history.
const INSTRUCTION =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?:\s+|$)/;
/** The classic builder's and Buildah's mark for instructions that run nothing. */
const NO_OPERATION = /^(?:\S+ -c )?#\(nop\)\s+/;
/** Build arguments are listed before the command: `|2 A=x B=y /bin/sh -c …`. */
const ARGUMENT_COUNT = /^\|(\d{1,4}) /;

const BUILDKIT = "# buildkit";

/** Parse `created_by`; text of no known form keeps its whole length as `arguments`. */
export function parseHistoryStep(createdBy: string): HistoryStep {
  const mark = NO_OPERATION.exec(createdBy)?.[0].length ?? 0;
  const match = INSTRUCTION.exec(createdBy.slice(mark));
  const instruction = match?.[1];
  const start = mark + (match?.[0].length ?? 0);
  const trimmed = createdBy.trimEnd();
  const end = trimmed.endsWith(BUILDKIT)
    ? trimmed.slice(0, -BUILDKIT.length).trimEnd().length
    : createdBy.length;
  const isRun =
    instruction === "RUN" ||
    (instruction === undefined &&
      mark === 0 &&
      (ARGUMENT_COUNT.test(createdBy) || /^\S*\/(?:ba|da|a)?sh -\w*c /.test(createdBy)));
  if (!isRun)
    return {
      instruction,
      arguments: createdBy.slice(start, Math.max(start, end)),
      argumentsStart: start,
      buildArguments: [],
    };
  const { buildArguments, length } = parseBuildArguments(createdBy.slice(start, end), start);
  return {
    instruction: "RUN",
    arguments: createdBy.slice(start + length, Math.max(start + length, end)),
    argumentsStart: start + length,
    buildArguments,
  };
}

/**
 * Values are joined without quotes, so one with spaces is told apart by the next `NAME=`, and the last one by the
 * shell that follows.
 */
function parseBuildArguments(
  text: string,
  offset: number,
): { buildArguments: HistoryStep["buildArguments"]; length: number } {
  const counted = ARGUMENT_COUNT.exec(text);
  if (counted === null) return { buildArguments: [], length: 0 };
  const count = Number(counted[1]);
  const shell = text.search(/ \/\S*sh -\w*c /);
  const body = text.slice(counted[0].length, shell === -1 ? text.length : shell);
  const starts = [...body.matchAll(/(?:^| )(?=[A-Za-z_]\w{0,127}=)/g)]
    .map((m) => m.index + m[0].length)
    .slice(0, count);
  const buildArguments = starts.map((start, i) => {
    const next = starts[i + 1];
    const text = body.slice(start, next === undefined ? body.length : next - 1);
    const equals = text.indexOf("=");
    // Without a known shell, a command follows the last value: only its first word is the value.
    const value = text.slice(equals + 1);
    const isLast = next === undefined && shell === -1;
    return {
      name: text.slice(0, equals),
      value: isLast ? (/^\S*/.exec(value)?.[0] ?? "") : value,
      start: offset + counted[0].length + start,
    };
  });
  const last = buildArguments.at(-1);
  const end =
    shell !== -1
      ? shell + 1
      : last === undefined
        ? counted[0].length
        : last.start - offset + last.name.length + 1 + last.value.length + 1;
  return { buildArguments, length: Math.min(end, text.length) };
}

/** A secret in one history entry; offsets in `createdBy`. */
export interface HistorySecret {
  /** What a literal credential is, for people: `GitHub token`; absent when a name gave the secret away. */
  readonly kind: string | undefined;
  /** The variable's name when the secret was found by its name. */
  readonly name: string | undefined;
  /** The value; what must not be shown. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Where to point: the name, or the credential itself. */
  readonly at: { readonly start: number; readonly end: number };
  readonly via: "build argument" | "ENV" | "command" | "credential";
}

/** Secrets in what a builder recorded: values of build arguments, ARG, ENV and RUN, and literal credentials. */
export function secretsInHistory({
  createdBy,
  step,
}: Pick<HistoryEntry, "createdBy" | "step">): readonly HistorySecret[] {
  const found: HistorySecret[] = [];
  const add = (
    via: "build argument" | "ENV" | "command",
    name: string,
    nameStart: number,
    valueStart: number,
    end: number,
    value: string,
  ): void => {
    if (!isSecretName(name) || !mayBeSecretValue(value)) return;
    found.push({
      kind: undefined,
      name,
      start: valueStart,
      end,
      value,
      at: { start: nameStart, end: nameStart + name.length },
      via,
    });
  };
  for (const { name, value, start } of step.buildArguments) {
    const valueStart = start + name.length + 1;
    add("build argument", name, start, valueStart, valueStart + value.length, value);
  }
  const { instruction, arguments: text, argumentsStart } = step;
  if (instruction === "ENV" || instruction === "ARG" || instruction === "RUN") {
    const via =
      instruction === "RUN" ? "command" : instruction === "ENV" ? "ENV" : "build argument";
    for (const a of instruction === "ENV" ? envAssignments(text) : assignmentsIn(text))
      add(
        via,
        a.name,
        argumentsStart + a.start,
        argumentsStart + a.valueStart,
        argumentsStart + a.end,
        a.value,
      );
  }
  for (const { kind, start, end } of findCredentials(createdBy))
    if (!found.some((f) => f.start < end && start < f.end))
      found.push({
        kind,
        name: undefined,
        start,
        end,
        value: createdBy.slice(start, end),
        at: { start, end },
        via: "credential",
      });
  return found.sort((a, b) => a.at.start - b.at.start);
}

/**
 * ENV in history is `NAME=value` with the value's spaces unquoted, one or several; the value of a name lasts until the
 * next one.
 */
function envAssignments(text: string): ReturnType<typeof assignmentsIn> {
  const starts = [...text.matchAll(/(?:^| )(?=[A-Za-z_][\w.-]{0,127}=)/g)].map(
    (m) => m.index + m[0].length,
  );
  return starts.map((start, i) => {
    const next = starts[i + 1];
    const end = next === undefined ? text.length : next - 1;
    const valueStart = text.indexOf("=", start) + 1;
    return {
      name: text.slice(start, valueStart - 1),
      start,
      valueStart,
      end,
      value: text.slice(valueStart, end),
    };
  });
}
