import type { NamespaceType } from "../../oci/runtime-config.ts";
import { HOST_PATH, linuxOf, namespaceOf, type Work } from "./work.ts";

/** Give the container namespaces of its own where it has the host's. */
export function hardenNamespaces(work: Work): void {
  const { namespaces, network } = work.policy;
  for (const type of namespaces.require) unshare(work, type);
  if (network !== "keep") unshare(work, "network");
  if (network === "none") leaveJoinedNetwork(work);
}

const SHARED: Readonly<Record<NamespaceType, string>> = {
  pid: "the container would see and could signal the host's processes",
  network: "the container would use the host's interfaces and abstract sockets",
  mount: "the container's mounts would be the host's",
  ipc: "the container could attach to the host's shared memory",
  uts: "the container could rename the host",
  cgroup: "the container would see where on the host its control group lies",
  time: "the container would share the host's clocks",
  user: "root in the container would be root on the host",
};

function unshare(work: Work, type: NamespaceType): void {
  const list = work.config.linux?.namespaces ?? [];
  const index = list.findIndex((namespace) => namespace.type === type);
  const old = list[index];
  if (old !== undefined && !HOST_PATH.test(old.path ?? "")) return;
  work.changes.push({
    pointer: `/linux/namespaces/${old === undefined ? list.length : index}`,
    before: old,
    after: { type },
    why: SHARED[type],
    rule: "host-namespace",
  });
  linuxOf(work).namespaces =
    old === undefined
      ? [...list, { type }]
      : list.map((entry, i) => (i === index ? { type } : entry));
}

function leaveJoinedNetwork(work: Work): void {
  if (namespaceOf(work.config, "network") !== "joined") return;
  const list = work.config.linux?.namespaces ?? [];
  const index = list.findIndex(({ type }) => type === "network");
  work.changes.push({
    pointer: `/linux/namespaces/${index}`,
    before: list[index],
    after: { type: "network" },
    why: `profile ${work.policy.name} gives no network`,
    rule: "R22",
  });
  linuxOf(work).namespaces = list.map((entry, i) => (i === index ? { type: "network" } : entry));
}
