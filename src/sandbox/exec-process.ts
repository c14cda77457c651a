import { closeSync, openSync, readSync } from "node:fs";
import { isErrno, UserError } from "../base/error.ts";
import { sawText } from "../base/look.ts";
import { CAPABILITIES } from "../oci/names.ts";
import type { Capabilities, Process, RuntimeConfig, User } from "../oci/runtime-config.ts";

/** The process as `exec`'s options describe it; what is absent is as for the container's own. */
export interface ProcessOptions {
  /** File with a whole process; then nothing else counts. */
  readonly process?: string;
  readonly args: readonly string[];
  readonly tty: boolean;
  readonly env: readonly string[];
  readonly cwd?: string;
  /** `uid` or `uid:gid`, numbers: names mean what the image says, and that is not to be trusted. */
  readonly user?: string;
  readonly additionalGids: readonly string[];
  readonly caps: readonly string[];
  readonly apparmor?: string;
  readonly processLabel?: string;
  readonly noNewPrivs?: boolean;
}

/** Largest process file that is read, as for config.json. */
const MAX_BYTES = 8 << 20;

/** What to start in the container. @throws UserError for options that mean nothing. */
export async function execProcess(
  options: ProcessOptions,
  config: RuntimeConfig,
): Promise<Process> {
  if (options.process !== undefined) {
    const { parseProcess } = await import("../oci/bundle.ts");
    const text = readText(options.process);
    sawText(options.process, text);
    return parseProcess(text, options.process, config);
  }
  const own: Process = config.process ?? { cwd: "/" };
  if (options.args.length === 0)
    throw new UserError("process args cannot be empty", {
      cause: new Error("neither a program nor --process was given"),
      hint: "tguard exec ID PROGRAM [ARGUMENT...]",
    });
  const { apparmor, processLabel, noNewPrivs } = options;
  return {
    ...own,
    args: options.args,
    cwd: cwdOf(options.cwd, own),
    env: [...(own.env ?? []), ...options.env],
    terminal: options.tty,
    user: userOf(options, own.user ?? {}),
    ...(options.caps.length === 0
      ? {}
      : { capabilities: withCapabilities(own.capabilities ?? {}, options.caps) }),
    ...(apparmor === undefined ? {} : { apparmorProfile: apparmor }),
    ...(processLabel === undefined ? {} : { selinuxLabel: processLabel }),
    ...(noNewPrivs === undefined ? {} : { noNewPrivileges: noNewPrivs }),
  };
}

function cwdOf(asked: string | undefined, own: Process): string {
  if (asked === undefined || asked === "") return own.cwd;
  if (asked.startsWith("/")) return asked;
  throw new UserError("Cwd must be an absolute path", {
    where: "--cwd",
    cause: new Error(`it is ${JSON.stringify(asked)}`),
  });
}

function userOf({ user, additionalGids }: ProcessOptions, own: User): User {
  const more = additionalGids.map((gid) => idOf(gid, "gid", "--additional-gids"));
  const groups =
    more.length === 0 ? {} : { additionalGids: [...(own.additionalGids ?? []), ...more] };
  if (user === undefined || user === "") return { ...own, ...groups };
  const [uid = "", gid] = user.split(/:(.*)/s);
  return {
    ...own,
    ...groups,
    uid: idOf(uid, "uid", "--user"),
    ...(gid === undefined ? {} : { gid: idOf(gid, "gid", "--user") }),
  };
}

function idOf(text: string, kind: string, where: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  // 2^32-1 means "no change" to the kernel.
  if (id < 0xffff_ffff) return id;
  throw new UserError(`parsing ${JSON.stringify(text)} as ${kind} failed`, {
    where,
    hint: "give numbers: a name would be looked up in files of the container's own",
  });
}

/** More capabilities for this process: held and inheritable by what it executes only where the container has such. */
function withCapabilities(own: Capabilities, names: readonly string[]): Capabilities {
  for (const name of names)
    if (!CAPABILITIES.includes(name))
      throw new UserError(`unknown capability ${JSON.stringify(name)}`, {
        where: "--cap",
        hint: "give names as in config.json, such as CAP_NET_RAW",
      });
  const add = (set: readonly string[] | undefined): readonly string[] => [
    ...new Set([...(set ?? []), ...names]),
  ];
  return {
    ...own,
    bounding: add(own.bounding),
    effective: add(own.effective),
    permitted: add(own.permitted),
    ...(own.inheritable === undefined || own.inheritable.length === 0
      ? {}
      : { inheritable: add(own.inheritable), ambient: add(own.ambient) }),
  };
}

/** The caller's own file, which may be a pipe. */
function readText(path: string): string {
  const chunks: Buffer[] = [];
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    for (let total = 0; ; ) {
      const chunk = Buffer.alloc(65536);
      const length = readSync(fd, chunk);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, length));
      total += length;
      if (total > MAX_BYTES)
        throw new UserError(`${path} is too large: at most 8 MiB are read`, { where: "--process" });
    }
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    throw new UserError(`cannot read the process file ${path}`, { where: "--process", cause });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
