import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import { CAPABILITIES, RLIMITS } from "../oci/names.ts";
import type { CapabilitySet, IdMapping, Process, RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import { ANNOTATION_LANDLOCK, parseLandlock } from "./annotations.ts";
import { planWait } from "./handover.ts";
import { requireMapped, toHostId } from "./idmap.ts";
import { landlockRules } from "./landlock.ts";
import { openHostProc } from "./namespaces.ts";
import { CHDIR_TRY, type Op } from "./ops.ts";
import { SLOT } from "./slots.ts";

const PR_SET_PDEATHSIG = 1;
const PR_SET_DUMPABLE = 4;
const PR_SET_KEEPCAPS = 8;
const PR_SET_NO_NEW_PRIVS = 38;
const SIGKILL = 9;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
/** What execvp(3) searches when the environment has no PATH. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** PATH entries beyond this are not searched. */
const MAX_CANDIDATES = 256;

/** A filter as the kernel takes it; `flags` are SECCOMP_FILTER_FLAG_*. */
export interface SeccompFilter {
  readonly bpf: Uint8Array;
  readonly flags: number;
  /** Some rule asks an agent (SCMP_ACT_NOTIFY). */
  readonly listener?: boolean;
}

/** What the caller of the runtime decides about the process. */
export interface ProcessContext {
  /** The workload dies with the monitor (a foreground run). */
  readonly dieWithMonitor: boolean;
  /** The process waits on the fifo in SLOT.FIFO until `start`. */
  readonly waitForStart: boolean;
  readonly seccomp: SeccompFilter | undefined;
  /** Installs the filter instead, and sends its listener to an agent. */
  readonly listen: Op | undefined;
  /** Needs capabilities that go later. */
  readonly scheduling: readonly Op[];
  /** After everything but the last filter: security label, hooks from the image. */
  readonly beforeExec: readonly Op[];
  /** First descriptor that the workload must not see. */
  readonly firstClosedFd: number;
  /** Capabilities that can be given: the caller's own, or all in a new user namespace. */
  readonly available: bigint;
}

/** Before any namespace: limits that only the host's root may raise, and the OOM score, which needs the host's /proc. */
export function planProcessBeforeNamespaces(
  config: RuntimeConfig,
  process: Process,
  host: HostFacts,
): readonly Op[] {
  const ops: Op[] = [];
  const uid = toHostId(config.linux?.uidMappings ?? [], process.user?.uid ?? 0);
  if (host.euid === 0 && uid !== undefined)
    ops.push({ op: "chown_pipes", at: "/process/user", uid });
  if (host.euid === 0)
    for (const [i, limit] of (process.rlimits ?? []).entries())
      ops.push({
        op: "raise_rlimit",
        at: `/process/rlimits/${i}`,
        resource: RLIMITS.indexOf(limit.type),
        hard: limitValue(limit.hard),
      });
  const score = process.oomScoreAdj;
  if (score !== undefined) {
    const at = "/process/oomScoreAdj";
    // /proc/self belongs to root while the process is not dumpable; nothing is joined or made yet.
    const dumpable = (value: number): Op[] =>
      host.euid === 0 ? [] : [{ op: "prctl", at, option: PR_SET_DUMPABLE, arg2: value, arg3: 0 }];
    ops.push(
      ...openHostProc(at),
      ...dumpable(1),
      { op: "write_proc", at, proc: SLOT.PROC, path: "self/oom_score_adj", data: String(score) },
      ...dumpable(0),
      { op: "close", at, slot: SLOT.PROC },
    );
  }
  return ops;
}

/** From the finished root filesystem to exec: identity, rights, limits, filters; the order is README.md's subject. */
export function planProcess(
  config: RuntimeConfig,
  process: Process,
  context: ProcessContext,
): readonly Op[] {
  const user = process.user ?? {};
  const uid = user.uid ?? 0;
  const gid = user.gid ?? 0;
  const inUserNamespace = (config.linux?.namespaces ?? []).some((n) => n.type === "user");
  if (inUserNamespace) requireIds(config, process);
  const noNewPrivileges = process.noNewPrivileges === true;
  const { listen } = context;
  const seccomp = listen === undefined ? seccompOps(context.seccomp) : [listen];
  const cwd = process.cwd;
  const exec = execOp(process);
  return [
    // Before the ids change, so that a directory which only root may enter works as it does with runc.
    { op: "chdir", at: "/process/cwd", path: cwd, flags: CHDIR_TRY },
    { op: "umask", at: "/process/user/umask", mode: user.umask ?? 0o022 },
    ...(uid !== 0 || inUserNamespace
      ? [{ op: "chown_stdio", at: "/process/user", uid, gid } as const]
      : []),
    ...(process.rlimits ?? []).map(
      (limit, i): Op => ({
        op: "setrlimit",
        at: `/process/rlimits/${i}`,
        resource: RLIMITS.indexOf(limit.type),
        soft: limitValue(limit.soft),
        hard: limitValue(limit.hard),
      }),
    ),
    ...context.scheduling,
    ...landlockOpen(config),
    // Without no_new_privs a filter needs CAP_SYS_ADMIN, so it must come before the capabilities go.
    ...(noNewPrivileges
      ? [
          {
            op: "prctl",
            at: "/process/noNewPrivileges",
            option: PR_SET_NO_NEW_PRIVS,
            arg2: 1,
            arg3: 0,
          } as const,
        ]
      : []),
    ...landlockRestrict(config),
    ...(noNewPrivileges ? [] : seccomp),
    ...identity(config, process, uid, gid, context.available),
    ...(context.dieWithMonitor
      ? [{ op: "prctl", at: "", option: PR_SET_PDEATHSIG, arg2: SIGKILL, arg3: 0 } as const]
      : []),
    { op: "chdir", at: "/process/cwd", path: cwd, flags: 0 },
    { op: "check_cwd", at: "/process/cwd" },
    ...(hasHome(process) ? [] : [{ op: "default_home", at: "/process/user/uid", uid } as const]),
    // The outer half, which knows the process id, is gone after `created`.
    ...(noNewPrivileges && listen !== undefined ? [listen] : []),
    ...planWait(exec.candidates, context.waitForStart),
    ...context.beforeExec,
    { op: "close_fds", at: "", first: context.firstClosedFd },
    ...(noNewPrivileges && listen === undefined ? seccomp : []),
    exec,
  ];
}

function requireIds(config: RuntimeConfig, process: Process): void {
  const { uidMappings = [], gidMappings = [] } = config.linux ?? {};
  if (uidMappings.length === 0 || gidMappings.length === 0) return; // a joined namespace has its own
  const user = process.user ?? {};
  requireMapped(uidMappings, user.uid ?? 0, "user id", "config.json /process/user/uid");
  requireMapped(gidMappings, user.gid ?? 0, "group id", "config.json /process/user/gid");
  for (const [i, id] of (user.additionalGids ?? []).entries())
    requireMapped(gidMappings, id, "group id", `config.json /process/user/additionalGids/${i}`);
}

function identity(
  config: RuntimeConfig,
  process: Process,
  uid: number,
  gid: number,
  available: bigint,
): readonly Op[] {
  const at = "/process/capabilities";
  const mask = (set: CapabilitySet): bigint =>
    capabilityMask(process.capabilities?.[set] ?? []) & available;
  return [
    { op: "capbset_keep", at: `${at}/bounding`, keep: mask("bounding") },
    { op: "prctl", at, option: PR_SET_KEEPCAPS, arg2: 1, arg3: 0 },
    ...(canSetGroups(config)
      ? [
          {
            op: "setgroups",
            at: "/process/user/additionalGids",
            gids: process.user?.additionalGids ?? [],
          } as const,
        ]
      : []),
    { op: "setresgid", at: "/process/user/gid", gid },
    { op: "setresuid", at: "/process/user/uid", uid },
    {
      op: "capset",
      at,
      effective: mask("effective"),
      permitted: mask("permitted"),
      inheritable: mask("inheritable"),
    },
    {
      op: "cap_ambient",
      at: `${at}/ambient`,
      // capabilities(7): only what is permitted and inheritable can be ambient; `runc spec` lists more, and runc starts it.
      ambient: mask("ambient") & mask("permitted") & mask("inheritable"),
    },
  ];
}

/** user_namespaces(7): with one self-written mapping setgroups(2) is off, and there are no groups to drop or set. */
function canSetGroups(config: RuntimeConfig): boolean {
  return !isSelfMapped(config.linux?.gidMappings);
}

/** True for the one mapping that an unprivileged process may write by itself. */
export function isSelfMapped(mappings: readonly IdMapping[] | undefined): boolean {
  return mappings?.length === 1 && mappings[0]?.size === 1 && mappings[0].hostID !== 0;
}

/** Names of the capabilities asked for that cannot be given. */
export function missingCapabilities(process: Process, available: bigint): readonly string[] {
  const asked = Object.values(process.capabilities ?? {}).flat();
  return [...new Set(asked)].filter((name) => (capabilityMask([name]) & available) === 0n);
}

function capabilityMask(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(CAPABILITIES.indexOf(name))), 0n);
}

function limitValue(value: number): bigint {
  // JSON numbers lose the last bits of RLIM_INFINITY (2^64-1): whatever is past 2^63 means it; -1 as crun reads it.
  return value < 0 || value >= 2 ** 63 ? RLIM_INFINITY : BigInt(value);
}

function seccompOps(filter: SeccompFilter | undefined): readonly Op[] {
  return filter === undefined
    ? []
    : [{ op: "seccomp", at: "/linux/seccomp", flags: filter.flags, filter: filter.bpf }];
}

function landlockOpen(config: RuntimeConfig): readonly Op[] {
  const text = config.annotations?.[ANNOTATION_LANDLOCK];
  if (text === undefined) return [];
  const at = `/annotations/${ANNOTATION_LANDLOCK}`;
  return parseLandlock(text).flatMap((layer, i) => {
    const slot = SLOT.NAMESPACES + i; // joined namespaces are closed by now
    const { fs, net, scoped, rules } = landlockRules(layer);
    return [
      { op: "landlock_create", at, slot, fs, net, scoped } as const,
      ...rules.map(
        ({ path, access }): Op => ({
          op: "landlock_allow",
          at,
          slot,
          root: SLOT.ROOT,
          path,
          access,
        }),
      ),
    ];
  });
}

function landlockRestrict(config: RuntimeConfig): readonly Op[] {
  const text = config.annotations?.[ANNOTATION_LANDLOCK];
  if (text === undefined) return [];
  return parseLandlock(text).map((_, i) => ({
    op: "landlock_restrict",
    at: `/annotations/${ANNOTATION_LANDLOCK}`,
    slot: SLOT.NAMESPACES + i,
  }));
}

function hasHome(process: Process): boolean {
  return (process.env ?? []).some((entry) => entry.startsWith("HOME=") && entry !== "HOME=");
}

/** Of several entries with one name the last counts, as in every shell that reads them. */
function environment(process: Process): readonly string[] {
  const entries = new Map<string, string>();
  for (const entry of process.env ?? []) {
    const name = entry.split("=", 1)[0] ?? entry;
    if (name === "HOME" && entry === "HOME=") continue; // default_home fills it
    entries.set(name, entry);
  }
  return [...entries.values()];
}

function execOp(process: Process): Extract<Op, { op: "exec" }> {
  const argv = process.args ?? [];
  const program = argv[0];
  if (program === undefined || program === "")
    throw new UserError("there is no program to start", {
      where: "config.json /process/args",
      hint: 'give the program and its arguments, for example ["/bin/sh"]',
    });
  const envp = environment(process);
  const path = envp.find((e) => e.startsWith("PATH="))?.slice(5) ?? DEFAULT_PATH;
  const candidates = program.includes("/")
    ? [program]
    : path
        .split(":")
        .slice(0, MAX_CANDIDATES)
        .map((dir) => posix.join(dir === "" ? "." : dir, program));
  return { op: "exec", at: "/process/args/0", candidates, argv, envp };
}
