import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

/** Actions that let a system call happen (seccomp(2)). */
const PERMITTING: ReadonlySet<string> = new Set(["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"]);

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1003",
    name: "missing-seccomp-filter",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "No seccomp filter, or one that forbids nothing",
    why: "Without a filter the container reaches all of the kernel's system calls, several hundred of which no usual program needs. Kernel flaws that led out of containers were mostly in those.",
    howToFix:
      "Give `linux.seccomp` a filter that names what is allowed (`defaultAction` `SCMP_ACT_ERRNO`). `tguard harden` adds its default filter.",
    bad: '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}}}\n',
    good: '{"linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}}}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:5.22",
      "kics:404fde2c-bc4b-4371-9747-7054132ac953",
      "semgrep:seccomp-confinement-disabled",
    ],
    cwe: ["CWE-284", "CWE-269"],
    benchmarks: ["CIS-Docker-5.22"],
    references: [
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp",
      "https://docs.docker.com/engine/security/seccomp/",
    ],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux) return;
    const seccomp = config.linux?.seccomp;
    if (seccomp === undefined) {
      report(spanOf("/linux/seccomp"), "no seccomp filter is set");
      return;
    }
    const { defaultAction, syscalls = [] } = seccomp;
    if (PERMITTING.has(defaultAction) && syscalls.every(({ action }) => PERMITTING.has(action)))
      report(
        spanOf("/linux/seccomp/defaultAction"),
        `seccomp filter forbids nothing: its default is ${quote(defaultAction)}`,
      );
  },
});

export default rule;
