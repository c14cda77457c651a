import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1010",
    name: "unlimited-pids",
    target: "bundle",
    severity: "medium",
    confidence: "high",
    summary: "Number of processes is not limited",
    why: "A fork bomb, or a program that never reaps its children, uses up the process IDs of the whole machine: no other container, and no administrator, can start anything.",
    howToFix: "Set `linux.resources.pids.limit` to some multiple of what the program uses.",
    bad: '{"linux": {"resources": {"pids": {"limit": -1}}}}\n',
    good: '{"linux": {"resources": {"pids": {"limit": 512}}}}\n',
    since: "0.1.0",
    aliases: ["docker-bench:5.29", "kics:221e0658-cb2a-44e3-b08a-db96a341d6fa"],
    cwe: ["CWE-770"],
    benchmarks: ["CIS-Docker-5.29"],
    references: [
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#pids",
      "https://docs.kernel.org/admin-guide/cgroup-v2.html#pid",
    ],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux) return;
    const resources = config.linux?.resources;
    const limit = resources?.pids?.limit;
    // cgroup v2 files written as they are: "max" is no limit.
    const unified = resources?.unified?.["pids.max"];
    if ((limit !== undefined && limit > 0) || (unified !== undefined && /^\d+$/.test(unified)))
      return;
    report(
      spanOf("/linux/resources/pids/limit"),
      limit === undefined ? "no limit of processes is set" : `limit of processes is ${limit}: none`,
    );
  },
});

export default rule;
