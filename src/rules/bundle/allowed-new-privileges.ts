import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1002",
    name: "allowed-new-privileges",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "Process may gain privileges through setuid programs",
    why: "Without `no_new_privs` every setuid file and every file capability in the image works. An attacker who runs as an ordinary user becomes root of the container with the next weak setuid program.",
    howToFix:
      "Set `process.noNewPrivileges` to `true`. Start the process as the user that it needs instead of through `sudo` or `su`.",
    bad: '{"process": {"noNewPrivileges": false}}\n',
    good: '{"process": {"noNewPrivileges": true}}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:5.26",
      "kics:27fcc7d6-c49b-46e0-98f1-6c082a6a2750",
      "semgrep:no-new-privileges",
    ],
    cwe: ["CWE-250", "CWE-732"],
    benchmarks: ["CIS-Docker-5.26"],
    references: [
      "https://www.kernel.org/doc/html/latest/userspace-api/no_new_privs.html",
      "https://github.com/opencontainers/runtime-spec/blob/main/config.md#linux-process",
    ],
  },

  check({ config, isLinux, spanOf }, report) {
    if (!isLinux || config.process === undefined) return;
    const { noNewPrivileges } = config.process;
    if (noNewPrivileges === true) return;
    report(
      spanOf("/process/noNewPrivileges"),
      noNewPrivileges === false ? "no_new_privs is off" : "no_new_privs is not set",
    );
  },
});

export default rule;
