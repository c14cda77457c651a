import { constants } from "node:os";
import { UserError } from "../base/error.ts";
import { describeHookFailure, hookEndOf } from "./explain-hooks.ts";
import { type LaunchPlan, type Op, operationsOf } from "./ops.ts";
import { userNamespaceAdvice } from "./userns-advice.ts";

/** What an operation does, as a clause that fits behind "cannot start …:". */
function describe(op: Op): string {
  switch (op.op) {
    case "mkdir":
      return `making the directory ${op.path}`;
    case "rmdir":
      return `removing the directory ${op.path}`;
    case "unlink":
      return `removing ${op.path}`;
    case "write_file":
      return `writing ${JSON.stringify(printable(new TextDecoder().decode(op.data)))} to ${op.path}`;
    case "kill_cgroup":
      return `ending the processes in ${op.path}`;
    case "fork_into_cgroup":
      return "entering the control group";
    case "make_cgroup":
      return `making the control group ${op.path}`;
    case "delegate_cgroup":
      return `handing the control group ${op.path} to uid ${op.uid}`;
    case "bpf_replace":
      return `exchanging the device filter of ${op.path}`;
    case "bpf_device":
      return `attaching the device filter to ${op.path}`;
    case "open":
      return `opening ${op.path === "" ? "a descriptor" : op.path}`;
    case "open_tree":
      return op.path === "" ? "copying a mount" : `taking the mount at ${op.path}`;
    case "check_fs":
      return "checking the type of a filesystem";
    case "check_device":
      return `checking that a device is ${op.major}:${op.minor}`;
    case "userns_fd":
      return "making the user namespace for an idmapped mount";
    case "mount_propagation":
      return "setting the propagation of mounts";
    case "fsopen":
      return `opening a filesystem of type ${op.type}`;
    case "fsconfig_flag":
      return `setting the filesystem option ${printable(op.key)}`;
    case "fsconfig_string":
      return `setting the filesystem option ${printable(`${op.key}=${op.value}`)}`;
    case "fsmount":
      return "mounting a filesystem";
    case "mount_setattr":
      return op.userns === 0xffff
        ? "changing the attributes of a mount"
        : "mapping the ids of a mount";
    case "open_target":
      return `making the mount point ${printable(op.path)}`;
    case "move_mount":
      return "attaching a mount";
    case "mount_legacy":
      return `mounting a filesystem of type ${op.type}`;
    case "copy_up":
      return "copying the image's files into a tmpfs";
    case "mknod_in":
      return `making the device ${printable(op.path)}`;
    case "symlink_in":
      return `making the link ${printable(op.path)}`;
    case "mask_path":
      return `masking ${printable(op.path)}`;
    case "readonly_path":
      return `making ${printable(op.path)} read-only`;
    case "pivot_root":
      return "making the root filesystem the container's root";
    case "chroot":
      return "changing to the root filesystem";
    case "check_cwd":
      return "checking the working directory";
    case "setns":
      return "joining a namespace";
    case "unshare":
      return "making a namespace";
    case "write_map":
      return `writing the user namespace's ${op.file}`;
    case "clone":
      return "making the container's process in its namespaces";
    case "link_up":
      return `bringing up the network interface ${op.name}`;
    case "sethostname":
      return `setting the host name ${JSON.stringify(op.name)}`;
    case "setdomainname":
      return `setting the domain name ${JSON.stringify(op.name)}`;
    case "write_proc":
      return `writing ${JSON.stringify(op.data)} to /proc/${printable(op.path)}`;
    case "setrlimit":
    case "raise_rlimit":
      return "setting a resource limit";
    case "setgroups":
      return "setting the supplementary groups";
    case "setresgid":
      return `becoming group ${op.gid}`;
    case "setresuid":
      return `becoming user ${op.uid}`;
    case "capbset_keep":
    case "capset":
    case "cap_ambient":
      return "setting capabilities";
    case "chdir":
      return `changing to the working directory ${printable(op.path)}`;
    case "seccomp":
      return "installing the seccomp filter";
    case "landlock_create":
    case "landlock_allow":
    case "landlock_restrict":
      return "restricting file access with Landlock";
    case "connect_console":
      return `connecting to the socket ${printable(op.path)}`;
    case "open_pty":
      return "opening a terminal in /dev/pts";
    case "exec":
      return `starting ${JSON.stringify(printable(op.argv[0] ?? ""))}`;
    case "await_hooks":
      return "running the hooks of the host";
    case "exec_hook":
      return `the hook ${printable(op.path)}`;
    case "write_slot":
      return `setting the label of the container's process to ${JSON.stringify(printable(op.data))}`;
    case "sched_setattr":
      return "setting the scheduling policy";
    case "ioprio_set":
      return "setting the I/O priority";
    case "sched_setaffinity":
      return "choosing processors";
    case "set_mempolicy":
      return "setting the memory policy";
    case "move_netdev":
      return `moving the network device ${printable(op.name)} into the container`;
    case "seccomp_listen":
      return "installing the seccomp filter and passing its listener to the agent";
    case "private_parent":
      return "making the mount under the root filesystem private";
    case "mkfifo":
      return `making ${op.path}`;
    case "find_program":
      return `starting ${JSON.stringify(printable(baseOf(op.candidates)))}`;
    case "open_process":
      return `finding the container's process ${op.pid}`;
    case "listen":
      return `listening on ${op.path}`;
    case "receive_joins":
      return "asking the waiting container for its namespaces";
    case "send_pidfd":
      return "sending the process' pidfd";
    case "fsconfig_mode_of":
    case "close":
    case "umask":
    case "setsid":
    case "join_keyring":
    case "personality":
    case "chown_stdio":
    case "chown_pipes":
    case "set_winsize":
    case "send_console":
    case "set_stdio":
    case "set_ctty":
    case "prctl":
    case "default_home":
    case "close_fds":
    case "created":
    case "report_to":
    case "answer_joins":
    case "await_maps":
    case "await_parent":
      return op.op.replaceAll("_", " ");
  }
}

/** Untrusted text in a message: one line, no control characters, bounded. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd").slice(0, 200);
}

interface Advice {
  readonly why?: string;
  readonly hint?: string;
}

const OUT_OF_SPACE: Advice = { hint: "free some space or inodes and start again" };

/** What is known about an operation that failed with that errno; the kernel's word alone rarely helps. */
function advise(op: Op, code: string): Advice {
  if (code === "ENOSPC" || code === "EDQUOT") return OUT_OF_SPACE;
  if (code === "ENOSYS")
    return {
      why: "this kernel does not have the system call",
      hint: "tguard run needs Linux 5.12 or newer",
    };
  switch (op.op) {
    case "exec":
      return execAdvice(op.argv[0] ?? "", op.candidates, code);
    case "find_program":
      return execAdvice(baseOf(op.candidates), op.candidates, code);
    case "receive_joins":
    case "open_process":
      return {
        why: "the container's process has ended",
        hint: "tguard state shows whether it runs",
      };
    case "make_cgroup":
      // runc's words.
      if (code === "ENOTEMPTY")
        return {
          why: "container's cgroup is not empty: another container uses it, or one was not deleted",
          hint: "use another id or cgroupsPath, or tguard delete --force the old container",
        };
      if (code === "EBUSY")
        return {
          why: "container's cgroup unexpectedly frozen",
          hint: "thaw it, or use another id or cgroupsPath",
        };
      return makeAdvice(code);
    case "mkdir":
      return makeAdvice(code);
    case "write_file":
      if (op.path.endsWith("cgroup.procs") && code === "EBUSY")
        return { why: "the control group has controllers enabled for groups below it" };
      return { hint: "check the value, or remove the limit" };
    case "bpf_replace":
    case "bpf_device":
      return {
        why: "loading a device filter needs CAP_BPF and CAP_SYS_ADMIN",
        hint: "run as root",
      };
    case "fsopen":
      return code === "ENODEV"
        ? {
            why: "this kernel does not know that filesystem type",
            hint: "load its module, or remove the mount",
          }
        : {};
    case "fsmount":
      return code === "EPERM"
        ? {
            why: "a user namespace may mount proc and sysfs only where the host's own are fully visible and the pid or network namespace is its own",
            hint: "add the pid and network namespaces, or run as root",
          }
        : {};
    case "fsconfig_flag":
    case "fsconfig_string":
      return { why: "the filesystem refuses the option", hint: "check the mount's options" };
    case "open":
    case "open_tree":
      if (code === "ELOOP") return { why: "the path contains a symbolic link" };
      return code === "ENOENT" ? { hint: "check that the path exists on the host" } : {};
    case "open_target":
      if (code === "ELOOP")
        return {
          why: "the image has a symbolic link there, which could lead the mount elsewhere",
          hint: "use an image in which it is a directory",
        };
      if (code === "EROFS")
        return {
          why: "the mount point is missing and the filesystem is read-only",
          hint: "make the directory in the image",
        };
      if (code === "EPERM") return { why: "the place leads into /proc" };
      return code === "EACCES"
        ? {
            why: "the container's root may not enter or change a directory on the way",
            hint: "check the owners of the root filesystem against linux.uidMappings",
          }
        : {};
    case "check_device":
      return {
        why: "the file is not the device that it is called",
        hint: "repair /dev on the host",
      };
    case "mount_setattr":
      return op.userns !== 0xffff && code === "EINVAL"
        ? {
            why: "this filesystem cannot be idmapped by this kernel",
            hint: "put the files on ext4, xfs or btrfs, or leave the mapping out",
          }
        : {};
    case "setns":
      return code === "EINVAL"
        ? { why: "the file is not a namespace of that type, or it is ours already" }
        : { hint: "join only namespaces that you own, or run as root" };
    case "unshare":
    case "clone":
      return namespaceAdvice(code);
    case "write_map":
      return {
        hint: "check linux.uidMappings and linux.gidMappings against your own user namespace",
      };
    case "setrlimit":
    case "raise_rlimit":
      return code === "EPERM"
        ? {
            why: "the limit is above the hard limit that tguard runs with",
            hint: "lower it, or run with CAP_SYS_RESOURCE",
          }
        : {};
    case "chdir":
      return code === "ENOENT" || code === "ENOTDIR"
        ? { hint: "make the directory in the image, or change process.cwd" }
        : { why: "the workload's user may not enter it" };
    case "check_cwd":
      return { why: "the working directory lies outside of the container's root" };
    case "pivot_root":
      return code === "EINVAL"
        ? {
            why: "the host's root is no mount point (an initramfs, or a chroot)",
            hint: "give --no-pivot",
          }
        : {};
    case "seccomp":
      return code === "EACCES"
        ? { why: "without noNewPrivileges a filter needs CAP_SYS_ADMIN" }
        : {};
    case "landlock_create":
    case "landlock_restrict":
      return {
        why: "this kernel runs without Landlock",
        hint: "use another profile, or enable Landlock (lsm=landlock,…)",
      };
    case "sched_setattr":
    case "ioprio_set":
      return schedulingAdvice(code);
    case "sched_setaffinity":
      return { why: "none of these processors is there, or the control group leaves none of them" };
    case "set_mempolicy":
      return {
        why: "none of these memory nodes is there, or the mode does not go with nodes or flags",
      };
    case "move_netdev":
      return deviceAdvice(op, code);
    case "connect_console":
      return { why: "nobody listens there", hint: "start what listens at the socket first" };
    case "write_slot":
      return labelAdvice(op, code);
    case "write_proc":
      return code === "ENOENT" ? { why: "this kernel does not have the setting" } : {};
    case "copy_up":
      return code === "E2BIG" ? { why: "the directory holds too many files for tmpcopyup" } : {};
    default:
      return {};
  }
}

function schedulingAdvice(code: string): Advice {
  if (code === "EPERM")
    return {
      why: "real-time classes and more than the usual priority need CAP_SYS_NICE on the host, and on v1 a cpu group with realtimeRuntime",
      hint: "run as root, or ask for less",
    };
  if (code === "EBUSY") return { why: "the processors have no room for that deadline" };
  return code === "EINVAL" ? { why: "this kernel does not know the policy, flags or values" } : {};
}

function deviceAdvice(op: Extract<Op, { op: "move_netdev" }>, code: string): Advice {
  if (code === "ENODEV") return { why: "the host has no network device of that name" };
  if (code === "EEXIST")
    return {
      why: `the container has a device ${printable(op.wanted)} already`,
      hint: "give it another name",
    };
  if (code === "EPERM")
    return { why: "moving a device of the host is root's", hint: "run as root" };
  return code === "EINVAL" ? { why: "this device belongs to its network namespace for good" } : {};
}

function labelAdvice(op: Extract<Op, { op: "write_slot" }>, code: string): Advice {
  if (code === "ENOENT")
    return {
      why: "no AppArmor profile of that name is loaded",
      hint: "load it: apparmor_parser --replace FILE",
    };
  if (code === "EINVAL") return { why: "the security module does not know the label" };
  return code === "EACCES" || code === "EPERM"
    ? { why: `the security module does not let tguard change to ${printable(op.data)}` }
    : {};
}

/** The program's name as config.json has it: itself when it has a slash, the last component of each candidate else. */
function baseOf(candidates: readonly string[]): string {
  const [first = ""] = candidates;
  return candidates.length === 1 ? first : first.slice(first.lastIndexOf("/") + 1);
}

function execAdvice(asked: string, candidates: readonly string[], code: string): Advice {
  const program = printable(asked);
  if (code === "ENOENT")
    return program.includes("/")
      ? {
          why: `executable file not found in the root filesystem: ${program}, or the interpreter or loader that it names`,
        }
      : {
          why: `executable file not found in $PATH: ${program}`,
          hint: `give the full path; PATH is ${printable(candidates.map((c) => c.slice(0, c.lastIndexOf("/"))).join(":"))}`,
        };
  if (code === "EACCES")
    return {
      why: `permission denied: ${program} is not executable by the workload's user, or its mount is noexec`,
      hint: "chmod +x it in the image",
    };
  if (code === "ENOEXEC")
    return { why: "it is neither a program for this processor nor a script with #!" };
  return {};
}

function namespaceAdvice(code: string): Advice {
  if (code === "EAGAIN")
    return {
      why: "the limit of tasks is reached, of this user (RLIMIT_NPROC) or of a control group above",
      hint: "end other processes, or raise that limit",
    };
  const isOff =
    (code === "ENOSPC" || code === "EUSERS") && userNamespaceAdvice().why.includes(" is ");
  if (code === "EPERM" || isOff) return userNamespaceAdvice();
  return code === "ENOSPC" || code === "EUSERS"
    ? { why: "the limit of namespaces is reached", hint: "raise the sysctls user.max_*_namespaces" }
    : {};
}

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/** EXDEV and the like; numbers that Node does not know stay numbers. */
export function errnoName(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? `errno ${errno}`;
}

function explainHook(
  op: Extract<Op, { op: "exec_hook" }>,
  errno: number,
  output: string,
  where: string,
): UserError {
  const kind = /^\/hooks\/([^/]+)\//.exec(op.at)?.[1] ?? "";
  const hook = { path: printable(op.path), timeout: Number(op.timeout_ms) / 1000 };
  return describeHookFailure(kind, hook, hookEndOf(errno, output), where);
}

/**
 * Word a failure that init reports as (operation index, errno): which operation, the config.json entry behind it, and what
 * helps; `sourceOf` tells where a pointer of the plan comes from. Status for the caller: 127 and 126 for a program that is not there or not executable, as shells have it, else 125.
 */
export function explainFailure(
  plan: LaunchPlan,
  index: number,
  errno: number,
  sourceOf: (pointer: string) => string = (pointer) => `config.json ${pointer}`,
  output = "",
): UserError {
  const operations = operationsOf(plan);
  const found = operations[index];
  if (found === undefined)
    return new UserError("the container's process died while it was being set up", {
      ...(errno < 0 ? { cause: new Error(`it was ended by signal ${-errno}`) } : {}),
      hint: "if a memory limit is set, it may be too small to start anything",
      exitCode: 125,
    });
  const { op } = found;
  const place = `operation ${index + 1} of ${operations.length} (tguard plan shows them)`;
  const where = op.at === "" ? place : `${sourceOf(op.at)}, ${place}`;
  if (op.op === "exec_hook") return explainHook(op, errno, output, where);
  const code = errnoName(errno);
  const { why, hint } = advise(op, code);
  return new UserError(`${describe(op)}: ${code}`, {
    where,
    ...(why === undefined ? {} : { cause: new Error(why) }),
    ...(hint === undefined ? {} : { hint }),
    exitCode:
      op.op !== "exec" && op.op !== "find_program"
        ? 125
        : code === "ENOENT" || code === "ENOTDIR"
          ? 127
          : 126,
  });
}

function makeAdvice(code: string): { readonly why?: string; readonly hint?: string } {
  return code === "EACCES" || code === "EPERM" || code === "EROFS"
    ? {
        why: "control groups may be made only by root, or where they were delegated",
        hint: "run as root, have a cgroup delegated to you, or remove linux.resources",
      }
    : {};
}
