import { defineRule, type Rule } from "../../audit/rule.ts";
import { CAPABILITIES } from "../../oci/names.ts";
import type { CapabilitySet } from "../../oci/runtime-config.ts";
import { quote } from "../../oci/violation.ts";

/** What Docker grants by default: moby, oci/caps/defaults.go. */
const DEFAULTS: ReadonlySet<string> = new Set([
  "CAP_AUDIT_WRITE",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_MKNOD",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_RAW",
  "CAP_SETFCAP",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYS_CHROOT",
]);

const SETS: readonly CapabilitySet[] = [
  "bounding",
  "effective",
  "permitted",
  "inheritable",
  "ambient",
];

// Linux before 5.8 knows no more than these 38; a config for "all" may be written for such a kernel.
const ALL = CAPABILITIES.slice(0, 38);

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1001",
    name: "added-capability",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "Process has a capability beyond the default set",
    why: "Capabilities are root's power in pieces. Those outside Docker's 14 reach past the container: with `CAP_SYS_ADMIN` a process mounts file systems, with `CAP_SYS_MODULE` it loads kernel code, with `CAP_DAC_READ_SEARCH` it opens any file of the host by handle, with `CAP_SYS_PTRACE` it takes over other programs.",
    howToFix:
      "Remove the capability from all five sets of `process.capabilities`. When a program fails without it, look for the one operation that needs it: a device, a sysctl or a mount prepared by the runtime usually does instead.",
    bad: '{"process": {"capabilities": {"bounding": ["CAP_KILL", "CAP_SYS_ADMIN"]}}}\n',
    good: '{"process": {"capabilities": {"bounding": ["CAP_KILL"]}}}\n',
    since: "0.1.0",
    aliases: [
      "docker-bench:5.4",
      "docker-bench:C.5.3.1",
      "docker-bench:C.5.3.2",
      "docker-bench:C.5.3.3",
      "docker-bench:C.5.3.4",
      "kics:ce76b7d0-9e77-464d-b86f-c5c48e03e22d",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.4", "NIST-800-190-4.4.3"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://github.com/opencontainers/runtime-spec/blob/main/config.md#linux-process",
    ],
  },

  check({ config, spanOf }, report) {
    const held = new Map<string, { pointer: string; sets: CapabilitySet[] }>();
    for (const set of SETS)
      for (const [i, written] of (config.process?.capabilities?.[set] ?? []).entries()) {
        const upper = written.toUpperCase();
        const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
        const entry = held.get(name);
        if (entry !== undefined) entry.sets.push(set);
        else held.set(name, { pointer: `/process/capabilities/${set}/${i}`, sets: [set] });
      }
    if (held.has("CAP_ALL") || ALL.every((name) => held.has(name))) {
      report(spanOf("/process/capabilities"), "process has all capabilities");
      return;
    }
    for (const [name, { pointer, sets }] of held)
      if (!DEFAULTS.has(name))
        report(
          spanOf(pointer),
          `capability ${quote(name)} is beyond the default set (${[...new Set(sets)].join(", ")})`,
        );
  },
});

export default rule;
