import type { Span } from "../../base/text.ts";
import type { Report, ReportDetails } from "../rule.ts";
import type { Assignment } from "../shell/model.ts";
import { scriptOf } from "../shell/query.ts";
import type { Dockerfile, Instruction } from "./model.ts";
import { unwrapped } from "./query.ts";

/** A place that gives an environment variable a value: ENV, the default of an ARG, or an assignment in a RUN. */
export interface Setting {
  readonly name: string;
  /** `undefined` when it cannot be told. */
  readonly value: string | undefined;
  readonly span: Span;
  readonly instruction: Instruction;
}

const indexes = new WeakMap<Dockerfile, ReadonlyMap<string, readonly Setting[]>>();

/** Every setting of these variables in source order of each name; worked out once a file. */
export function settingsOf(dockerfile: Dockerfile, ...names: readonly string[]): Setting[] {
  let index = indexes.get(dockerfile);
  if (index === undefined) {
    index = indexSettings(dockerfile);
    indexes.set(dockerfile, index);
  }
  return names.flatMap((name) => index.get(name) ?? []);
}

function indexSettings(dockerfile: Dockerfile): ReadonlyMap<string, readonly Setting[]> {
  const index = new Map<string, Setting[]>();
  for (const instruction of unwrapped(dockerfile))
    for (const { name, value, span } of settingsIn(dockerfile, instruction)) {
      const list = index.get(name);
      const setting = { name, value, span, instruction };
      if (list === undefined) index.set(name, [setting]);
      // The prefix of a wrapper (`env A=b cmd`) is that of what it runs as well.
      else if (list.at(-1)?.span.start !== span.start) list.push(setting);
    }
  return index;
}

function settingsIn(
  dockerfile: Dockerfile,
  node: Instruction,
): readonly Omit<Setting, "instruction">[] {
  switch (node.kind) {
    case "env":
      return node.pairs.map(({ key, value, span }) => ({
        name: key.value ?? key.text,
        value: value.value,
        span,
      }));
    case "arg":
      return node.arguments.flatMap((argument) =>
        argument.default === undefined
          ? []
          : [{ name: argument.name, value: argument.default.value, span: argument.span }],
      );
    case "run": {
      const { commands, assignments } = scriptOf(dockerfile, node);
      return [...commands.flatMap((command) => command.assignments), ...assignments].flatMap(read);
    }
    default:
      return [];
  }
}

function read({ name, value, span }: Assignment): Omit<Setting, "instruction">[] {
  return value === undefined ? [] : [{ name, value: value.value, span }];
}

/** Report every setting of these variables whose value `isBad`; unknown values are passed over. */
export function reportSettings(
  dockerfile: Dockerfile,
  report: Report,
  names: readonly string[],
  isBad: (value: string) => boolean,
  message: (setting: Setting) => string,
  details?: ReportDetails,
): void {
  for (const setting of settingsOf(dockerfile, ...names))
    if (setting.value !== undefined && isBad(setting.value))
      report(setting.span, message(setting), details);
}
