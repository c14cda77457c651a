/**
 * Syscalls that the libseccomp of current distributions may not know yet (2.5.4 ends at Linux 5.17, 6.6 when patched).
 * Since Linux 5.1 a new call has one number on all architectures: include/uapi/asm-generic/unistd.h of Linux 6.19.
 */
const COMMON: Readonly<Record<string, number>> = {
  landlock_create_ruleset: 444,
  landlock_add_rule: 445,
  landlock_restrict_self: 446,
  memfd_secret: 447,
  process_mrelease: 448,
  futex_waitv: 449,
  set_mempolicy_home_node: 450,
  cachestat: 451,
  fchmodat2: 452,
  map_shadow_stack: 453,
  futex_wake: 454,
  futex_wait: 455,
  futex_requeue: 456,
  statmount: 457,
  listmount: 458,
  lsm_get_self_attr: 459,
  lsm_set_self_attr: 460,
  lsm_list_modules: 461,
  mseal: 462,
  setxattrat: 463,
  getxattrat: 464,
  listxattrat: 465,
  removexattrat: 466,
  open_tree_attr: 467,
  file_getattr: 468,
  file_setattr: 469,
  listns: 470,
};

// arch/x86/entry/syscalls/syscall_64.tbl: calls of the kernel's own probes, made in the traced program.
const X86_64_ONLY: Readonly<Record<string, number>> = { uretprobe: 335, uprobe: 336 };

/** Number of a newer syscall on an ABI (see `Abi.base`), undefined when it is none or the ABI lacks it. */
export function newerSyscall(abiName: string, base: number, name: string): number | undefined {
  if (Object.hasOwn(COMMON, name)) return base + (COMMON[name] ?? 0);
  return abiName === "SCMP_ARCH_X86_64" && Object.hasOwn(X86_64_ONLY, name)
    ? X86_64_ONLY[name]
    : undefined;
}
