import { expect, test } from "vitest";
import { sysctlNamespace, sysctlPath } from "../../src/oci/sysctl.ts";

test.each([
  ["net.ipv4.ip_forward", ["net", "ipv4", "ip_forward"]],
  ["net/ipv4/ip_forward", ["net", "ipv4", "ip_forward"]],
  // sysctl(8): a device's name may contain the separator.
  ["net.ipv4.conf.eth0/1.forwarding", ["net", "ipv4", "conf", "eth0.1", "forwarding"]],
  ["net/ipv4/conf/eth0.1/forwarding", ["net", "ipv4", "conf", "eth0.1", "forwarding"]],
  ["net", undefined],
  ["", undefined],
  ["net..ipv4", undefined],
  ["net/../kernel/core_pattern", undefined],
  ["net.//.kernel", undefined],
  ["net./.kernel", undefined],
  ["/net/ipv4", undefined],
  ["net.ipv4 x", undefined],
  ["net.\0", undefined],
])("path of %j", (name, path) => {
  expect(sysctlPath(name)).toEqual(path);
});

test.each([
  ["net.core.somaxconn", "network"],
  ["kernel.shmmax", "ipc"],
  ["kernel.sem", "ipc"],
  ["fs.mqueue.msg_max", "ipc"],
  ["fs.mqueue", undefined],
  ["kernel.hostname", "uts"],
  ["kernel.domainname", "uts"],
  ["kernel.core_pattern", undefined],
  ["kernel.shm", undefined],
  ["vm.overcommit_memory", undefined],
  ["user.max_user_namespaces", undefined],
])("namespace of %s", (name, namespace) => {
  expect(sysctlNamespace(sysctlPath(name) ?? [])).toBe(namespace);
});
