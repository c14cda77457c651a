import { recordedLooks, recordLooks } from "../base/look.ts";
import { openBundle } from "../oci/bundle-file.ts";
import type { Hooks, RuntimeConfig } from "../oci/runtime-config.ts";
import { ANNOTATION_PROFILE } from "./annotations.ts";
import { encodePlan } from "./encode.ts";
import { ownHooks } from "./hook-state.ts";
import { hostFactsOf, isKeepable, keepPlan } from "./kept-plan.ts";
import type { Prepared, StartOptions } from "./prepare.ts";
import { prepare } from "./prepare.ts";
import type { ContainerRecord } from "./store.ts";

/** A plan in init's own bytes, and what the caller keeps or tells beside it. */
export interface Launch {
  readonly encoded: Uint8Array;
  readonly prepared: Prepared;
  /** Who starts it, by name or number. */
  readonly owner: string;
  /** Those of the bundle that this start runs. */
  readonly hooks?: Hooks;
  /** Keep the plan, with what goes into state.json, so that the next start of this kind needs no JavaScript. */
  keep(record: ContainerRecord): Promise<void>;
}

/**
 * The launch of a bundle. A plan is a function of config.json, profile, options and host facts; what was looked at on the
 * way is recorded, and root's starts keep it with the plan: while all of that is the same, init's front starts the bundle
 * alone.
 * @throws UserError as `prepare`.
 */
export async function makeLaunch(options: StartOptions): Promise<Launch> {
  // A scope of systemd is made anew for each start.
  const isKept = isKeepable(options) && options.findScope === undefined;
  if (isKept) recordLooks();
  const prepared = await prepare(options, openBundle(options.bundle));
  const { planned, bundle, host, notes } = prepared;
  const owner = host.userName ?? String(host.euid);
  // Now: after the start the host has changed.
  const looks = isKept ? recordedLooks() : undefined;
  return {
    encoded: encodePlan(planned.plan),
    prepared,
    owner,
    ...ownHooks(prepared.config.hooks),
    keep: async (record) => {
      if (looks === undefined || isUnusual(prepared.config)) return;
      const { dir: bundleDir, text: configText } = bundle;
      const { replan } = prepared;
      const config = JSON.stringify(prepared.config);
      const facts = hostFactsOf(host);
      keepPlan(
        { options, bundleDir, facts, configText, config, looks, planned, notes, replan },
        record,
      );
    },
  };
}

/** Hooks are told of each start anew, and groups of resctrl are facts that change with every start. */
function isUnusual({ annotations = {}, hooks, linux = {} }: RuntimeConfig): boolean {
  return (
    // Two profiles at once: too rare to keep the facts of both.
    ANNOTATION_PROFILE in annotations ||
    ownHooks(hooks).hooks !== undefined ||
    linux.intelRdt !== undefined ||
    linux.seccomp?.listenerPath !== undefined
  );
}
