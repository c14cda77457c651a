import { spawnSync } from "node:child_process";
import { version } from "../base/version.ts";
import { CAPABILITIES } from "../oci/names.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { ARCHITECTURES } from "../seccomp/architecture.ts";
import { ACTION_NAMES, FLAG_NAMES, OPERATOR_NAMES } from "../seccomp/profile.ts";
import { ANNOTATION_LANDLOCK, ANNOTATION_PROFILE, ANNOTATION_ROOTFS_IDMAP } from "./annotations.ts";
import { HOOK_KINDS } from "./hook-state.ts";
import { MOUNT_OPTIONS } from "./mount-options.ts";
import { CLONE_FLAGS } from "./namespaces.ts";
import { MEMORY_POLICY_FLAGS, MEMORY_POLICY_MODES } from "./scheduling.ts";

/** The document of features.md and features-linux.md, runtime-spec 1.3. */
export interface Features {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks: readonly string[];
  readonly mountOptions: readonly string[];
  readonly linux: {
    readonly namespaces: readonly string[];
    readonly capabilities: readonly string[];
    readonly cgroup: Readonly<Record<"v1" | "v2" | "systemd" | "systemdUser" | "rdma", boolean>>;
    readonly seccomp: {
      readonly enabled: boolean;
      readonly actions: readonly string[];
      readonly operators: readonly string[];
      readonly archs: readonly string[];
      readonly knownFlags: readonly string[];
      readonly supportedFlags: readonly string[];
    };
    readonly apparmor: { readonly enabled: boolean };
    readonly selinux: { readonly enabled: boolean };
    readonly intelRdt: {
      readonly enabled: boolean;
      readonly schemata: boolean;
      readonly monitoring: boolean;
    };
    readonly memoryPolicy: {
      readonly modes: readonly string[];
      readonly flags: readonly string[];
    };
    readonly mountExtensions: { readonly idmap: { readonly enabled: boolean } };
    readonly netDevices: { readonly enabled: boolean };
  };
  readonly annotations: Readonly<Record<string, string>>;
  readonly potentiallyUnsafeConfigAnnotations: readonly string[];
}

/**
 * What tguard implements, whatever this machine has, as features.md wants it; `supportedFlags` alone are this kernel's, as
 * asked of it by init (an absent init leaves them empty).
 */
export function featuresOf(init: string | undefined): Features {
  return {
    // checks.ts takes every 1.x.
    ociVersionMin: "1.0.0",
    ociVersionMax: OCI_VERSION,
    hooks: HOOK_KINDS,
    mountOptions: MOUNT_OPTIONS,
    linux: {
      namespaces: Object.keys(CLONE_FLAGS).sort(),
      capabilities: CAPABILITIES,
      cgroup: CGROUP_DRIVERS,
      seccomp: {
        enabled: true,
        actions: [...ACTION_NAMES].sort(),
        operators: [...OPERATOR_NAMES].sort(),
        archs: ARCHITECTURES.map(({ name }) => name).sort(),
        knownFlags: [...FLAG_NAMES].sort(),
        supportedFlags: init === undefined ? [] : supportedFlags(init),
      },
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      memoryPolicy: { modes: MEMORY_POLICY_MODES, flags: MEMORY_POLICY_FLAGS },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: { "org.tguard.version": version },
    potentiallyUnsafeConfigAnnotations: [
      ANNOTATION_LANDLOCK,
      ANNOTATION_PROFILE,
      ANNOTATION_ROOTFS_IDMAP,
    ],
  };
}

/** Managers of control groups that the launcher drives. */
const CGROUP_DRIVERS = { v1: true, v2: true, systemd: false, systemdUser: false, rdma: true };

/** seccomp(2): init prints the bit mask of the flags that the kernel knows. */
function supportedFlags(init: string): readonly string[] {
  const { stdout } = spawnSync(init, ["seccomp-flags"], { encoding: "utf8", env: {} });
  const mask = Number.parseInt(stdout ?? "", 16);
  return FLAG_NAMES.filter((name) => (mask & (FLAG_BITS[name] ?? 0)) !== 0).sort();
}

// include/uapi/linux/seccomp.h.
const FLAG_BITS: Readonly<Record<string, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1 << 0,
  SECCOMP_FILTER_FLAG_LOG: 1 << 1,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 1 << 2,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 1 << 5,
};
