import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { sawText } from "../base/look.ts";
import type { Hooks, RuntimeConfig } from "../oci/runtime-config.ts";
import { type ContainerStatus, checkContainerId, isContainerId } from "../oci/state.ts";
import type { AfterCreated } from "./after-created.ts";
import { isPaused } from "./cgroup/paused.ts";
import { privateDir } from "./places.ts";
import { CONFIG_FILE, EXEC_FIFO, STATE_FILE } from "./state-files.ts";

/** A process, told apart from a later one with the same number by its start time (clock ticks since boot). */
export interface ProcessRef {
  readonly pid: number;
  readonly startTime: string;
}

/** What state.json holds. */
export interface ContainerRecord {
  readonly version: 1;
  readonly ociVersion: string;
  readonly id: string;
  /** As far as it got; whether it still lives is asked of the kernel. */
  readonly phase: "creating" | "created" | "running";
  readonly bundle: string;
  readonly rootfs: string;
  /** RFC 3339. */
  readonly created: string;
  readonly owner: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cgroupPaths: Readonly<Record<string, string>>;
  /** The systemd unit that holds the groups (`--systemd-cgroup`). */
  readonly unit?: { readonly name: string; readonly isUser: boolean };
  /** Other directories to remove with it, innermost first (resctrl groups). */
  readonly ownDirectories?: readonly string[];
  readonly process?: ProcessRef;
  /** Those of config.json as it was at create (runtime.md#lifecycle); absent when there are none. */
  readonly hooks?: Hooks;
  /** A foreground run that lives runs the poststop hooks itself. */
  readonly isForeground?: boolean;
  /** What is left to do at `start`; only while there is a `start` to come. */
  readonly afterCreated?: AfterCreated;
  /** The container shares its caller's session keyring, and so does what joins it. */
  readonly noNewKeyring?: boolean;
  /** The tguard that makes it. */
  readonly maker: ProcessRef;
}

const MAX_RECORD_BYTES = 8 << 20;

/** Start time and state letter of a live process from /proc/PID/stat (proc(5)); undefined when it is gone or a zombie. */
export function processRef(pid: number): ProcessRef | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTime = fields[19];
    return fields[0] === "Z" || fields[0] === "X" || startTime === undefined
      ? undefined
      : { pid, startTime };
  } catch (error) {
    if (isErrno(error) && (error.code === "ENOENT" || error.code === "ESRCH")) return undefined;
    throw error;
  }
}

/** True while that very process exists. */
export function isAlive(ref: ProcessRef | undefined): boolean {
  return ref !== undefined && processRef(ref.pid)?.startTime === ref.startTime;
}

/**
 * The end of `exec.fifo` that `start` writes to, or undefined when nobody waits at the other: the program runs, or the
 * process is gone.
 */
export function openExecFifo(dir: string): number | undefined {
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    return openSync(join(dir, EXEC_FIFO), O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error) && (error.code === "ENXIO" || error.code === "ENOENT")) return undefined;
    throw error;
  }
}

function isWaiting(dir: string): boolean {
  const fifo = openExecFifo(dir);
  if (fifo !== undefined) closeSync(fifo);
  return fifo !== undefined;
}

/** The directory that holds one directory per container (`--root`). */
export class Store {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The container's own directory. @throws UserError for an id that is none. */
  dirOf(id: string): string {
    checkContainerId(id);
    return join(this.root, id);
  }

  /** Where the container is in its life now (runtime.md#state). */
  statusOf(record: ContainerRecord): ContainerStatus {
    if (record.phase === "creating") return isAlive(record.maker) ? "creating" : "stopped";
    if (!isAlive(record.process)) return "stopped";
    if (isPaused(record.cgroupPaths)) return "paused";
    // A `start` that was killed half-way may have let the program go: the process itself tells.
    return record.phase === "created" && isWaiting(this.dirOf(record.id)) ? "created" : "running";
  }

  /**
   * Take an id: from now on `state`, `list` and `delete` know the container. `config` is kept beside the record.
   * @throws UserError when the id is in use.
   */
  reserve(record: ContainerRecord, config: string): string {
    privateDir(this.root);
    const dir = this.dirOf(record.id);
    for (let tries = 0; ; tries++) {
      try {
        mkdirSync(dir, { mode: 0o700 });
        break;
      } catch (cause) {
        if (!isErrno(cause)) throw cause;
        if (cause.code !== "EEXIST") throw cannotKeep(dir, cause);
        if (tries === 0 && this.isAbandoned(record.id)) this.remove(record.id);
        else throw inUse(record.id);
      }
    }
    try {
      this.write(record);
      writeConfig(dir, config);
    } catch (error) {
      this.remove(record.id);
      throw error;
    }
    return dir;
  }

  /** Left by a tguard that was killed before anything ran. */
  private isAbandoned(id: string): boolean {
    const record = this.tryRead(id);
    return (
      record?.phase === "creating" &&
      this.statusOf(record) === "stopped" &&
      Object.keys(record.cgroupPaths).length === 0
    );
  }

  /** Replace state.json whole or not at all. */
  write(record: ContainerRecord): void {
    const dir = this.dirOf(record.id);
    const draft = join(dir, `state.json.${process.pid}.tmp`);
    try {
      writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: "wx" });
      renameSync(draft, join(dir, STATE_FILE));
    } catch (cause) {
      rmSync(draft, { force: true });
      throw cannotKeep(dir, cause);
    }
  }

  /** @throws UserError when there is no such container. */
  read(id: string): ContainerRecord {
    const record = this.tryRead(id);
    if (record !== undefined) return record;
    throw new UserError(`container does not exist: "${id}"`, {
      where: this.dirOf(id),
      hint: "tguard list shows the containers; --root names the directory that they are kept in",
    });
  }

  /** The container's config.json as it runs. @throws UserError when it is not there any more. */
  readConfig(id: string): RuntimeConfig {
    const path = join(this.dirOf(id), CONFIG_FILE);
    try {
      const text = readFileSync(path, "utf8");
      sawText(path, text);
      return JSON.parse(text) as RuntimeConfig; // written by us, into a directory of ours
    } catch (cause) {
      if (!isErrno(cause) && !(cause instanceof SyntaxError)) throw cause;
      throw new UserError("cannot read the container's configuration", { where: path, cause });
    }
  }

  /** Replace the kept config.json whole or not at all. */
  replaceConfig(id: string, config: RuntimeConfig): void {
    const path = join(this.dirOf(id), CONFIG_FILE);
    const draft = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(draft, JSON.stringify(config), { mode: 0o600 });
      renameSync(draft, path);
    } catch (cause) {
      rmSync(draft, { force: true });
      throw cannotKeep(this.dirOf(id), cause);
    }
  }

  /** undefined when there is none, or what is there cannot be read as a record. */
  tryRead(id: string): ContainerRecord | undefined {
    try {
      const text = readFileSync(join(this.dirOf(id), STATE_FILE), "utf8");
      return text.length > MAX_RECORD_BYTES ? undefined : asRecord(JSON.parse(text));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (isErrno(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
      if (isErrno(error) && error.code === "EACCES")
        throw new UserError("cannot read the state of containers", {
          where: this.root,
          cause: error,
          hint: "run as the user who started them",
        });
      throw error;
    }
  }

  /** Ids of all containers, sorted. */
  ids(): readonly string[] {
    try {
      return readdirSync(this.root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && isContainerId(entry.name))
        .map((entry) => entry.name)
        .sort();
    } catch (error) {
      if (isErrno(error) && error.code === "ENOENT") return [];
      throw new UserError("cannot list containers", { where: this.root, cause: error });
    }
  }

  /** True when the id has a directory, readable or not. */
  has(id: string): boolean {
    return this.ids().includes(id);
  }

  /** Forget a container; what is not there any more is no error. */
  remove(id: string): void {
    rmSync(this.dirOf(id), { recursive: true, force: true });
  }

  /** Run `work` while no other tguard changes this container. */
  async locked<T>(id: string, work: () => Promise<T>): Promise<T> {
    const release = await this.lock(id);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * A lock is a symbolic link whose text names its holder by pid and start time: made whole or not at all, without a block
   * of a disk that may be full. It outlives a killed holder and is then taken over.
   */
  private async lock(id: string): Promise<() => void> {
    checkContainerId(id);
    const path = join(this.root, `.${lockName(id)}.lock`);
    const self = processRef(process.pid);
    for (let tries = 0; tries < 1000; tries++) {
      try {
        symlinkSync(`${self?.pid}:${self?.startTime}`, path);
        return () => unlinkSync(path);
      } catch (cause) {
        if (!isErrno(cause)) throw cause;
        // Not even an inode is left: what would free some must not wait for one.
        if (cause.code === "ENOSPC" || cause.code === "EDQUOT") return () => undefined;
        if (cause.code !== "EEXIST") throw cannotKeep(path, cause);
      }
      if (!isHeld(path)) takeAway(path, `${path}.${process.pid}`);
      else await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new UserError(`another tguard is working on container "${id}"`, {
      where: path,
      hint: "wait for it, or end it",
    });
  }
}

/** A lock appends to the name, and a file's name has at most 255 bytes. */
function lockName(id: string): string {
  return id.length <= 249 ? id : createHash("sha256").update(id).digest("hex");
}

function writeConfig(dir: string, config: string): void {
  try {
    writeFileSync(join(dir, CONFIG_FILE), config, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw cannotKeep(dir, cause);
  }
}

function isHeld(path: string): boolean {
  try {
    const [pid = "", startTime = ""] = readlinkSync(path).split(":");
    return isAlive({ pid: Number(pid), startTime });
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === "ENOENT") return true; // just released: try again
    if (error.code !== "EINVAL") throw error;
  }
  return isFileHeld(path);
}

/** The C front's locks are files. */
function isFileHeld(path: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(path, "utf8")) as ProcessRef);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    if (isErrno(error) && error.code === "ENOENT") return true;
    throw error;
  }
}

/** Of several that find a lock stale, one gets it; a fresh lock that came in between is put back. */
function takeAway(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (isHeld(aside)) linkSync(aside, path);
    unlinkSync(aside);
  } catch (error) {
    if (!isErrno(error) || (error.code !== "ENOENT" && error.code !== "EEXIST")) throw error;
  }
}

function asRecord(value: unknown): ContainerRecord | undefined {
  // Written by us into a directory that is ours alone; a foreign version, or what a full disk left, is told apart, not guessed at.
  const record = value as Partial<ContainerRecord> | null;
  return typeof record === "object" &&
    record?.version === 1 &&
    typeof record.phase === "string" &&
    isObject(record.annotations) &&
    isObject(record.cgroupPaths)
    ? (record as ContainerRecord)
    : undefined;
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const inUseErrors = new WeakSet<Error>();

/** True for the error by which `reserve` says that somebody else has the id. */
export function isInUse(error: unknown): boolean {
  return error instanceof Error && inUseErrors.has(error);
}

function inUse(id: string): UserError {
  const error = new UserError(`container with id "${id}" already exists`, {
    hint: `use another id, or remove it: tguard delete --force ${id}`,
  });
  inUseErrors.add(error);
  return error;
}

function cannotKeep(dir: string, cause: unknown): UserError {
  return new UserError("cannot keep the container's state", {
    where: dir,
    cause,
    hint:
      isErrno(cause) && cause.code === "ENOSPC"
        ? "free some space, or name another directory with --root"
        : "name a directory that you may write to with --root",
  });
}
