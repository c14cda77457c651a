/** Operations on the host alone, carried out by init: what has no file to write to, such as bpf(2). */
import { encodePlan } from "./encode.ts";
import { explainFailure } from "./explain.ts";
import { type LaunchPlan, MODE_HOST, type Op } from "./ops.ts";
import { findInit } from "./places.ts";
import { startInit } from "./supervise.ts";

/** Run operations in order. @throws UserError that words the first failure. */
export async function runOnHost(host: readonly Op[]): Promise<void> {
  const plan: LaunchPlan = {
    mode: MODE_HOST,
    sections: { host, join: [], parent: [], container: [], cleanup: [] },
  };
  await startInit(findInit()).launch(encodePlan(plan), {
    writeMaps: () => undefined,
    created: () => undefined,
    warn: () => undefined,
    explain: async (op, errno) => explainFailure(plan, op, errno),
  }).exited;
}
