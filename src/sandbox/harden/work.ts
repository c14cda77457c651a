import type { Mount, NamespaceType, RuntimeConfig } from "../../oci/runtime-config.ts";
import type { IdMapLine, IdRange } from "../../sys/host.ts";
import type { Policy } from "../policy-model.ts";

/** What harden must know of the machine and the bundle; `hardenFactsOf` fills it in. */
export interface HardenFacts {
  /** Names the container for good (real path of the bundle, or the id): picks its range of ids. */
  readonly key: string;
  /** Real path of the bundle; what is mounted from it is the container's own. */
  readonly bundleDir?: string;
  readonly euid: number;
  readonly egid: number;
  /** Ids that newuidmap(1) would let us map; empty when there are none or the program is missing. */
  readonly subuid: readonly IdRange[];
  readonly subgid: readonly IdRange[];
  readonly inUserNamespace: boolean;
  /** Our own user namespace's maps; needed when `inUserNamespace`. */
  readonly uidMap?: readonly IdMapLine[];
  readonly gidMap?: readonly IdMapLine[];
  readonly rootfs: {
    readonly uid: number;
    readonly gid: number;
    readonly idmapSupported: boolean;
    /** Directories can be made in it; unknown counts as yes. */
    readonly writable?: boolean;
    /** Which of the policy's writable paths are directories in it; unknown counts as all. */
    readonly present?: readonly string[];
  };
  /** We may make control groups and set limits. */
  readonly cgroupsUsable: boolean;
  /** Controllers that limits can be set with; unknown counts as all, when `cgroupsUsable`. */
  readonly controllers?: readonly string[];
  readonly lastCap: number;
  readonly memoryTotalBytes?: number;
  readonly apparmorEnabled?: boolean;
  /** Real paths of bind mount sources, by source as the config has it. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** One thing that harden did to a config.json. */
export interface Change {
  /**
   * RFC 6901; into the config before for what was changed or taken out, into the result for what was added.
   * `/mounts/N` counts as in the config before in all cases but that of a mount that is new.
   */
  readonly pointer: string;
  /** `undefined` when there was nothing. */
  readonly before: unknown;
  /** `undefined` when it was taken out. */
  readonly after: unknown;
  /** One sentence, without a full stop. */
  readonly why: string;
  /** The audit rule that would have reported it, or the rule against escapes that asks for it (`R14`). */
  readonly rule: string;
}

/** `T` without `readonly`, all the way down. */
export type Mutable<T> = T extends readonly (infer U)[]
  ? Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** A mount on its way through harden: `origin` is its index in the config before, `added` says why it is new. */
export interface WorkMount {
  mount: Mutable<Mount>;
  readonly origin: number | undefined;
  readonly added?: { readonly why: string; readonly rule: string };
}

/** The state that the steps of harden share: `config` is theirs to write to, its mounts live in `mounts` meanwhile. */
export interface Work {
  readonly config: Mutable<RuntimeConfig>;
  mounts: WorkMount[];
  readonly policy: Policy;
  readonly facts: HardenFacts;
  readonly changes: Change[];
  readonly notes: string[];
}

/** config.linux, made when missing. */
export function linuxOf(work: Work): NonNullable<Mutable<RuntimeConfig>["linux"]> {
  work.config.linux ??= {};
  return work.config.linux;
}

/** config.linux.resources, made when missing. */
export function resourcesOf(
  work: Work,
): NonNullable<NonNullable<Mutable<RuntimeConfig>["linux"]>["resources"]> {
  const linux = linuxOf(work);
  linux.resources ??= {};
  return linux.resources;
}

/** A path that names the namespace of the host's own processes is the host's namespace in disguise. */
export const HOST_PATH: RegExp = /^\/proc\/(1|self|thread-self)\/(task\/\d+\/)?ns\//;

/** How the container gets a namespace: a new one, one joined by path, or the host's. */
export function namespaceOf(
  config: Pick<RuntimeConfig, "linux">,
  type: NamespaceType,
): "new" | "joined" | "host" {
  const entry = config.linux?.namespaces?.find((namespace) => namespace.type === type);
  if (entry === undefined) return "host";
  return entry.path === undefined || entry.path === "" ? "new" : "joined";
}

/** An ordinary user runs tguard: no right over the host, and none to give away. */
export function isRootless(facts: HardenFacts): boolean {
  return facts.euid !== 0;
}

/** A limit of that controller can be set. */
export function hasController(facts: HardenFacts, name: string): boolean {
  return facts.cgroupsUsable && (facts.controllers?.includes(name) ?? true);
}
