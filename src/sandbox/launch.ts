import { join } from "node:path";
import { buildId } from "../base/build.ts";
import { prepareCache, readKept, sha256, trimCache, writeKept } from "../base/kept-file.ts";
import { type Bundle, type OpenedBundle, openBundle, trustBundle } from "../oci/bundle-file.ts";
import type { Hooks } from "../oci/runtime-config.ts";
import { readHostFacts, rootfsFacts } from "../sys/host.ts";
import { type AfterCreated, afterCreatedOf } from "./after-created.ts";
import { readCgroupFacts } from "./cgroup/detect.ts";
import { type FactsPolicy, hardenFactsOf } from "./harden-facts.ts";
import { ownHooks } from "./hook-state.ts";
import { isPolicyName } from "./policy-model.ts";
import type { Prepared, StartOptions } from "./prepare.ts";

/** A plan in init's own bytes, and what the caller keeps or tells beside it. */
export interface Launch {
  readonly encoded: Uint8Array;
  readonly bundleDir: string;
  readonly rootfs: string;
  /** config.json as it runs, hardened: what `exec` goes by later. */
  readonly config: string;
  /** What is left to do once `start` comes, for its error messages. */
  readonly afterCreated: AfterCreated;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hooks?: Hooks;
  readonly cgroupPaths: Readonly<Record<string, string>>;
  readonly ownDirectories: readonly string[];
  /** Sentences about what this start does not enforce. */
  readonly notes: readonly string[];
  /** The plan as data: for a kept one it is made again, which only a failure needs. */
  prepared(): Promise<Prepared>;
  /** Keep the plan for the next start; does nothing when it came from there. */
  keep(): void;
}

/** Plans of this many starts are kept; the oldest go first. */
const MAX_KEPT = 64;
/** Larger ones are not read back. */
const MAX_KEPT_BYTES = 4 << 20;

interface KeptHeader {
  readonly facts: string;
  /** Kept as well, so that the shipped policies need not be loaded to look at the facts again. */
  readonly policy: FactsPolicy | undefined;
  readonly config: string;
  readonly afterCreated: AfterCreated;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hooks?: Hooks;
  readonly cgroupPaths: Readonly<Record<string, string>>;
  readonly ownDirectories: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The launch of a bundle. A plan is a function of config.json, profile, options and host facts, so one that was made
 * from the very same before is taken as it is: neither validator, harden nor planner is loaded then. Root's starts
 * with a shipped profile only; `fresh` asks for a new one in any case.
 * @throws UserError as `prepare`.
 */
export async function makeLaunch(options: StartOptions, fresh: boolean): Promise<Launch> {
  const opened = openBundle(options.bundle);
  const path = fresh ? undefined : keptPath(options, opened);
  const kept = path === undefined ? undefined : readPlan(path, options, opened);
  if (kept !== undefined) return kept;
  const { prepare } = await import("./prepare.ts");
  const { encodePlan } = await import("./encode.ts");
  const prepared = await prepare(options, opened);
  const encoded = encodePlan(prepared.planned.plan);
  const { planned, bundle, notes } = prepared;
  const annotations = prepared.config.annotations ?? {};
  const hooks = ownHooks(prepared.config.hooks);
  const { cgroupPaths, ownDirectories } = planned;
  const config = JSON.stringify(prepared.config);
  const afterCreated = afterCreatedOf(planned.plan);
  const policy = path === undefined ? undefined : await factsPolicyOf(options.profile);
  // Taken now: after the start the host has changed.
  const facts = path === undefined ? "" : factsOf(bundle, policy);
  return {
    encoded,
    bundleDir: bundle.dir,
    rootfs: bundle.rootfs,
    config,
    afterCreated,
    annotations,
    ...hooks,
    cgroupPaths,
    ownDirectories,
    notes,
    prepared: async () => prepared,
    keep: () => {
      if (path === undefined) return;
      const header: KeptHeader = {
        facts,
        policy,
        config,
        afterCreated,
        annotations,
        ...hooks,
        cgroupPaths,
        ownDirectories,
        notes,
      };
      writeKept(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), encoded]));
      trimCache(options.cacheDir, ".plan", MAX_KEPT);
    },
  };
}

/** Where the plan of such a start is kept: everything that the caller says goes into the name. */
function keptPath(options: StartOptions, opened: OpenedBundle): string | undefined {
  const { profile, cacheDir } = options;
  const isRoot = process.geteuid?.() === 0;
  const isShipped = profile === undefined || isPolicyName(profile);
  // resctrl groups are facts of the host that change with every start: too rare to look at in factsOf.
  if (opened.text.includes('"intelRdt"')) return undefined;
  if (buildId === undefined || !isRoot || !isShipped || !prepareCache(cacheDir)) return undefined;
  const said = [
    buildId,
    options.id,
    profile ?? "",
    options.mode,
    options.keep === true,
    options.handover ?? {},
    options.stateDir ?? "",
    options.noPivot === true,
    options.noNewKeyring === true,
    opened.dir,
    opened.text,
  ];
  return join(cacheDir, `${sha256(JSON.stringify(said))}.plan`);
}

function readPlan(path: string, options: StartOptions, opened: OpenedBundle): Launch | undefined {
  const body = readKept(path, MAX_KEPT_BYTES);
  if (body === undefined) return undefined;
  // The file's name holds the hash of this config.json: it was found right when the plan was kept.
  const bundle = trustBundle(opened);
  const end = body.indexOf(0x0a);
  const { facts, policy, ...header } = JSON.parse(body.toString("utf8", 0, end)) as KeptHeader;
  if (facts !== factsOf(bundle, policy)) return undefined;
  return {
    encoded: body.subarray(end + 1),
    bundleDir: bundle.dir,
    rootfs: bundle.rootfs,
    ...header,
    prepared: async () => (await import("./prepare.ts")).prepare(options, opened),
    keep: () => undefined,
  };
}

async function factsPolicyOf(profile: string | undefined): Promise<FactsPolicy | undefined> {
  if (profile === undefined) return undefined;
  const { loadPolicy } = await import("./policy.ts");
  const { writable, apparmorProfile } = await loadPolicy(profile);
  return { writable, ...(apparmorProfile === undefined ? {} : { apparmorProfile }) };
}

/** Hash of all that harden and the planner look at on this machine: prepare.ts passes them nothing else. */
function factsOf(bundle: Bundle, policy: FactsPolicy | undefined): string {
  const host = readHostFacts();
  const { config } = bundle;
  const cgroups = readCgroupFacts(config.linux);
  const facts = [
    host.arch,
    host.kernelRelease,
    host.euid,
    host.inUserNamespace,
    String(host.effectiveCapabilities),
    [...host.namespaces],
    (config.process?.apparmorProfile ?? "") !== "" && host.apparmorEnabled,
    (config.process?.selinuxLabel ?? config.linux?.mountLabel ?? "") !== "" && host.selinuxEnabled,
    cgroups,
    bundle.rootfs,
    rootfsFacts(bundle.rootfs, host.kernelRelease),
    policy === undefined ? undefined : hardenFactsOf(bundle, policy, host, cgroups),
  ];
  return sha256(JSON.stringify(facts, (_, value) => (value instanceof Map ? [...value] : value)));
}
