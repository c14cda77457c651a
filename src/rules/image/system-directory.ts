import { posix } from "node:path";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

/** File systems of the kernel. */
const KERNEL = ["/proc", "/sys", "/dev"];
/** hier(7): where the system, and no program, works. */
const SYSTEM = [...KERNEL, "/boot", "/initrd", "/lost+found"];

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1008",
    name: "system-directory",
    target: "image",
    severity: "high",
    confidence: "high",
    summary: "Working directory or volume lies in a directory of the kernel or the system",
    why: "A volume on `/proc`, `/sys` or `/dev` covers the kernel's own file system there, and with it the masks that the runtime puts over dangerous files. A working directory in one of them has led runtimes to resolve paths outside of the container (CVE-2024-21626).",
    howToFix: "Use a directory of the program's own, such as `/app` or `/var/lib/app`.",
    bad: '{"config": {"WorkingDir": "/proc/self/fd/8"}}\n',
    good: '{"config": {"WorkingDir": "/app"}}\n',
    since: "0.1.0",
    aliases: ["dockle:DKL-DI-0002", "trivy:DS030"],
    cwe: ["CWE-668"],
    references: [
      "https://nvd.nist.gov/vuln/detail/CVE-2024-21626",
      "https://github.com/opencontainers/image-spec/blob/main/config.md#properties",
    ],
  },

  check({ config, spanOf }, report) {
    const { workingDir, volumes } = config;
    if (workingDir !== "" && isWithinAny(workingDir, SYSTEM))
      report(spanOf("/config/WorkingDir"), `working directory is ${quote(workingDir)}`);
    for (const { path, pointer } of volumes)
      if (isWithinAny(path, KERNEL)) report(spanOf(pointer), `volume on ${quote(path)}`);
  },
});

/** Paths of an image are absolute, or relative to its root. */
function isWithinAny(path: string, directories: readonly string[]): boolean {
  const absolute = posix.resolve("/", path);
  return directories.some((dir) => absolute === dir || absolute.startsWith(`${dir}/`));
}

export default rule;
