import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from "node:fs";
import type { Op } from "../../src/sandbox/ops.ts";
import { MKDIR_EXIST_OK, WRITE_OPTIONAL } from "../../src/sandbox/ops.ts";

/**
 * Carry out a plan's control group operations with `node:fs`, as init does: one write(2) a `write_file`, cleanup only for groups that `made` names.
 * `bpf` does what node cannot. Throws with the operation in the message.
 */
export function runOps(
  ops: readonly Op[],
  made: Set<string>,
  bpf: (path: string, insns: Uint8Array) => void = () => undefined,
): void {
  for (const op of ops) {
    try {
      runOp(op, made, bpf);
    } catch (error) {
      throw new Error(`${op.op} ${"path" in op ? op.path : ""} (${op.at}): ${String(error)}`);
    }
  }
}

/** Shell commands by which a process enters the plan's groups; a shell cannot be born in one, so it moves. */
export function entering(plan: {
  readonly host: readonly Op[];
  readonly join: readonly Op[];
}): readonly string[] {
  const born = plan.host.flatMap((op) => (op.op === "open" ? [`${op.path}/cgroup.procs`] : []));
  const moved = plan.join.flatMap((op) => (op.op === "write_file" ? [op.path] : []));
  return [...born, ...moved].map((path) => `echo 0 > ${path}`);
}

function runOp(op: Op, made: Set<string>, bpf: (path: string, insns: Uint8Array) => void): void {
  switch (op.op) {
    case "mkdir":
      try {
        mkdirSync(op.path, { mode: Number(op.mode) });
        if (op.flags === 0) made.add(op.path);
      } catch (error) {
        if (op.flags !== MKDIR_EXIST_OK || code(error) !== "EEXIST") throw error;
      }
      return;
    case "make_cgroup":
      if (existsSync(op.path) && readFileSync(`${op.path}/cgroup.procs`, "utf8") !== "")
        throw Object.assign(new Error("ENOTEMPTY: the group exists"), { code: "ENOTEMPTY" });
      mkdirSync(op.path, { recursive: true });
      made.add(op.path);
      return;
    case "write_file":
      try {
        const fd = openSync(op.path, constants.O_WRONLY | constants.O_NOFOLLOW);
        try {
          writeSync(fd, op.data);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        if (op.flags !== WRITE_OPTIONAL || code(error) !== "ENOENT") throw error;
      }
      return;
    case "kill_cgroup":
      if (made.has(op.path) && existsSync(op.path)) killTree(op.path);
      return;
    case "rmdir":
      if (made.has(op.path) && existsSync(op.path)) removeTree(op.path);
      return;
    case "bpf_device":
      bpf(op.path, op.insns);
      return;
    case "open":
    case "fork_into_cgroup":
      return; // fork into a group is for whoever starts the process: entering() says how
    default:
      throw new Error("not a control group operation");
  }
}

function killTree(path: string): void {
  for (;;) {
    const pids = readFileSync(`${path}/cgroup.procs`, "utf8")
      .split("\n")
      .filter((pid) => pid !== "");
    for (const pid of pids)
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch (error) {
        if (code(error) !== "ESRCH") throw error;
      }
    for (const child of children(path)) killTree(child);
    if (pids.length === 0) return;
  }
}

function removeTree(path: string): void {
  for (const child of children(path)) removeTree(child);
  const end = performance.now() + 2000;
  for (;;)
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (code(error) === "ENOENT") return;
      if (code(error) !== "EBUSY" || performance.now() > end) throw error;
    }
}

const children = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${path}/${name}`);

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
