import { UserError } from "../base/error.ts";
import type { Process, RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import { openHostProc } from "./namespaces.ts";
import type { Op } from "./ops.ts";
import { SLOT } from "./slots.ts";

const O_WRONLY = 1;
const RESOLVE_NO_XDEV = 0x1;
const RESOLVE_NO_MAGICLINKS = 0x2;
const RESOLVE_BENEATH = 0x8;

/**
 * A label that was asked for and that nothing would enforce is a refusal, not a shrug (R20).
 * @throws UserError that names the layer that is missing.
 */
export function requireLabels(config: RuntimeConfig, host: HostFacts): void {
  const { process } = config;
  const profile = process?.apparmorProfile ?? "";
  // "unconfined" is what everything is without AppArmor.
  if (profile !== "" && profile !== "unconfined" && !host.apparmorEnabled)
    throw missing("/process/apparmorProfile", `the AppArmor profile "${profile}"`, "AppArmor");
  for (const [pointer, label] of [
    ["/process/selinuxLabel", process?.selinuxLabel],
    ["/linux/mountLabel", config.linux?.mountLabel],
  ] as const)
    if ((label ?? "") !== "" && !host.selinuxEnabled)
      throw missing(pointer, `the SELinux label "${label}"`, "SELinux");
}

function missing(pointer: string, what: string, layer: string): UserError {
  return new UserError(`cannot apply ${what}: ${layer} is disabled or not supported`, {
    where: `config.json ${pointer}`,
    cause: new Error(
      `this kernel runs without ${layer}, and the container would run without the label`,
    ),
    hint: `boot with ${layer} (lsm=…,${layer.toLowerCase()}), or remove the entry`,
  });
}

/** Operations that give the container's program its label. */
export interface LabelOps {
  /** The host's /proc, proven to be one: nothing that the container mounts can stand in for it. */
  readonly host: readonly Op[];
  /** First thing in the container's process: the file is its own. */
  readonly container: readonly Op[];
  /** Just before exec: hooks of the host must not get it. */
  readonly write: readonly Op[];
}

/**
 * Plan `process.apparmorProfile` and `process.selinuxLabel` (proc_pid_attr(5), "exec"). One program has one of them: the
 * kernel's AppArmor and SELinux exclude each other as major modules.
 */
export function planLabel(process: Process, host: HostFacts): LabelOps {
  const profile = process.apparmorProfile ?? "";
  const label = process.selinuxLabel ?? "";
  if (label !== "") return labelOps("/process/selinuxLabel", "self/attr/exec", label);
  if (profile !== "" && host.apparmorEnabled)
    return labelOps("/process/apparmorProfile", "self/attr/apparmor/exec", `exec ${profile}`);
  return { host: [], container: [], write: [] };
}

function labelOps(at: string, path: string, data: string): LabelOps {
  return {
    host: openHostProc(at, SLOT.LABEL),
    container: [
      {
        op: "open",
        at,
        slot: SLOT.LABEL,
        dir: SLOT.LABEL,
        path,
        flags: O_WRONLY,
        mode: 0,
        resolve: RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH,
      },
    ],
    write: [
      { op: "write_slot", at, slot: SLOT.LABEL, data },
      { op: "close", at, slot: SLOT.LABEL },
    ],
  };
}
