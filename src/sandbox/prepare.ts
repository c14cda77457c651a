import { type Bundle, checkBundle } from "../oci/bundle.ts";
import type { OpenedBundle } from "../oci/bundle-file.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import { asRoot, type HostFacts, readHostFacts, rootfsFacts } from "../sys/host.ts";
import { type CgroupFacts, readCgroupFacts } from "./cgroup/detect.ts";
import type { Handover } from "./handover.ts";
import { type Change, harden } from "./harden.ts";
import { hardenFactsOf } from "./harden-facts.ts";
import { type RdtFacts, readRdtFacts } from "./intel-rdt.ts";
import { withNotifySocket } from "./notify.ts";
import { type Planned, planLaunch, type StartMode } from "./plan.ts";
import { loadPolicy } from "./policy.ts";
import { compileFilter } from "./seccomp-filter.ts";

/** What a caller asks of a start. */
export interface StartOptions {
  readonly id: string;
  readonly bundle: string;
  /** Policy profile by name or file; undefined runs the bundle as it is. */
  readonly profile: string | undefined;
  readonly mode: StartMode;
  readonly keep?: boolean;
  readonly handover?: Handover;
  readonly stateDir?: string;
  readonly noPivot?: boolean;
  readonly noNewKeyring?: boolean;
  /** Directory for compiled filters and kept plans. */
  readonly cacheDir: string;
}

/** A bundle that is checked, hardened and planned; nothing has been changed on the host yet. */
export interface Prepared {
  readonly bundle: Bundle;
  /** As it will run. */
  readonly config: RuntimeConfig;
  readonly host: HostFacts;
  readonly planned: Planned;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  /** Where an entry of `config` comes from, in words: mounts that the profile adds move the numbers of the others. */
  sourceOf(pointer: string): string;
}

/**
 * From a bundle's config.json to the launch plan.
 * @throws UserError for everything that is wrong with the bundle, the profile, or their fit to this host.
 */
export async function prepare(options: StartOptions, opened: OpenedBundle): Promise<Prepared> {
  const bundle = checkBundle(opened);
  return prepareFor(options, bundle, readHostFacts(), readCgroupFacts(bundle.config.linux));
}

/**
 * The same, only to be looked at: a bundle without a user namespace is root's, and an ordinary user is shown what root's
 * start would do.
 */
export async function preview(
  options: StartOptions,
  opened: OpenedBundle,
): Promise<Prepared & { readonly isRoots: boolean }> {
  const bundle = checkBundle(opened);
  const host = readHostFacts();
  const cgroups = readCgroupFacts(bundle.config.linux);
  const hasUserNamespace = (bundle.config.linux?.namespaces ?? []).some((n) => n.type === "user");
  const isRoots = host.euid !== 0 && !hasUserNamespace;
  const prepared = await (isRoots
    ? prepareFor(options, bundle, asRoot(host), {
        ...cgroups,
        v1: cgroups.v1.map((hierarchy) => ({ ...hierarchy, writable: true })),
        ...(cgroups.unified === undefined
          ? {}
          : { unified: { ...cgroups.unified, writable: true } }),
      })
    : prepareFor(options, bundle, host, cgroups));
  return { ...prepared, isRoots };
}

async function prepareFor(
  options: StartOptions,
  bundle: Bundle,
  host: HostFacts,
  cgroups: CgroupFacts,
): Promise<Prepared> {
  const hardened = await hardenOpened(bundle, options.profile, host, cgroups);
  const { stateDir, handover } = options;
  const config =
    stateDir === undefined || handover?.notifySocket === undefined
      ? hardened.config
      : withNotifySocket(hardened.config, stateDir);
  const planned = planLaunch({
    id: options.id,
    config,
    bundleDir: bundle.dir,
    rootfs: bundle.rootfs,
    rootfsFacts: rootfsFacts(bundle.rootfs, host.kernelRelease),
    host,
    cgroups,
    seccomp: await compileFilter(config, host, options.cacheDir),
    ...rdtFacts(config, options.id),
    mode: options.mode,
    ...(options.keep === undefined ? {} : { keep: options.keep }),
    ...(options.handover === undefined ? {} : { handover: options.handover }),
    ...(options.stateDir === undefined ? {} : { stateDir: options.stateDir }),
    ...(options.noPivot === undefined ? {} : { noPivot: options.noPivot }),
    ...(options.noNewKeyring === undefined ? {} : { noNewKeyring: options.noNewKeyring }),
    wishes: hardened.wishes,
  });
  return {
    bundle,
    config,
    host,
    planned,
    changes: hardened.changes,
    notes: [...hardened.notes, ...planned.notes],
    sourceOf: (pointer) => sourceOf(pointer, hardened.mountOrigins, options.profile),
  };
}

function sourceOf(
  pointer: string,
  mountOrigins: readonly (number | undefined)[] | undefined,
  profile: string | undefined,
): string {
  const mount = /^\/mounts\/(\d+)(.*)$/.exec(pointer);
  if (mount === null || mountOrigins === undefined) return `config.json ${pointer}`;
  const origin = mountOrigins[Number(mount[1])];
  return origin === undefined
    ? `profile ${profile ?? ""}`
    : `config.json /mounts/${origin}${mount[2] ?? ""}`;
}

function rdtFacts(config: RuntimeConfig, id: string): { readonly rdt?: RdtFacts } {
  const rdt = readRdtFacts(config, id);
  return rdt === undefined ? {} : { rdt };
}

interface HardenedBundle {
  readonly config: RuntimeConfig;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly wishes: ReadonlySet<string>;
  readonly mountOrigins?: readonly (number | undefined)[];
}

async function hardenOpened(
  bundle: Bundle,
  profile: string | undefined,
  host: HostFacts,
  cgroups: CgroupFacts,
): Promise<HardenedBundle> {
  if (profile === undefined)
    return { config: bundle.config, changes: [], notes: [], wishes: new Set() };
  const policy = await loadPolicy(profile);
  return harden(bundle.config, policy, hardenFactsOf(bundle, policy, host, cgroups));
}
