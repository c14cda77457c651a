import { defineRule, type Rule } from "../../audit/rule.ts";
import type { IdMapping } from "../../oci/runtime-config.ts";

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1008",
    name: "root-on-host",
    target: "bundle",
    severity: "medium",
    confidence: "high",
    summary: "Process runs as a user that is root on the host",
    why: "A process with user ID 0 outside a user namespace, or in one that maps it to 0, is root for the kernel. Whatever of the host it comes to touch, through a mount, a leaked descriptor or a flaw, it touches as root.",
    howToFix:
      "Add a `user` namespace with `linux.uidMappings` and `linux.gidMappings` to an unprivileged range, or set `process.user.uid` to another user.",
    bad: '{"process": {"user": {"uid": 0, "gid": 0}}, "linux": {"uidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}]}}\n',
    good: '{"process": {"user": {"uid": 0, "gid": 0}}, "linux": {"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}]}}\n',
    since: "0.1.0",
    aliases: ["docker-bench:4.1", "docker-bench:5.31", "kics:8af7162d-6c98-482f-868e-0d33fb675ca8"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-4.1", "CIS-Docker-5.31"],
    references: [
      "https://man7.org/linux/man-pages/man7/user_namespaces.7.html",
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#user-namespace-mappings",
    ],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux || config.process === undefined) return;
    const uid = config.process.user?.uid ?? 0;
    const { namespaces = [], uidMappings = [] } = config.linux ?? {};
    const i = namespaces.findIndex(({ type }) => type === "user");
    const path = namespaces[i]?.path;
    if (path !== undefined && !/^\/proc\/(?:1|self)\/ns\/user$/.test(path))
      // The maps of a namespace that is joined are not in the config.
      return;
    if (i === -1 || path !== undefined) {
      if (uid === 0)
        report(spanOf("/process/user/uid"), "process is root on the host: no user namespace");
      return;
    }
    const mapping = uidMappings.findIndex((m) => hostId(m, uid) === 0);
    if (mapping !== -1)
      report(
        spanOf(`/linux/uidMappings/${mapping}/hostID`),
        `process is root on the host: user ${uid} is mapped to 0`,
      );
  },
});

function hostId({ containerID, hostID, size }: IdMapping, uid: number): number | undefined {
  const offset = uid - containerID;
  return offset >= 0 && offset < size ? hostID + offset : undefined;
}

export default rule;
