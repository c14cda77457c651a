import type { UserError } from "../base/error.ts";
import { type LaunchPlan, type Op, operationsOf } from "./ops.ts";

/** The operations behind `created`, kept with the container without what is long or secret: an error needs names only. */
export interface AfterCreated {
  /** Plan-wide index of the first one. */
  readonly first: number;
  readonly ops: readonly Op[];
}

/** What `start` lets run. */
export function afterCreatedOf(plan: LaunchPlan): AfterCreated {
  const all = operationsOf(plan);
  const first = all.findIndex(({ op }) => op.op === "created") + 1;
  const ops = all
    .slice(first)
    .filter(({ section }) => section === "container")
    .map(({ op }): Op => {
      if (op.op === "seccomp") return { ...op, filter: new Uint8Array() };
      if (op.op === "exec_hook") return { ...op, argv: [], envp: [], before: "", after: "" };
      return op.op === "exec" ? { ...op, envp: [], argv: op.argv.slice(0, 1) } : op;
    });
  return { first, ops };
}

/** Word a failure that the container's process reported to `start`. */
export async function explainAfterCreated(
  { first, ops }: AfterCreated,
  index: number,
  errno: number,
  output: string,
): Promise<UserError> {
  const { explainFailure } = await import("./explain.ts");
  const plan: LaunchPlan = {
    mode: 0,
    sections: { host: [], join: [], parent: [], container: ops, cleanup: [] },
  };
  return explainFailure(plan, index - first, errno, undefined, output);
}
