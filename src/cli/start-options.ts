import { fstatSync } from "node:fs";
import { isErrno, UserError } from "../base/error.ts";
import type { RunOptions } from "../sandbox/container.ts";
import type { Handover } from "../sandbox/handover.ts";
import { cacheDir } from "../sandbox/places.ts";
import { type Flags, type Globals, type OptionSpec, textOf } from "./command-spec.ts";
import { warnTo } from "./log.ts";

/** Descriptors that can be handed on; init takes as many. */
const MAX_HANDED_ON = 1024;

/** Options by which descriptors and ids are passed to engines, the same for `run`, `create` and `exec`. */
export const HANDOVER_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--console-socket <path>",
    description: "unix socket that takes the terminal's descriptor",
  },
  { flags: "--pid-file <file>", description: "write the process id there" },
  {
    flags: "--preserve-fds <n>",
    description: "hand on n descriptors of the caller's, from 3 on",
    default: "0",
  },
  {
    flags: "--pidfd-socket <path>",
    description: "unix socket that takes a descriptor of the process",
  },
];

/** Options of `run` and `create`. */
export const START_OPTIONS: readonly OptionSpec[] = [
  { flags: "-b, --bundle <dir>", description: "bundle directory (default: the current one)" },
  ...HANDOVER_OPTIONS,
  {
    flags: "--no-pivot",
    description: "change root with chroot(2), for a host root on an initramfs",
  },
  { flags: "--no-new-keyring", description: "keep the caller's session keyring" },
];

/** What `run` and `create` read from the same options. */
export function startOptions(
  flags: Flags,
  globals: Globals,
): Pick<
  RunOptions,
  "handover" | "pidFile" | "noPivot" | "noNewKeyring" | "cacheDir" | "warn" | "systemdCgroup"
> {
  const pidFile = textOf(flags["pidFile"]);
  return {
    handover: { ...handoverOf(flags), ...notifySocketOf(process.env) },
    ...(pidFile === undefined ? {} : { pidFile }),
    noPivot: flags["pivot"] === false,
    noNewKeyring: flags["newKeyring"] === false,
    ...(globals.systemdCgroup === true ? { systemdCgroup: true } : {}),
    cacheDir: cacheDir(),
    warn: warnTo(globals),
  };
}

/**
 * What the caller hands on: sockets by option, descriptors by option and by socket activation (sd_listen_fds(3)).
 * @throws UserError when a descriptor is not there.
 */
export function handoverOf(flags: Flags): Handover {
  const consoleSocket = textOf(flags["consoleSocket"]);
  const pidfdSocket = textOf(flags["pidfdSocket"]);
  const listenFds = listeningFds(process.env);
  const preserved = count(textOf(flags["preserveFds"]) ?? "0", "--preserve-fds");
  const handOn = listenFds + preserved;
  for (let fd = 3 + listenFds; fd < 3 + handOn; fd++) requireOpen(fd, preserved);
  return {
    ...(consoleSocket === undefined || consoleSocket === "" ? {} : { consoleSocket }),
    ...(pidfdSocket === undefined || pidfdSocket === "" ? {} : { pidfdSocket }),
    ...(handOn === 0 ? {} : { handOn }),
    ...(listenFds === 0 ? {} : { listenFds }),
  };
}

/** The service manager's socket, when one waits for us (sd_notify(3)). */
export function notifySocketOf({ NOTIFY_SOCKET: notifySocket }: NodeJS.ProcessEnv): {
  readonly notifySocket?: string;
} {
  return notifySocket === undefined || notifySocket === "" ? {} : { notifySocket };
}

/** Sockets that systemd gave to this very process; a LISTEN_PID of somebody else means that they are not ours. */
function listeningFds(env: NodeJS.ProcessEnv): number {
  const { LISTEN_PID: pid, LISTEN_FDS: fds } = env;
  return pid === String(process.pid) && fds !== undefined && fds !== ""
    ? count(fds, "LISTEN_FDS")
    : 0;
}

function count(text: string, where: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_HANDED_ON) return value;
  throw new UserError(`${JSON.stringify(text)} is no number of descriptors`, {
    where,
    hint: `give a number up to ${MAX_HANDED_ON}`,
  });
}

function requireOpen(fd: number, preserved: number): void {
  try {
    fstatSync(fd);
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    throw new UserError(`descriptor ${fd} of ${preserved} to preserve is not open`, {
      where: "--preserve-fds",
      cause,
      hint: "the caller opens them before it calls tguard, numbered from 3 without gaps",
    });
  }
}
