import type { Script, SimpleCommand } from "../shell/model.ts";
import type { Dockerfile, RunInstruction } from "./model.ts";
import { lookupVariable } from "./query.ts";

/** What a command finds in its environment; `unknown` when something sets it to a value that cannot be told. */
export type EnvironmentValue =
  | { readonly state: "unset" | "unknown" }
  | { readonly state: "set"; readonly value: string };

/** A variable as a command of a RUN sees it: its own prefix, the script before it, ENV and ARG. */
export function environmentValue(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { assignments }: Script,
  command: SimpleCommand,
  name: string,
): EnvironmentValue {
  const own = command.assignments.findLast((assignment) => assignment.name === name);
  const earlier = assignments.findLast(
    (assignment) =>
      assignment.name === name &&
      assignment.value !== undefined &&
      assignment.span.start < command.span.start,
  );
  const given = own ?? earlier;
  if (given !== undefined) {
    const value = given.value?.value;
    return value === undefined ? { state: "unknown" } : { state: "set", value };
  }
  const declaration = lookupVariable(dockerfile, run, name);
  if (declaration === undefined) return { state: "unset" };
  const { value } = declaration;
  return value === undefined ? { state: "unknown" } : { state: "set", value };
}
