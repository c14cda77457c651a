import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { recordedLooks, recordLooks, sawLink } from "../base/look.ts";
import type { NamespaceType } from "../oci/runtime-config.ts";
import { readHostFacts } from "../sys/host.ts";
import { groupsOf } from "./cgroup/enter.ts";
import { writePidFile } from "./container.ts";
import { encodePlan } from "./encode.ts";
import { execProcess, type ProcessOptions } from "./exec-process.ts";
import type { Handover } from "./handover.ts";
import { hookState } from "./hook-state.ts";
import { hostFactsOf, isKeepable, keepExec } from "./kept-plan.ts";
import { NSFS_NAMES } from "./namespaces.ts";
import type { LaunchPlan } from "./ops.ts";
import { findInit } from "./places.ts";
import { planExec } from "./plan-exec.ts";
import { compileFilter } from "./seccomp-filter.ts";
import { JOIN_SOCKET } from "./state-files.ts";
import type { ContainerRecord, ProcessRef, Store } from "./store.ts";
import { type Supervised, startInit } from "./supervise.ts";

/** What `exec` takes. */
export interface ExecOptions extends ProcessOptions {
  readonly id: string;
  readonly detach: boolean;
  readonly handover: Handover;
  readonly pidFile?: string;
  /** Also into a paused container; the process stands still until `resume`. */
  readonly ignorePaused: boolean;
  /** Groups below the container's own, as `--cgroup` has them. */
  readonly cgroup: readonly string[];
  /** The command line behind `exec`, as it was given: a process that is started again is known by it. */
  readonly words: readonly string[];
  readonly cacheDir: string;
  readonly warn: (sentence: string) => void;
  readonly onStarting?: (supervised: Supervised) => void;
}

/**
 * Start another process in a container.
 * @throws UserError when the container takes none, or the process cannot be started.
 */
export async function execInContainer(store: Store, options: ExecOptions): Promise<Supervised> {
  const record = store.read(options.id);
  const isKept = isKeepable(options);
  if (isKept) recordLooks();
  const target = requireTarget(store, record, options.ignorePaused);
  const init = startInit(findInit(), options.handover.handOn);
  try {
    const plan = await planFor(store, record, target, options);
    const looks = isKept ? recordedLooks() : undefined; // now: the process itself may change what was seen
    const supervised: Supervised = init.launch(encodePlan(plan), {
      writeMaps: () => undefined,
      created(pid) {
        if (options.pidFile !== undefined) writePidFile(options.pidFile, pid);
        options.onStarting?.(supervised);
      },
      warn: options.warn,
      explain: async (op, errno) => {
        const { explainFailure } = await import("./explain.ts");
        const { message, where, hint, cause } = explainFailure(
          plan,
          op,
          errno,
          (pointer) => pointer,
        );
        // 126 and 127 would be taken for statuses of the process.
        return new UserError(message, {
          ...(where === undefined ? {} : { where }),
          ...(hint === undefined ? {} : { hint }),
          ...(cause === undefined ? {} : { cause }),
        });
      },
    });
    await supervised.started;
    if (looks !== undefined) {
      const { root } = store;
      const { words, cacheDir } = options;
      keepExec({ root, target, words, cacheDir, facts: hostFactsOf(readHostFacts()), looks, plan });
    }
    return supervised;
  } catch (error) {
    init.abandon();
    throw error;
  }
}

function requireTarget(store: Store, record: ContainerRecord, ignorePaused: boolean): ProcessRef {
  const status = store.statusOf(record);
  const { process } = record;
  if (status === "stopped" || status === "creating" || process === undefined)
    throw new UserError(`cannot exec in a ${status} container: "${record.id}"`, {
      hint: "create or start the container first",
    });
  if (status === "paused" && !ignorePaused)
    throw new UserError(`cannot exec in a paused container: "${record.id}"`, {
      hint: "resume it first, or give --ignore-paused to have the process wait for that",
    });
  return process;
}

async function planFor(
  store: Store,
  record: ContainerRecord,
  target: ProcessRef,
  options: ExecOptions,
): Promise<LaunchPlan> {
  const config = store.readConfig(record.id);
  const host = readHostFacts();
  const found = namespacesOf(target.pid);
  const asked = (config.linux?.namespaces ?? []).map(({ type }) => type);
  return planExec({
    id: record.id,
    config,
    process: await execProcess(options, config),
    target,
    namespaces: found ?? new Set(asked),
    ...(found === undefined ? { joinSocket: join(store.dirOf(record.id), JOIN_SOCKET) } : {}),
    groups: groupsOf(record.cgroupPaths, options.cgroup, target.pid),
    host,
    seccomp: await compileFilter(config, host, options.cacheDir),
    state: hookState(record, "running", target.pid),
    detach: options.detach,
    handover: options.handover,
    noNewKeyring: record.noNewKeyring === true,
  });
}

/** Namespaces in which the process is and we are not; undefined where an ordinary user may not look. */
function namespacesOf(pid: number): ReadonlySet<NamespaceType> | undefined {
  const types = Object.keys(NSFS_NAMES) as NamespaceType[];
  try {
    return new Set(
      types.filter((type) => {
        const own = linkOf(`/proc/self/ns/${NSFS_NAMES[type]}`);
        return own !== undefined && own !== linkOf(`/proc/${pid}/ns/${NSFS_NAMES[type]}`);
      }),
    );
  } catch (error) {
    if (!isErrno(error) || (error.code !== "EACCES" && error.code !== "EPERM")) throw error;
    return undefined;
  }
}

/** undefined for a kind of namespace that this kernel does not have. */
function linkOf(path: string): string | undefined {
  try {
    const target = readlinkSync(path);
    sawLink(path, target);
    return target;
  } catch (error) {
    if (!isErrno(error) || error.code !== "ENOENT") throw error;
    sawLink(path, undefined);
    return undefined;
  }
}
