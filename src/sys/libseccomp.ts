import { closeSync, fstatSync, readSync } from "node:fs";
import { UserError } from "../base/error.ts";

/** libseccomp's filter attributes, `enum scmp_filter_attr` of seccomp.h. */
export const FILTER_ATTRIBUTE = {
  ACT_BADARCH: 2,
  CTL_NNP: 3,
  CTL_TSYNC: 4,
  CTL_LOG: 6,
  CTL_SSB: 7,
  CTL_OPTIMIZE: 8,
  API_SYSRAWRC: 9,
  CTL_WAITKILL: 10,
} as const;

/** libseccomp's argument comparisons, `enum scmp_compare` of seccomp.h. */
export const COMPARE = { NE: 1, LT: 2, LE: 3, EQ: 4, GE: 5, GT: 6, MASKED_EQ: 7 } as const;

/** One `struct scmp_arg_cmp`: argument `index` (0 to 5) compared with 64-bit numbers; for MASKED_EQ `a` is the mask. */
export interface ArgumentCompare {
  readonly index: number;
  readonly op: number;
  readonly a: bigint;
  readonly b: bigint;
}

/** A filter under construction; the caller ends its life with `release`. */
export interface FilterContext {
  /** @throws UserError when the library refuses the attribute (too old, or the kernel lacks it). */
  setAttribute(attribute: number, value: number): void;
  /** @throws UserError when the library does not know the architecture (an AUDIT_ARCH_* token of linux/audit.h). */
  addArchitecture(token: number): void;
  /** @throws UserError when the architecture is not in the filter. */
  removeArchitecture(token: number): void;
  /** True when the filter covers the architecture. */
  hasArchitecture(token: number): boolean;
  /**
   * Add a rule for a syscall, given by its number on the machine's own architecture (negative for one it lacks);
   * all comparisons must hold. `exact` refuses what some architecture of the filter cannot express.
   * @throws UserError when the library refuses the rule.
   */
  addRule(
    action: number,
    syscall: number,
    compare: readonly ArgumentCompare[],
    exact?: boolean,
  ): void;
  /** The finished program: an array of `struct sock_filter`, 8 bytes each. */
  exportBpf(): Uint8Array;
  release(): void;
}

/** libseccomp.so.2 as this process sees it. */
export interface Libseccomp {
  /** `[major, minor, micro]`, seccomp_version(3). */
  readonly version: readonly [number, number, number];
  /** What library and kernel can do together, seccomp_api_get(3). */
  readonly apiLevel: number;
  /** The token of the machine's own architecture. */
  readonly nativeArchitecture: number;
  /** @throws UserError when the kernel or the library lacks the action. */
  init(defaultAction: number): FilterContext;
  /** The token of an architecture by libseccomp's name ("x86_64"), undefined when the library does not know it. */
  resolveArchitecture(name: string): number | undefined;
  /** Number of a syscall on the machine's own architecture; negative when only others have it; undefined when unknown. */
  resolveSyscall(name: string): number | undefined;
  /** Number of a syscall on an architecture (with the x32 bit on x32), undefined when it has no such call. */
  resolveSyscallOn(token: number, name: string): number | undefined;
  /** Name of a syscall number on an architecture, undefined when it has none. */
  syscallName(token: number, syscall: number): string | undefined;
}

let loaded: Promise<Libseccomp> | undefined;

/**
 * Load libseccomp.so.2 through koffi; both are loaded once, on the first call (10 to 12 ms).
 * @throws UserError when koffi or the library cannot be loaded.
 */
export function loadLibseccomp(): Promise<Libseccomp> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

// __NR_SCMP_ERROR of seccomp.h: the name is not known at all.
const UNKNOWN_SYSCALL = -1;

// `struct scmp_arg_cmp` of seccomp.h: unsigned arg, enum op, uint64_t datum_a, uint64_t datum_b.
const ARG_CMP_SIZE = 24;

async function load(): Promise<Libseccomp> {
  const koffi = await importKoffi();
  const library = openLibrary(
    koffi,
    "libseccomp.so.2",
    "install libseccomp2 (libseccomp on Fedora and Alpine)",
  );
  const bind = (name: string, result: string, parameters: string[]) =>
    library.func(name, result, parameters);

  const getVersion = bind("seccomp_version", "void *", []);
  const getApi = bind("seccomp_api_get", "unsigned int", []);
  const init = bind("seccomp_init", "void *", ["uint32_t"]);
  const release = bind("seccomp_release", "void", ["void *"]);
  const archNative = bind("seccomp_arch_native", "uint32_t", []);
  const archResolve = bind("seccomp_arch_resolve_name", "uint32_t", ["str"]);
  const archAdd = bind("seccomp_arch_add", "int", ["void *", "uint32_t"]);
  const archRemove = bind("seccomp_arch_remove", "int", ["void *", "uint32_t"]);
  const archExist = bind("seccomp_arch_exist", "int", ["void *", "uint32_t"]);
  const attrSet = bind("seccomp_attr_set", "int", ["void *", "int", "uint32_t"]);
  const ruleParameters = ["void *", "uint32_t", "int", "unsigned int", "const uint8_t *"];
  const ruleAdd = bind("seccomp_rule_add_array", "int", ruleParameters);
  const ruleAddExact = bind("seccomp_rule_add_exact_array", "int", ruleParameters);
  const exportBpf = bind("seccomp_export_bpf", "int", ["void *", "int"]);
  const resolveName = bind("seccomp_syscall_resolve_name", "int", ["str"]);
  const resolveNameArch = bind("seccomp_syscall_resolve_name_arch", "int", ["uint32_t", "str"]);
  const resolveNumArch = bind("seccomp_syscall_resolve_num_arch", "void *", ["uint32_t", "int"]);
  const libc = openLibrary(koffi, null, "use a C library with memfd_create(2)");
  const memfdCreate = libc.func("memfd_create", "int", ["str", "unsigned int"]);
  const free = libc.func("free", "void", ["void *"]);

  const versionAt = getVersion() as bigint;
  const version = [0n, 4n, 8n].map((offset) => koffi.decode.uint32(versionAt + offset));

  const check = (what: string, result: number): void => {
    if (result < 0) throw libraryError(koffi.os.errno, what, -result);
  };

  const newContext = (context: bigint): FilterContext => ({
    setAttribute: (attribute, value) =>
      check(`libseccomp refuses filter attribute ${attribute}`, attrSet(context, attribute, value)),
    addArchitecture: (token) =>
      check(`libseccomp refuses architecture ${hex(token)}`, archAdd(context, token)),
    removeArchitecture: (token) =>
      check(`libseccomp cannot drop architecture ${hex(token)}`, archRemove(context, token)),
    hasArchitecture: (token) => archExist(context, token) === 0,
    addRule: (action, syscall, compare, exact = false) => {
      const add = exact ? ruleAddExact : ruleAdd;
      const result = add(context, action, syscall, compare.length, encodeCompare(compare));
      check(`libseccomp refuses a rule for syscall ${syscall}`, result);
    },
    exportBpf: () => {
      const fd = memfdCreate("tguard-seccomp", 1 /* MFD_CLOEXEC, memfd_create(2) */) as number;
      if (fd < 0) throw libraryError(koffi.os.errno, "cannot make a memory file", koffi.errno());
      try {
        check("libseccomp cannot build the filter", exportBpf(context, fd));
        return readWhole(fd);
      } finally {
        closeSync(fd);
      }
    },
    release: () => release(context),
  });

  return {
    version: [version[0] ?? 0, version[1] ?? 0, version[2] ?? 0],
    apiLevel: getApi(),
    nativeArchitecture: archNative(),
    init: (defaultAction) => {
      const context = init(defaultAction) as bigint | null;
      if (context === null || context === 0n)
        throw new UserError(`libseccomp refuses ${hex(defaultAction)} as default action`, {
          hint: "the kernel or libseccomp is too old for this action",
        });
      return newContext(context);
    },
    resolveArchitecture: (name) => archResolve(name) || undefined,
    resolveSyscall: (name) => {
      const number = resolveName(name) as number;
      return number === UNKNOWN_SYSCALL ? undefined : number;
    },
    resolveSyscallOn: (token, name) => {
      const number = resolveNameArch(token, name) as number;
      return number < 0 ? undefined : number;
    },
    syscallName: (token, syscall) => {
      const at = resolveNumArch(token, syscall) as bigint | null;
      if (at === null || at === 0n) return undefined;
      const name = koffi.decode.string(at);
      free(at); // seccomp_syscall_resolve_name(3): the caller frees it
      return name;
    },
  };
}

async function importKoffi(): Promise<typeof import("koffi")> {
  try {
    return await import("koffi");
  } catch (cause) {
    throw new UserError(
      "cannot load the native part of koffi, which seccomp filters are built with",
      {
        cause,
        hint: "set TMPDIR to a private, writable directory that is not mounted noexec",
      },
    );
  }
}

function openLibrary(koffi: typeof import("koffi"), name: string | null, hint: string) {
  try {
    return koffi.load(name);
  } catch (cause) {
    throw new UserError(
      `cannot load ${name ?? "the C library"}, which seccomp filters are built with`,
      {
        cause,
        hint,
      },
    );
  }
}

function libraryError(names: Record<string, number>, what: string, code: number): UserError {
  const name = Object.keys(names).find((key) => names[key] === code) ?? `errno ${code}`;
  return new UserError(what, { cause: new Error(name) });
}

function encodeCompare(compare: readonly ArgumentCompare[]): Uint8Array {
  const bytes = new Uint8Array(Math.max(compare.length, 1) * ARG_CMP_SIZE);
  const view = new DataView(bytes.buffer);
  for (const [i, { index, op, a, b }] of compare.entries()) {
    view.setUint32(i * ARG_CMP_SIZE, index, true);
    view.setUint32(i * ARG_CMP_SIZE + 4, op, true);
    view.setBigUint64(i * ARG_CMP_SIZE + 8, a, true);
    view.setBigUint64(i * ARG_CMP_SIZE + 16, b, true);
  }
  return bytes;
}

function readWhole(fd: number): Uint8Array {
  const bytes = new Uint8Array(fstatSync(fd).size);
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(fd, bytes, done, bytes.length - done, done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
