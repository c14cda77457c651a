/** What a start hands to others: fifos for `start`, descriptors from the caller, sockets of engines. */
import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import type { NamespaceType, Process } from "../oci/runtime-config.ts";
import { NSFS_NAMES } from "./namespaces.ts";
import { CWD, NONE, type Op } from "./ops.ts";
import { SLOT } from "./slots.ts";
import { EXEC_FIFO, JOIN_SOCKET, REPORT_FIFO } from "./state-files.ts";

const O_RDWR = 2;
const O_NOFOLLOW = 0x20000;

/** Descriptors and sockets that the caller of `run`, `create` and `exec` names. */
export interface Handover {
  /** Unix socket that takes the pty's master (`--console-socket`). */
  readonly consoleSocket?: string;
  /** Unix socket that takes the process' pidfd (`--pidfd-socket`). */
  readonly pidfdSocket?: string;
  /** Descriptors from 3 on that the workload gets. */
  readonly handOn?: number;
  /** How many of them are listening sockets (sd_listen_fds(3)). */
  readonly listenFds?: number;
  /** The service manager's socket (sd_notify(3)): the container is to tell its readiness. */
  readonly notifySocket?: string;
}

/** Both fifos of `create`, opened before the container's process leaves the host's files behind. */
export function planFifos(stateDir: string): readonly Op[] {
  return [[EXEC_FIFO, SLOT.FIFO] as const, [REPORT_FIFO, SLOT.REPORT] as const].flatMap(
    ([name, slot]): readonly Op[] => {
      const path = posix.join(stateDir, name);
      return [
        { op: "mkfifo", at: "", path, mode: 0o600 },
        {
          op: "open",
          at: "",
          slot,
          dir: CWD,
          path,
          // Both ends in one: neither open nor read depends on when `start` comes and goes.
          flags: O_RDWR | O_NOFOLLOW,
          mode: 0,
          // dockerd's --root lies under /var/run, which is a link; the folder itself is proven to be this user's alone.
          resolve: 0,
        },
      ];
    },
  );
}

/**
 * An ordinary user cannot look into a process that waits for `start`; it answers for itself then. In the host section:
 * where; `own`: first of all in the container's process, while the host's /proc is there; `wait`: before `created`.
 */
export function planJoins(
  stateDir: string,
  types: readonly NamespaceType[],
): { readonly host: readonly Op[]; readonly own: readonly Op[]; readonly wait: readonly Op[] } {
  const path = posix.join(stateDir, JOIN_SOCKET);
  return {
    host: [{ op: "listen", at: "", slot: SLOT.JOIN_LISTENER, path }],
    own: types.map(
      (type, i): Op => ({
        op: "open",
        at: "",
        slot: SLOT.OWN_NAMESPACES + i,
        dir: CWD,
        path: `/proc/self/ns/${NSFS_NAMES[type]}`,
        flags: 0,
        mode: 0,
        resolve: 0,
      }),
    ),
    wait: [
      {
        op: "answer_joins",
        at: "",
        listener: SLOT.JOIN_LISTENER,
        first: SLOT.OWN_NAMESPACES,
        count: types.length,
      },
    ],
  };
}

/** Connect to the engine's sockets while their paths mean what the engine meant. */
export function planSockets({ consoleSocket, pidfdSocket }: Handover): readonly Op[] {
  const connect = (at: string, slot: number, path: string | undefined): readonly Op[] =>
    path === undefined ? [] : [{ op: "connect_console", at, slot, path }];
  return [
    ...connect("/process/terminal", SLOT.CONSOLE_SOCKET, consoleSocket),
    ...connect("", SLOT.PIDFD_SOCKET, pidfdSocket),
  ];
}

/**
 * A terminal needs one holder: this program while it stays in the foreground, an engine behind its socket else.
 * @throws UserError when it would have none, or two.
 */
export function requireSocketFor(
  terminal: boolean,
  detaches: boolean,
  consoleSocket: string | undefined,
): void {
  if (terminal && detaches && consoleSocket === undefined)
    throw new UserError(
      "cannot allocate tty if tguard will detach without setting console socket",
      {
        where: "config.json /process/terminal",
        cause: new Error("somebody must hold the terminal of a detached container"),
        hint: "give --console-socket, or set process.terminal to false",
      },
    );
  if (consoleSocket !== undefined && !(terminal && detaches))
    throw new UserError("cannot use console socket if tguard will not detach or allocate tty", {
      where: "--console-socket",
      hint: terminal
        ? "leave it out, or give --detach"
        : "leave it out, or set process.terminal to true",
    });
}

/** In the container's process. */
export function planPidfd({ pidfdSocket }: Handover): readonly Op[] {
  return pidfdSocket === undefined ? [] : [{ op: "send_pidfd", at: "", socket: SLOT.PIDFD_SOCKET }];
}

/** First descriptor that the workload must not see. */
export function firstClosedFd({ handOn = 0 }: Handover): number {
  return 3 + handOn;
}

/** The process with the variables by which it finds its listening sockets. */
export function withListenFds(process: Process, { listenFds = 0 }: Handover): Process {
  return listenFds === 0
    ? process
    : {
        ...process,
        env: [...(process.env ?? []), `LISTEN_FDS=${listenFds}`, "LISTEN_PID=1"],
      };
}

/** Operations between set-up and program: `create` looks for the program now and then waits for `start`. */
export function planWait(candidates: readonly string[], waitForStart: boolean): readonly Op[] {
  return waitForStart
    ? [
        { op: "find_program", at: "/process/args/0", candidates },
        { op: "report_to", at: "", slot: SLOT.REPORT },
        { op: "created", at: "", fifo: SLOT.FIFO },
      ]
    : [{ op: "created", at: "", fifo: NONE }];
}
