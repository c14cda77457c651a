import type { RuntimeConfig } from "../oci/runtime-config.ts";
import { hardenKernel } from "./harden/kernel.ts";
import { hardenMounts, refuseMounts } from "./harden/mounts.ts";
import { hardenNamespaces } from "./harden/namespaces.ts";
import { hardenProcess } from "./harden/process.ts";
import { hardenResources } from "./harden/resources.ts";
import { hardenSeccomp } from "./harden/seccomp.ts";
import { hardenUserNamespace } from "./harden/userns.ts";
import type { Change, HardenFacts, Mutable, Work } from "./harden/work.ts";
import type { Policy } from "./policy-model.ts";

export type { Change, HardenFacts } from "./harden/work.ts";

/** A hardened config.json, and the account of what was done to it. */
export interface Hardened {
  readonly config: RuntimeConfig;
  /** In the order of the steps; empty when the config was as tight as the policy wants. */
  readonly changes: readonly Change[];
  /** What could not be enforced here, or only in a weaker way; a sentence each. */
  readonly notes: readonly string[];
  /** For each mount of the result its index in the config before; undefined for those that were added. */
  readonly mountOrigins: readonly (number | undefined)[];
  /** Pointers of the limits that the config did not ask for: where they cannot be set they are no error (planCgroup's `wishes`). */
  readonly wishes: ReadonlySet<string>;
}

/**
 * Tighten a checked config.json to what a policy allows. Pure and deterministic: the same config, policy and facts give the same result,
 * a second pass over the result changes nothing, and no step gives a container more than the config asked for, with one exception:
 * a root that becomes read-only gets a tmpfs where programs need to write.
 * @throws UserError when the policy refuses a mount, or the process needs an id that its user namespace cannot have.
 */
export function harden(config: RuntimeConfig, policy: Policy, facts: HardenFacts): Hardened {
  const copy = structuredClone(config) as Mutable<RuntimeConfig>;
  const mounts = (copy.mounts ?? []).map((mount, origin) => ({ mount, origin }));
  const work: Work = { config: copy, mounts, policy, facts, changes: [], notes: [] };
  refuseMounts(work);
  hardenNamespaces(work);
  // After the namespaces: what may be mounted depends on which of them are the container's own.
  hardenUserNamespace(work);
  hardenMounts(work);
  hardenProcess(work);
  hardenKernel(work);
  hardenResources(work);
  hardenSeccomp(work);

  if (copy.mounts !== undefined || work.mounts.length > 0)
    copy.mounts = work.mounts.map(({ mount }) => mount);
  for (const [i, { mount, added }] of work.mounts.entries())
    if (added !== undefined)
      work.changes.push({ pointer: `/mounts/${i}`, before: undefined, after: mount, ...added });
  return {
    config: copy as RuntimeConfig,
    changes: work.changes,
    notes: work.notes,
    mountOrigins: work.mounts.map(({ origin }) => origin),
    wishes: wishesOf(config, work.changes),
  };
}

function wishesOf(config: RuntimeConfig, changes: readonly Change[]): ReadonlySet<string> {
  const added = changes
    .filter(
      ({ pointer, before }) => before === undefined && pointer.startsWith("/linux/resources/"),
    )
    // The rules are one thing to the control group, and only ours when there were none.
    .map(({ pointer }) => pointer.replace(/^(\/linux\/resources\/devices)\/0$/, "$1"))
    .filter(
      (pointer) =>
        pointer !== "/linux/resources/devices" || config.linux?.resources?.devices === undefined,
    );
  return new Set(added);
}
