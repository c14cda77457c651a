import { describe, expect, it, vi } from "vitest";
import { formatError, UserError } from "../../src/base/error.ts";
import { verify } from "../../src/seccomp/interpret.ts";
import { FILTER_ATTRIBUTE, loadLibseccomp } from "../../src/sys/libseccomp.ts";

const missing = vi.hoisted(() => ({ library: false }));
vi.mock("koffi", async (importOriginal) => {
  const koffi = await importOriginal<typeof import("koffi")>();
  const load: typeof koffi.load = (path) =>
    koffi.load(missing.library && path !== null ? `no-such-${path}` : path);
  return { ...koffi, load };
});

const ALLOW = 0x7fff0000;
const X86 = 0x40000003;
const X32 = 0x4000003e;
const ARM = 0x40000028;
const AARCH64 = 0xc00000b7;

describe("loadLibseccomp", () => {
  it("says what to install when the library is missing, and tries again next time", async () => {
    missing.library = true;
    const error = await loadLibseccomp().catch((thrown: unknown) => thrown);
    missing.library = false;
    if (!(error instanceof UserError)) throw error;
    expect(formatError(error)).toMatch(
      /^tguard: cannot load libseccomp\.so\.2, .*\n {2}why {3}.*\n {2}try {3}install libseccomp2/,
    );
    await expect(loadLibseccomp()).resolves.toBeDefined();
  });

  it("knows versions, architectures and names", async () => {
    const library = await loadLibseccomp();
    expect(library.version[0]).toBe(2);
    expect(library.apiLevel).toBeGreaterThan(0);
    expect(library.resolveArchitecture("aarch64")).toBe(AARCH64);
    expect(library.resolveArchitecture("pdp11")).toBeUndefined();
    expect(library.resolveSyscallOn(0xc000003e, "openat2")).toBe(437);
    expect(library.resolveSyscallOn(X32, "openat2")).toBe(437 + 0x40000000);
    expect(library.resolveSyscallOn(X86, "chown32")).toBe(212);
    expect(library.resolveSyscallOn(AARCH64, "chown32")).toBeUndefined();
    expect(library.resolveSyscallOn(ARM, "set_tls")).toBe(0xf0005);
    expect(library.resolveSyscall("nonsense")).toBeUndefined();
    expect(library.syscallName(AARCH64, 63)).toBe("read");
    expect(library.syscallName(AARCH64, 9999)).toBeUndefined();
  });

  it("builds filters and words what libseccomp refuses", async () => {
    const library = await loadLibseccomp();
    const context = library.init(ALLOW);
    try {
      const native = library.nativeArchitecture;
      expect(context.hasArchitecture(native)).toBe(true);
      const other = native === AARCH64 ? ARM : X86;
      context.addArchitecture(other);
      expect(context.hasArchitecture(other)).toBe(true);
      context.removeArchitecture(other);
      expect(context.hasArchitecture(other)).toBe(false);
      expect(() => context.addArchitecture(0x12345678)).toThrow("architecture 0x12345678");
      expect(() => context.setAttribute(99, 1)).toThrow("attribute 99");
      expect(() => context.addRule(ALLOW, 0, [])).toThrow("refuses a rule");
      context.setAttribute(FILTER_ATTRIBUTE.API_SYSRAWRC, 1);
      context.setAttribute(FILTER_ATTRIBUTE.ACT_BADARCH, 0x80000000);
      context.addRule(0x50001, 0, [{ index: 0, op: 4, a: 2n ** 64n - 1n, b: 0n }], true);
      expect(verify(context.exportBpf())).toBeUndefined();
    } finally {
      context.release();
    }
    expect(() => library.init(0x12345678)).toThrow("as default action");
  });
});
