import { UserError } from "../base/error.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { OciState } from "../oci/state.ts";
import { OCI_VERSION } from "../oci/version.ts";
import { hookState } from "./hook-state.ts";
import type { HookSubject } from "./hooks.ts";
import type { Op } from "./ops.ts";
import type { SeccompFilter } from "./process.ts";
import { SLOT } from "./slots.ts";

const POINTER = "/linux/seccomp/listenerPath";

/** Connecting to the agent outside, and the operation that installs the filter and sends its listener there. */
export interface ListenerOps {
  readonly host: readonly Op[];
  readonly install: Op | undefined;
}

/** Whose filter it is: the container's own process, or one that joins it. */
export interface ListenerSubject {
  readonly config: RuntimeConfig;
  /** With a process id only when the container has its process already. */
  readonly state: OciState;
}

/** The listener of a container that is being made. */
export function planListener(
  { id, bundleDir: bundle, config }: HookSubject,
  filter: SeccompFilter | undefined,
): ListenerOps {
  const state = hookState({ id, bundle, annotations: config.annotations ?? {} }, "creating", -1);
  return planListenerFor({ config, state }, filter);
}

/**
 * Plan `linux.seccomp.listenerPath` and `listenerMetadata` (config-linux.md#containerprocessstate). Without an action that
 * notifies the path is ignored, as the specification has it.
 * @throws UserError when there is such an action and nobody to ask.
 */
export function planListenerFor(
  { config, state }: ListenerSubject,
  filter: SeccompFilter | undefined,
): ListenerOps {
  if (filter?.listener !== true) return { host: [], install: undefined };
  const { listenerPath: path = "", listenerMetadata: metadata } = config.linux?.seccomp ?? {};
  if (path === "")
    throw new UserError("SCMP_ACT_NOTIFY needs an agent to ask", {
      where: `config.json ${POINTER}`,
      hint: "set listenerPath to the socket of a seccomp agent",
    });
  // The process id is known to init alone: the text is cut where it belongs.
  const [before = "", between = "", after] = JSON.stringify({
    ociVersion: OCI_VERSION,
    fds: ["seccompFd"],
    pid: -1,
    state,
    ...(metadata === undefined ? {} : { metadata }),
  }).split('"pid":-1');
  return {
    host: [{ op: "connect_console", at: POINTER, slot: SLOT.LISTENER, path }],
    install: {
      op: "seccomp_listen",
      at: "/linux/seccomp",
      flags: filter.flags,
      filter: filter.bpf,
      socket: SLOT.LISTENER,
      before: `${before}"pid":`,
      between: after === undefined ? between : `${between}"pid":`,
      after: after ?? "",
    },
  };
}
