import { UserError } from "../base/error.ts";
import { type Bundle, checkBundle } from "../oci/bundle.ts";
import type { OpenedBundle } from "../oci/bundle-file.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import { asRoot, type HostFacts, readHostFacts, rootfsFacts } from "../sys/host.ts";
import { ANNOTATION_PROFILE } from "./annotations.ts";
import { type CgroupFacts, readCgroupFacts } from "./cgroup/detect.ts";
import type { Handover } from "./handover.ts";
import { type Change, harden } from "./harden.ts";
import { hardenFactsOf } from "./harden-facts.ts";
import { type RdtFacts, readRdtFacts } from "./intel-rdt.ts";
import { withNotifySocket } from "./notify.ts";
import { type Planned, type PlanRequest, planLaunch, type StartMode } from "./plan.ts";
import { loadPolicy } from "./policy.ts";
import { isPolicyName, onlyTightening, POLICY_NAMES } from "./policy-model.ts";
import { compileFilter } from "./seccomp-filter.ts";
import type { ScopePlace } from "./systemd/scope.ts";

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
  /** `--systemd-cgroup`: find the group that systemd will make, once cgroupsPath is known. */
  readonly findScope?: (cgroupsPath: string | undefined) => Promise<ScopePlace>;
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
  /** The same plan under another id, with its state elsewhere. */
  replan(id: string, stateDir: string): Planned;
  /** Where an entry of `config` comes from, in words: mounts that the profile adds move the numbers of the others. */
  sourceOf(pointer: string): string;
}

/**
 * From a bundle's config.json to the launch plan.
 * @throws UserError for everything that is wrong with the bundle, the profile, or their fit to this host.
 */
export async function prepare(options: StartOptions, opened: OpenedBundle): Promise<Prepared> {
  const bundle = checkBundle(opened);
  const { linux } = bundle.config;
  const scope = await options.findScope?.(linux?.cgroupsPath);
  const cgroups = readCgroupFacts(
    scope === undefined ? linux : { ...linux, cgroupsPath: scope.group },
  );
  return prepareFor(options, bundle, readHostFacts(), cgroups, scope);
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
  scope?: ScopePlace,
): Promise<Prepared> {
  const hardened = await hardenOpened(bundle, options, host, cgroups);
  const { stateDir, handover } = options;
  const config =
    stateDir === undefined || handover?.notifySocket === undefined
      ? hardened.config
      : withNotifySocket(hardened.config, stateDir);
  const request: PlanRequest = {
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
    ...(scope === undefined ? {} : { scope }),
    wishes: hardened.wishes,
  };
  const planned = planLaunch(request);
  return {
    bundle,
    config,
    host,
    planned,
    changes: hardened.changes,
    notes: [...hardened.notes, ...planned.notes],
    replan: (id, stateDir) => planLaunch({ ...request, id, stateDir }),
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

/** By the caller's profile, then by the one that the bundle asks for itself: neither can take back what the other does. */
async function hardenOpened(
  bundle: Bundle,
  { profile, mode }: StartOptions,
  host: HostFacts,
  cgroups: CgroupFacts,
): Promise<HardenedBundle> {
  const asked = annotatedProfile(bundle.config);
  const policies = [
    // An engine's config was made on purpose: what it says is cut, not replaced.
    ...(profile === undefined
      ? []
      : [
          mode === "create" ? onlyTightening(await loadPolicy(profile)) : await loadPolicy(profile),
        ]),
    ...(asked === undefined ? [] : [onlyTightening(await loadPolicy(asked))]),
  ];
  const start: HardenedBundle = {
    config: bundle.config,
    changes: [],
    notes: [],
    wishes: new Set(),
  };
  return policies.reduce((before, policy): HardenedBundle => {
    const { config } = before;
    const after = harden(
      config,
      policy,
      hardenFactsOf({ ...bundle, config }, policy, host, cgroups),
    );
    return {
      config: after.config,
      changes: [...before.changes, ...after.changes],
      notes: [...before.notes, ...after.notes],
      wishes: new Set([...before.wishes, ...after.wishes]),
      mountOrigins: after.mountOrigins.map((origin) =>
        origin === undefined || before.mountOrigins === undefined
          ? origin
          : before.mountOrigins[origin],
      ),
    };
  }, start);
}

/** @throws UserError for a name that is no shipped profile's. */
function annotatedProfile(config: RuntimeConfig): string | undefined {
  const name = config.annotations?.[ANNOTATION_PROFILE];
  if (name === undefined || name === "" || isPolicyName(name)) return name || undefined;
  throw new UserError(`there is no profile ${JSON.stringify(name)}`, {
    where: `config.json /annotations/${ANNOTATION_PROFILE}`,
    cause: new Error("an annotation may name a shipped profile only"),
    hint: `use one of ${POLICY_NAMES.join(", ")}`,
  });
}
