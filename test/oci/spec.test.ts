import { expect, test } from "vitest";
import { defaultSpec } from "../../src/oci/spec.ts";
import { validateConfig } from "../../src/oci/validate.ts";

const ordinary = defaultSpec({});
const rootless = defaultSpec({ rootless: { uid: 1000, gid: 1001 } });

test.each([
  ["for root", ordinary],
  ["rootless", rootless],
])("%s: valid, and safe from the start", (_name, spec) => {
  // As it is read back from the file.
  expect(validateConfig(JSON.parse(JSON.stringify(spec)))).toEqual([]);
  expect(spec.root).toEqual({ path: "rootfs", readonly: true });
  expect(spec.process).toMatchObject({ args: ["sh"], terminal: true, noNewPrivileges: true });
  expect(spec.process?.capabilities?.ambient).toEqual([]);
  expect(spec.process?.capabilities?.inheritable).toEqual([]);
  expect(spec.linux?.maskedPaths).toContain("/proc/kcore");
  expect(spec.linux?.readonlyPaths).toContain("/proc/sys");
});

test("root: cgroup limits, devices denied, no user namespace to guess ids for", () => {
  expect(ordinary.linux?.resources?.devices).toEqual([{ allow: false, access: "rwm" }]);
  expect(ordinary.linux?.resources?.pids?.limit).toBeGreaterThan(0);
  expect(ordinary.linux?.uidMappings).toBeUndefined();
});

test("rootless: maps the user alone, and wants nothing that ordinary users cannot make", () => {
  expect(rootless.linux?.namespaces).toContainEqual({ type: "user" });
  expect(rootless.linux?.uidMappings).toEqual([{ containerID: 0, hostID: 1000, size: 1 }]);
  expect(rootless.linux?.gidMappings).toEqual([{ containerID: 0, hostID: 1001, size: 1 }]);
  expect(rootless.linux?.resources).toBeUndefined();
  const types = rootless.mounts?.map(({ type }) => type);
  expect(types).not.toContain("sysfs");
  expect(types).not.toContain("cgroup");
  const options = rootless.mounts?.flatMap((mount) => mount.options ?? []);
  expect(options?.filter((option) => /^(gid|uid)=/.test(option))).toEqual([]);
});
