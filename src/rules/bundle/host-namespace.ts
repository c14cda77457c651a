import { defineRule, type Rule } from "../../audit/rule.ts";
import type { NamespaceType } from "../../oci/runtime-config.ts";
import { quote } from "../../oci/violation.ts";

/** The namespaces without which a container reaches the host's; user has a rule of its own. */
const NEEDED: readonly NamespaceType[] = ["pid", "network", "mount", "ipc", "uts"];

// namespaces(7): PID 1 of the host's /proc, and the runtime itself, are in the host's namespaces.
const HOST_PATH = /^\/proc\/(?:1|self|thread-self)\/ns\/\w+$/;

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1004",
    name: "host-namespace",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "Container shares a namespace with the host",
    why: "In the host's `pid` namespace a process sees, signals and may trace the host's programs. In its `network` namespace it reaches services that listen on localhost, and abstract sockets. In its `ipc` namespace it reads shared memory; in its `uts` namespace it may rename the host; in its `mount` namespace there is no container.",
    howToFix:
      "List the type in `linux.namespaces`, without `path` or with the path of another container's namespace.",
    bad: '{"linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "user"}]}}\n',
    good: '{"linux": {"namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "user"}]}}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:5.10",
      "docker-bench:5.16",
      "docker-bench:5.17",
      "docker-bench:5.21",
      "kics:071a71ff-f868-47a4-ac0b-3c59e4ab5443",
      "kics:4f31dd9f-2cc3-4751-9b53-67e4af83dac0",
      "kics:baa3890f-bed7-46f5-ab8f-1da8fc91c729",
    ],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.10", "CIS-Docker-5.16", "CIS-Docker-5.17", "CIS-Docker-5.21"],
    references: [
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#namespaces",
      "https://man7.org/linux/man-pages/man7/namespaces.7.html",
    ],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux) return;
    const listed = config.linux?.namespaces ?? [];
    for (const type of NEEDED) {
      const i = listed.findIndex((namespace) => namespace.type === type);
      const path = listed[i]?.path;
      if (i === -1)
        report(spanOf("/linux/namespaces"), `no "${type}" namespace: the host's is shared`);
      // Another path is another container's namespace or a pod's: nothing can be said about it here.
      else if (path !== undefined && HOST_PATH.test(path))
        report(
          spanOf(`/linux/namespaces/${i}/path`),
          `"${type}" namespace at ${quote(path)} is the host's`,
        );
    }
  },
});

export default rule;
