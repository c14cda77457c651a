import { isEngineSocket, isWithin } from "../../audit/bundle/mounts.ts";
import { mountsOf } from "../../audit/compose/volumes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Sensitive by themselves; what lies below them need not be. */
const wholeOnly: ReadonlySet<string> = new Set(["/", "/home", "/var", "/var/lib"]);

/** Sensitive with everything below. */
const directories = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/sys",
  "/usr",
  "/var/lib/docker",
];
const libraries = /^\/lib(?:32|64|x32)?(?:\/|$)/;

/** What containers are commonly and harmlessly given to read. */
const harmless = [
  "/etc/hosts",
  "/etc/localtime",
  "/etc/ssl/certs",
  "/etc/timezone",
  "/usr/share/zoneinfo",
];

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1009",
    name: "service-with-host-directory",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Sensitive directory of the host is mounted into a service",
    why: "Programs in the container change what the host runs, or read what it keeps: keys below `/etc` and `/root`, disks below `/dev`, kernel settings below `/proc` and `/sys`, other containers below `/var/lib/docker`.",
    howToFix: "Mount the one file that is needed, read-only, or a named volume.",
    bad: "services:\n  web:\n    image: app:1\n    volumes: [/etc:/host/etc]\n",
    good: "services:\n  web:\n    image: app:1\n    volumes: [/etc/localtime:/etc/localtime:ro]\n",
    since: "0.1.0",
    aliases: ["kics:1c1325ff-831d-43a1-973e-839ae57dfcc0", "docker-bench:5.6"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.6", "NIST-800-190-4.5.5"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#volumes",
      "https://docs.docker.com/engine/security/",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { hostPath, isReadonly, span } of mountsOf(file, service)) {
        if (hostPath === undefined || isEngineSocket(hostPath)) continue;
        const isSensitive =
          wholeOnly.has(hostPath) ||
          directories.some((dir) => isWithin(hostPath, dir) || libraries.test(hostPath));
        const isHarmless = isReadonly && harmless.some((path) => isWithin(hostPath, path));
        if (!isSensitive || isHarmless) continue;
        const message = `service "${service.name}" gets "${hostPath}" of the host`;
        // Read-only, it can be read all the same: keys, addresses, other containers' files.
        if (isReadonly) report(span, `${message}, read-only`, { severity: "medium" });
        else report(span, message);
      }
    }
  },
});

export default rule;
