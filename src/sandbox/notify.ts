/**
 * NOTIFY_SOCKET (sd_notify(3)): a service manager that started us waits for the container's readiness. The container gets a
 * socket of its own, because the manager's would let it say anything; a process of init's passes READY on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/error.ts";
import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { Op } from "./ops.ts";
import { NOTIFY_DIR, NOTIFY_SOCKET } from "./state-files.ts";

/** Where the container sees it, as with runc. */
const IN_CONTAINER = "/run/notify";

/** The configuration with the socket's directory mounted and the variable that names it. */
export function withNotifySocket(config: RuntimeConfig, stateDir: string): RuntimeConfig {
  const { process, mounts = [] } = config;
  if (process === undefined) return config;
  return {
    ...config,
    mounts: [
      ...mounts,
      {
        destination: IN_CONTAINER,
        type: "bind",
        source: join(stateDir, NOTIFY_DIR),
        options: ["bind", "nosuid", "noexec", "nodev", "ro"],
      },
    ],
    process: {
      ...process,
      env: [...(process.env ?? []), `NOTIFY_SOCKET=${IN_CONTAINER}/${NOTIFY_SOCKET}`],
    },
  };
}

/** Make the directory, which the container's user must be able to enter. */
export function makeNotifyDir(stateDir: string): void {
  const dir = join(stateDir, NOTIFY_DIR);
  mkdirSync(dir);
  chmodSync(dir, 0o755); // whatever the umask says
}

/** What init removes with the container. */
export function notifyCleanup(stateDir: string): readonly Op[] {
  const dir = join(stateDir, NOTIFY_DIR);
  return [
    { op: "unlink", at: "", path: join(dir, NOTIFY_SOCKET) },
    { op: "rmdir", at: "", path: dir, flags: 0 },
  ];
}

/** True for a container that was created with a socket to notify. */
export function notifies(stateDir: string): boolean {
  return existsSync(join(stateDir, NOTIFY_DIR));
}

/** The process between container and service manager. */
export interface Relay {
  readonly done: Promise<void>;
  /** End it: there is nothing to tell. */
  stop(): void;
}

/**
 * Pass on the readiness of a container whose program does not run yet. Returns once the socket is there; the promise
 * inside ends when the container has told, or has ended.
 * @throws UserError when the socket cannot be made; the inner promise, when the manager cannot be told.
 */
export async function startRelay(
  init: string,
  stateDir: string,
  host: string,
  pid: number,
): Promise<Relay> {
  const path = join(stateDir, NOTIFY_DIR, NOTIFY_SOCKET);
  const child = spawn(init, ["notify", path, host, String(pid)], {
    stdio: ["ignore", "pipe", "inherit"],
    argv0: "tguard-init",
    env: {},
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  const isThere = await Promise.race([
    once(child.stdout, "data").then(() => true),
    ended.then(() => false),
  ]);
  if (!isThere)
    throw new UserError("cannot make the socket that the container notifies", { where: path });
  let isStopped = false;
  return {
    stop() {
      isStopped = true;
      child.kill("SIGKILL");
    },
    done: ended.then(([status]) => {
      if (status !== 0 && !isStopped)
        throw new UserError("cannot tell the service manager that the container is ready", {
          where: `NOTIFY_SOCKET=${host}`,
        });
    }),
  };
}
