import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { CAPABILITIES } from "../../src/oci/names.ts";
import type { RuntimeConfig, Seccomp } from "../../src/oci/runtime-config.ts";
import { harden } from "../../src/sandbox/harden.ts";
import { loadPolicy } from "../../src/sandbox/policy.ts";
import {
  CAPABILITY_SETS,
  onlyTightening,
  POLICY_NAMES,
  type Policy,
} from "../../src/sandbox/policy-model.ts";
import { ROOT_FACTS, USER_FACTS } from "./harden-support.ts";

/** Shipped policies, and each with a filter that it would put in the place of the config's own. */
const policies: Policy[] = [];
beforeAll(async () => {
  for (const name of POLICY_NAMES) {
    const policy = await loadPolicy(name);
    policies.push(policy);
    if (policy.seccomp !== undefined)
      policies.push({ ...policy, seccomp: { ...policy.seccomp, mode: "replace" } });
  }
});

const NAMES = ["read", "write", "bpf", "mount", "clone", "ptrace", "keyctl", "socket", "reboot"];
const PERMISSIVE = ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"];

/** Calls of NAMES that a filter lets through: the first unconditional rule decides, none is the default. */
function allowed(seccomp: Seccomp | undefined): ReadonlySet<string> {
  if (seccomp === undefined) return new Set(NAMES);
  return new Set(
    NAMES.filter((name) => {
      const rules = (seccomp.syscalls ?? []).filter(({ names }) => names.includes(name));
      const whole = rules.find(({ args }) => (args ?? []).length === 0);
      if (whole !== undefined) return PERMISSIVE.includes(whole.action);
      // With conditions: let through if any of them may be.
      return (
        PERMISSIVE.includes(seccomp.defaultAction) ||
        rules.some(({ action }) => PERMISSIVE.includes(action))
      );
    }),
  );
}

const action = fc.constantFrom("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS");
const filter: fc.Arbitrary<Seccomp> = fc.record({
  defaultAction: action,
  syscalls: fc.array(fc.record({ names: fc.subarray(NAMES, { minLength: 1 }), action }), {
    maxLength: 4,
  }),
});
const capabilities = fc.subarray([...CAPABILITIES]);
const config = fc.record({
  ociVersion: fc.constant("1.3.0"),
  root: fc.record({ path: fc.constant("rootfs"), readonly: fc.boolean() }),
  process: fc.record({
    cwd: fc.constant("/"),
    user: fc.record({ uid: fc.constantFrom(0, 33), gid: fc.constantFrom(0, 33) }),
    capabilities: fc.record({
      bounding: capabilities,
      effective: capabilities,
      permitted: capabilities,
      inheritable: capabilities,
      ambient: capabilities,
    }),
    noNewPrivileges: fc.boolean(),
    rlimits: fc.constantFrom([], [{ type: "RLIMIT_CORE", soft: 0, hard: 10 }]),
    apparmorProfile: fc.constantFrom("", "engine-default"),
    selinuxLabel: fc.constantFrom("", "system_u:system_r:container_t:s0"),
  }),
  mounts: fc.uniqueArray(
    fc.record({
      destination: fc.constantFrom("/data", "/srv", "/tmp", "/etc/hosts"),
      type: fc.constant("bind"),
      source: fc.constantFrom("/srv/a", "/srv/b"),
      options: fc.subarray(["rbind", "ro", "nosuid", "nodev", "noexec"]),
    }),
    { selector: ({ destination }) => destination },
  ),
  linux: fc.record(
    {
      namespaces: fc
        .subarray(["pid", "network", "ipc", "uts", "cgroup"] as const)
        .map((types) => [{ type: "mount" as const }, ...types.map((type) => ({ type }))]),
      maskedPaths: fc.subarray(["/proc/kcore", "/x"]),
      readonlyPaths: fc.subarray(["/proc/sys", "/y"]),
      seccomp: filter,
    },
    { requiredKeys: ["namespaces"] },
  ),
}) as fc.Arbitrary<RuntimeConfig>;

const isSubset = <T>(part: Iterable<T>, whole: Iterable<T>): boolean => {
  const all = new Set(whole);
  return [...part].every((item) => all.has(item));
};

/** What `after` has that `before` had given up; empty when it is nowhere looser. */
function loosened(before: RuntimeConfig, after: RuntimeConfig): readonly string[] {
  const [old, now] = [before.process, after.process];
  const binds = (c: RuntimeConfig) => (c.mounts ?? []).filter(({ type }) => type === "bind");
  const checks: Readonly<Record<string, boolean>> = {
    ...Object.fromEntries(
      CAPABILITY_SETS.map((set) => [
        set,
        isSubset(now?.capabilities?.[set] ?? [], old?.capabilities?.[set] ?? []),
      ]),
    ),
    noNewPrivileges: now?.noNewPrivileges === true || old?.noNewPrivileges !== true,
    apparmor: (old?.apparmorProfile ?? "") === "" || now?.apparmorProfile === old?.apparmorProfile,
    selinux: now?.selinuxLabel === old?.selinuxLabel,
    rlimits: (old?.rlimits ?? []).every(({ type, hard }) =>
      (now?.rlimits ?? []).some((limit) => limit.type === type && limit.hard <= hard),
    ),
    readonly: after.root?.readonly === true || before.root?.readonly !== true,
    namespaces: isSubset(
      (before.linux?.namespaces ?? []).map(({ type }) => type),
      (after.linux?.namespaces ?? []).map(({ type }) => type),
    ),
    masked: isSubset(before.linux?.maskedPaths ?? [], after.linux?.maskedPaths ?? []),
    readonlyPaths: isSubset(before.linux?.readonlyPaths ?? [], [
      ...(after.linux?.readonlyPaths ?? []),
      ...(after.linux?.maskedPaths ?? []),
    ]),
    // Each bind was there, and keeps every restriction it had.
    binds: binds(after).every(({ destination, source, options }) =>
      binds(before).some(
        (mount) =>
          mount.destination === destination &&
          mount.source === source &&
          isSubset(
            (mount.options ?? []).filter((o) => o !== "rbind"),
            (options ?? []).map((o) => (o === "rro" ? "ro" : o)),
          ),
      ),
    ),
    seccomp: isSubset(allowed(after.linux?.seccomp), allowed(before.linux?.seccomp)),
  };
  return Object.entries(checks)
    .filter(([, holds]) => !holds)
    .map(([name]) => name);
}

test("an engine's config is never looser for having been tightened, whatever the policy", () => {
  let compared = 0;
  fc.assert(
    fc.property(
      config,
      fc.constantFrom(ROOT_FACTS, USER_FACTS),
      fc.nat(),
      (before, facts, pick) => {
        const policy = policies[pick % policies.length];
        if (policy === undefined) throw new Error("no policies");
        try {
          const after = harden(before, onlyTightening(policy), facts).config;
          expect(loosened(before, after)).toEqual([]);
          compared++;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(100);
});

test("a policy that replaces the filter would loosen one: the comparison sees it", () => {
  const strict = { defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls: [] };
  const before: RuntimeConfig = {
    ociVersion: "1.3.0",
    root: { path: "rootfs" },
    process: { cwd: "/" },
    linux: { namespaces: [{ type: "mount" }], seccomp: strict },
  };
  const replacing = policies.find(({ seccomp }) => seccomp?.mode === "replace") as Policy;
  expect(loosened(before, harden(before, replacing, ROOT_FACTS).config)).toContain("seccomp");
  expect(loosened(before, harden(before, onlyTightening(replacing), ROOT_FACTS).config)).toEqual(
    [],
  );
});
