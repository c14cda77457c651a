import { UserError } from "../base/error.ts";
import { quote } from "./violation.ts";

/** Where a container is in its life. runtime.md#state; `paused` is runc's, as the specification lets runtimes add. */
export type ContainerStatus = "creating" | "created" | "running" | "paused" | "stopped";

/** What `state` prints and hooks read on standard input. runtime.md#state, schema/state-schema.json. */
export interface OciState {
  /** Version of the specification that the state complies with. */
  readonly ociVersion: string;
  readonly id: string;
  readonly status: ContainerStatus;
  /** The container's process in the caller's pid namespace; REQUIRED while `created` or `running`. */
  readonly pid?: number;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  /** Absent when there are none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

const MAX_ID_LENGTH = 1024;

/** What runc takes: letters, digits, `_`, `+`, `-` and `.`. */
const ID = /^[A-Za-z0-9_+.-]+$/;

/** True for the name of a directory that a container can have. */
export function isContainerId(id: string): boolean {
  return ID.test(id) && id !== "." && id !== ".." && id.length <= MAX_ID_LENGTH;
}

/**
 * Check a container's id, which becomes a directory name: as runc and containerd have it, without `.` and `..`, which would
 * name other directories. A leading `-` is taken for an option only by people's shells, so engines may use it.
 * @throws UserError when it is anything else.
 */
export function checkContainerId(id: string): void {
  if (isContainerId(id)) return;
  const why = id === "" ? "it is empty" : idFault(id);
  throw new UserError(`invalid container id: ${quote(id)}`, {
    cause: new Error(why),
    hint: 'use letters, digits, "_", "+", "-" and "."',
  });
}

function idFault(id: string): string {
  if (id.length > MAX_ID_LENGTH)
    return `it has ${id.length} characters, at most ${MAX_ID_LENGTH} are allowed`;
  if (id === "." || id === "..") return "it would name another directory";
  const wrong = /[^A-Za-z0-9_+.-]/u.exec(id)?.[0] ?? "";
  return `it contains ${quote(wrong)}`;
}
