import { removeOption, securityOptions } from "../../audit/compose/security.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1018",
    name: "service-without-seccomp",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Service runs without a seccomp filter",
    why: "The default filter keeps some sixty system calls from the container, among them those of most kernel exploits: `unshare`, `bpf`, `keyctl`, `userfaultfd`, loading of modules.",
    howToFix:
      "Remove `seccomp:unconfined`. A program that needs one more system call gets a profile of its own: `seccomp:./profile.json`.",
    bad: "services:\n  web:\n    image: app:1\n    security_opt: [seccomp:unconfined]\n",
    good: "services:\n  web:\n    image: app:1\n    security_opt: [seccomp:./profile.json]\n",
    since: "0.1.0",
    aliases: [
      "kics:404fde2c-bc4b-4371-9747-7054132ac953",
      "semgrep:seccomp-confinement-disabled",
      "docker-bench:5.22",
    ],
    cwe: ["CWE-284", "CWE-269"],
    benchmarks: ["CIS-Docker-5.22"],
    references: [
      "https://docs.docker.com/engine/security/seccomp/",
      "https://docs.docker.com/reference/compose-file/services/#security_opt",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { name, value, span } of securityOptions(service))
        if (name === "seccomp" && value === "unconfined")
          report(
            span,
            `service "${service.name}" runs without a seccomp filter`,
            removeOption(file, service, span),
          );
    }
  },
});

export default rule;
