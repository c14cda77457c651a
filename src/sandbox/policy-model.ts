import type { CapabilitySet, NamespaceType, Seccomp } from "../oci/runtime-config.ts";
import type { LandlockLayer } from "./annotations.ts";

/**
 * A policy profile: what `harden` may leave in a config.json. profiles/README.md explains the fields for users,
 * policy.schema.json checks files; the three must change together (test/sandbox/policy.test.ts compares them).
 */
export interface Policy {
  /** `default`, or the path of the file it came from. */
  readonly name: string;
  readonly description: string;
  readonly capabilities: {
    /** The most that any of the five sets may hold; "all" cuts nothing. */
    readonly allow: readonly string[] | "all";
    /** `ambient-only`: inheritable keeps just what the ambient set of an ordinary user needs. */
    readonly inheritable: "keep" | "ambient-only";
  };
  readonly noNewPrivileges: boolean;
  readonly rootReadonly: boolean;
  /** tmpfs mounts given to a container whose root is read-only. */
  readonly writable: readonly WritablePath[];
  readonly mounts: {
    /**
     * Host paths that no bind mount may show: `*` stands for a part of a name, a final `/**` for everything beneath and the path itself.
     * What lies in the bundle is only held against patterns that begin with `/**`.
     */
    readonly refuse: readonly string[];
    /** Host paths that may be shown in spite of `refuse`. */
    readonly allow: readonly string[];
    /** Host paths that may be shown in spite of `refuse`, and are made read-only. */
    readonly readonly: readonly string[];
    /** Options added, by mount type (`bind`, `tmpfs`, `proc`, …) or by destination (`/dev/shm`). */
    readonly options: Readonly<Record<string, readonly string[]>>;
    /** `slave`: nothing that the container mounts shows on the host; `private`: nor the other way round. */
    readonly propagation: "keep" | "slave" | "private";
  };
  readonly userNamespace: {
    readonly mode: "auto" | "keep";
    /** Ids in the container, 1 to 2^32-2. */
    readonly size: number;
    /** First host id; chosen by the container's name when absent. */
    readonly base?: number;
  };
  readonly namespaces: { readonly require: readonly Exclude<NamespaceType, "user">[] };
  /** `private`: not the host's network; `none`: a new namespace with nothing but loopback, even if the config joins one. */
  readonly network: "keep" | "private" | "none";
  readonly seccomp?: SeccompPolicy;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly devices: {
    /** Patterns `c 1:1`, `b *:*` of device nodes and rules that are taken out … */
    readonly deny: readonly string[];
    /** … unless one of these covers them. */
    readonly except: readonly string[];
  };
  /** Keys (a final `*` stands for anything) of linux.sysctl that may stay; "all" cuts nothing. */
  readonly sysctls: readonly string[] | "all";
  readonly rlimits: readonly RlimitPolicy[];
  /** Smallest oomScoreAdj. */
  readonly oomScoreAdjFloor?: number;
  /** Most tasks. */
  readonly pidsLimit?: number;
  /** Most memory: bytes, or `75%` of the machine's. */
  readonly memoryLimit?: number | string;
  /** AppArmor profile for a config that names none, where the kernel has AppArmor. */
  readonly apparmorProfile?: string;
  readonly landlock?: LandlockLayer;
}

export interface WritablePath {
  readonly path: string;
  /** tmpfs size, `64m`. */
  readonly size: string;
  /** Octal mode of the directory; the one that the image's directory has when absent. */
  readonly mode?: string;
  /** What the image has there is copied in (mount option tmpcopyup). */
  readonly copyUp?: boolean;
  /** Programs may be run from it; noexec when absent. */
  readonly exec?: boolean;
  /** Made when the image has no such directory; left out otherwise. */
  readonly create?: boolean;
}

export interface SeccompPolicy {
  /** Name of a shipped profile, or the file that the profile came from. */
  readonly profile: string;
  /** The linux.seccomp section that the name stands for. */
  readonly section: Seccomp;
  /**
   * `add-if-missing`: a config's own filter stays unless it lets through what it does not name.
   * `intersect`: only what both allow. `replace`: ours alone.
   */
  readonly mode: "add-if-missing" | "intersect" | "replace";
}

export interface RlimitPolicy {
  readonly type: string;
  /** Highest hard (and so soft) limit. */
  readonly max: number;
  /** Set when the config has none; else only higher limits are lowered. */
  readonly always?: boolean;
}

/** The five sets in the order in which changes are listed. capabilities(7). */
export const CAPABILITY_SETS: readonly CapabilitySet[] = [
  "bounding",
  "effective",
  "permitted",
  "inheritable",
  "ambient",
];

/** The shipped profiles, loosest first. */
export const POLICY_NAMES = ["compat", "default", "strict"] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** What a policy file that extends nothing begins with: it changes nothing. */
export const EMPTY_POLICY: Policy = {
  name: "empty",
  description: "",
  capabilities: { allow: "all", inheritable: "keep" },
  noNewPrivileges: false,
  rootReadonly: false,
  writable: [],
  mounts: { refuse: [], allow: [], readonly: [], options: {}, propagation: "keep" },
  userNamespace: { mode: "keep", size: 65536 },
  namespaces: { require: [] },
  network: "keep",
  maskedPaths: [],
  readonlyPaths: [],
  devices: { deny: [], except: [] },
  sysctls: "all",
  rlimits: [],
};

/** True for `compat`, `default` and `strict`. */
export function isPolicyName(name: string): name is PolicyName {
  return (POLICY_NAMES as readonly string[]).includes(name);
}

/** The same policy in the form that gives a container nothing its config has given up: a filter is cut, never replaced. */
export function onlyTightening(policy: Policy): Policy {
  const { seccomp } = policy;
  return seccomp?.mode === "replace"
    ? { ...policy, seccomp: { ...seccomp, mode: "intersect" } }
    : policy;
}
