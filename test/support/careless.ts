import { readFileSync } from "node:fs";
import { CAPABILITIES } from "../../src/oci/names.ts";
import type { Config, TestBundle } from "./bundle.ts";

/** Every capability that this machine can give: a test machine may itself lack some. */
export function hostCapabilities(): readonly string[] {
  const status = readFileSync("/proc/self/status", "utf8");
  const held = BigInt(`0x${/^CapPrm:\t(\w+)$/m.exec(status)?.[1] ?? "0"}`);
  return CAPABILITIES.filter((_, i) => ((held >> BigInt(i)) & 1n) === 1n);
}

/** A config.json as careless people write it: root of the host in all but the file system's name. */
export function careless(bundle: TestBundle, args: readonly string[]): Config {
  return bundle.spec("", (c) => {
    const all = hostCapabilities();
    c.process.args = args;
    c.process.noNewPrivileges = false;
    c.process.capabilities = {
      bounding: all,
      effective: all,
      permitted: all,
      inheritable: all,
      ambient: all,
    };
    delete c.process.rlimits;
    delete c.hostname;
    c.root.readonly = false;
    c.linux = { namespaces: [{ type: "mount" }] };
    c.mounts = c.mounts.filter((m: Config) => m.type !== "cgroup");
    for (const m of c.mounts) if (m.type === "sysfs" || m.type === "proc") delete m.options;
  });
}
