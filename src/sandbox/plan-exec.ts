import type { NamespaceType, Process, RuntimeConfig } from "../oci/runtime-config.ts";
import type { OciState } from "../oci/state.ts";
import type { HostFacts } from "../sys/host.ts";
import {
  firstClosedFd,
  type Handover,
  planPidfd,
  planSockets,
  requireSocketFor,
  withListenFds,
} from "./handover.ts";
import { planLabel, requireLabels } from "./labels.ts";
import { becomeRootOps, CLONE_FLAGS, NSFS_NAMES } from "./namespaces.ts";
import {
  CWD,
  type LaunchPlan,
  MODE_DETACH,
  MODE_FOREGROUND,
  MODE_TERMINAL,
  type Op,
} from "./ops.ts";
import { planProcess, planProcessBeforeNamespaces, type SeccompFilter } from "./process.ts";
import { planExecAffinity, planScheduling } from "./scheduling.ts";
import { planListenerFor } from "./seccomp-listener.ts";
import { SLOT } from "./slots.ts";
import type { ProcessRef } from "./store.ts";
import { planPty } from "./terminal.ts";

const O_PATH = 0x200000;
const O_DIRECTORY = 0x10000;
const O_NOFOLLOW = 0x20000;
const ALL_CAPABILITIES = (1n << 64n) - 1n;

/** Control groups that the process enters: absolute directories. */
export interface Groups {
  /** Of cgroup v2, where the process is born. */
  readonly unified: string | undefined;
  readonly v1: readonly string[];
}

/** Everything that the plan of an `exec` depends on. */
export interface ExecRequest {
  readonly id: string;
  /** As the container runs; `process` is the one to start. */
  readonly config: RuntimeConfig;
  readonly process: Process;
  /** The container's own process. */
  readonly target: ProcessRef;
  /** Namespaces in which that process is and we are not. */
  readonly namespaces: ReadonlySet<NamespaceType>;
  /** The socket that gives those namespaces, where we may not look into the process ourselves. */
  readonly joinSocket?: string;
  readonly groups: Groups;
  readonly host: HostFacts;
  readonly seccomp: SeccompFilter | undefined;
  /** The container's, for the agent of its filter. */
  readonly state: OciState;
  readonly detach: boolean;
  readonly handover: Handover;
  readonly noNewKeyring: boolean;
}

/** Root enters others' namespaces before it gives up its rights with the user namespace; a user gets the rights there. */
const OTHERS: readonly NamespaceType[] = ["ipc", "uts", "network", "pid", "cgroup", "time"];

/**
 * Turn a process into the operations that start it in a running container. Pure.
 * @throws UserError when it asks for what cannot be had here.
 */
export function planExec(request: ExecRequest): LaunchPlan {
  const { host, detach, handover, config } = request;
  const process = withListenFds(request.process, handover);
  const joined = { ...config, process };
  requireLabels(joined, host);
  const label = planLabel(process, host);
  const scheduling = planScheduling(config, process, host);
  const listener = planListenerFor({ config, state: request.state }, request.seccomp);
  const terminal = process.terminal === true;
  requireSocketFor(terminal, detach, handover.consoleSocket);
  return {
    mode: detach ? MODE_DETACH : MODE_FOREGROUND | (terminal ? MODE_TERMINAL : 0),
    sections: {
      host: [
        // The process is born in its v2 group: what is to hold before that holds for its parent as well.
        ...planExecAffinity(process, "initial"),
        ...enterUnified(request.groups),
        ...openTarget(request),
        ...planSockets(handover),
        ...listener.host,
        ...label.host,
      ],
      join: [
        ...planProcessBeforeNamespaces(joined, process, host),
        ...request.groups.v1.map(
          (group): Op => ({
            op: "write_file",
            at: "",
            path: `${group}/tasks`,
            data: new TextEncoder().encode("0"),
            flags: 0,
          }),
        ),
        ...planExecAffinity(process, "final"),
        ...scheduling.join,
        ...enterNamespaces(request),
        { op: "clone", at: "", flags: 0 },
      ],
      parent: [],
      container: [
        { op: "setsid", at: "" },
        ...label.container,
        // The container's own keyring by its name: a fresh one, and never the caller's, where that cannot be joined.
        ...(request.noNewKeyring
          ? []
          : [{ op: "join_keyring", at: "", name: `_ses.${request.id}`.slice(0, 255) } as const]),
        ...enterRoot(request),
        ...planPty(process, handover),
        ...planPidfd(handover),
        ...planProcess(joined, process, {
          dieWithMonitor: !detach,
          waitForStart: false,
          seccomp: request.seccomp,
          listen: listener.install,
          scheduling: scheduling.container,
          beforeExec: label.write,
          firstClosedFd: firstClosedFd(handover),
          available: hasUserNamespace(config) ? ALL_CAPABILITIES : host.effectiveCapabilities,
        }),
      ],
      cleanup: [],
    },
  };
}

function hasUserNamespace(config: RuntimeConfig): boolean {
  return (config.linux?.namespaces ?? []).some(({ type }) => type === "user");
}

function enterUnified({ unified }: Groups): readonly Op[] {
  if (unified === undefined) return [];
  const slot = SLOT.CGROUP;
  const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
  return [
    { op: "open", at: "", slot, dir: CWD, path: unified, flags, mode: 0, resolve: 0 },
    { op: "fork_into_cgroup", at: "", slot },
  ];
}

/** All by one descriptor of /proc/PID, so that a number used again can never mean another process. */
function openTarget({ target, namespaces, joinSocket }: ExecRequest): readonly Op[] {
  if (joinSocket !== undefined)
    return [
      {
        op: "receive_joins",
        at: "",
        path: joinSocket,
        first: SLOT.NAMESPACES,
        count: namespaces.size,
        root: SLOT.HOST_ROOT,
      },
    ];
  const inTarget = (slot: number, path: string, flags: number): Op => ({
    op: "open",
    at: "",
    slot,
    dir: SLOT.PROCESS,
    path,
    flags,
    mode: 0,
    resolve: 0,
  });
  return [
    {
      op: "open_process",
      at: "",
      slot: SLOT.PROCESS,
      pid: target.pid,
      start: target.startTime,
    },
    ...[...namespaces].map((type, i) => inTarget(SLOT.NAMESPACES + i, `ns/${NSFS_NAMES[type]}`, 0)),
    // Without a mount namespace the container lives in a directory of ours.
    ...(namespaces.has("mount") ? [] : [inTarget(SLOT.HOST_ROOT, "root", O_PATH | O_DIRECTORY)]),
  ];
}

function enterNamespaces({ namespaces, config, host }: ExecRequest): readonly Op[] {
  const slots = new Map([...namespaces].map((type, i) => [type, SLOT.NAMESPACES + i]));
  const enter = (types: readonly NamespaceType[]): readonly Op[] =>
    types.flatMap((type): readonly Op[] => {
      const slot = slots.get(type);
      return slot === undefined ? [] : [{ op: "setns", at: "", slot, type: CLONE_FLAGS[type] }];
    });
  const user = namespaces.has("user") ? [...enter(["user"]), ...becomeRootOps(config, "")] : [];
  return host.euid === 0
    ? [...enter(OTHERS), ...user, ...enter(["mount"])]
    : [...user, ...enter(OTHERS), ...enter(["mount"])];
}

function enterRoot({ namespaces }: ExecRequest): readonly Op[] {
  return [
    ...(namespaces.has("mount") ? [] : [{ op: "chroot", at: "", root: SLOT.HOST_ROOT } as const]),
    {
      op: "open",
      at: "",
      slot: SLOT.ROOT,
      dir: CWD,
      path: "/",
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: 0,
    },
  ];
}
