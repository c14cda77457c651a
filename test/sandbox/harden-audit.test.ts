import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseBundleConfig } from "../../src/audit/bundle/parse.ts";
import type { Rule } from "../../src/audit/rule.ts";
import { UserError } from "../../src/base/error.ts";
import type { RuntimeConfig } from "../../src/oci/runtime-config.ts";
import { rules } from "../../src/rules/index.generated.ts";
import { harden } from "../../src/sandbox/harden.ts";
import { loadPolicy } from "../../src/sandbox/policy.ts";
import { findingsOf } from "../support/rule-tester.ts";
import { carelessConfig, KERNEL_MOUNTS, ROOT_FACTS } from "./harden-support.ts";

const isBundleRule = (rule: Rule): rule is Rule<"bundle"> => rule.meta.target === "bundle";
const bundleRules = rules.filter((rule): rule is Rule<"bundle"> => isBundleRule(rule as Rule));

/** What the bundle rules say of a config, `name: message`. */
function audit(config: RuntimeConfig): readonly string[] {
  const names = { displayName: "b", path: "b/config.json", directory: "/bundles/web" };
  const model = parseBundleConfig(JSON.stringify(config), names);
  return bundleRules.flatMap((rule) =>
    findingsOf(rule, model).map(({ message }) => `${rule.meta.name}: ${message}`),
  );
}

/** Every config.json below fixtures/ that a Linux runtime could run. */
function samples(): [string, RuntimeConfig][] {
  const root = fileURLToPath(new URL("../../fixtures", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".json"),
  );
  return files.flatMap((file): [string, RuntimeConfig][] => {
    const text = readFileSync(join(root, file), "utf8");
    if (!text.includes('"ociVersion"')) return [];
    try {
      const { config } = parseBundleConfig(text, {
        displayName: file,
        path: file,
        directory: "/b",
      });
      const isLinux = !Object.keys(config).some((key) =>
        /^(windows|zos|freebsd|solaris|vm)$/.test(key),
      );
      return isLinux ? [[file, config]] : [];
    } catch (error) {
      // Samples of what is wrong, and state files.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

describe("what harden has passed over audits clean", () => {
  const all = samples();
  it("there are rules and samples to try", () => {
    expect(bundleRules.length).toBeGreaterThanOrEqual(8);
    expect(all.length).toBeGreaterThanOrEqual(5);
  });
  it("the careless config is found out before", () => {
    const names = new Set(audit(carelessConfig()).map((line) => line.split(":")[0]));
    expect(names.size).toBeGreaterThanOrEqual(7);
  });
  it.each(["default", "strict"])("profile %s, careless config", async (profile) => {
    const { config } = harden(carelessConfig(), await loadPolicy(profile), ROOT_FACTS);
    expect(audit(config)).toEqual([]);
  });
  it.each(all)("profile default, %s", async (_, sample) => {
    let config: RuntimeConfig;
    try {
      ({ config } = harden(sample, await loadPolicy("default"), ROOT_FACTS));
    } catch (error) {
      // Refused, so never run: it must be for a reason that the audit gives as well.
      if (!(error instanceof UserError)) throw error;
      expect(audit(sample).join("\n")).toMatch(/sensitive-host-mount|engine-socket-mount/);
      return;
    }
    expect(audit(config)).toEqual([]);
  });

  // Each bind source on its own: harden refuses it, or the audit has nothing to say.
  const sources = [
    ..."/ /bin /boot /boot/efi /dev /dev/null /dev/sda /etc /etc/hosts /etc/passwd /home /home/ann".split(
      " ",
    ),
    ..."/lib /lib32/x /lib64 /libx32 /opt /proc /proc/1 /root /root/x /run /run/a /run/user/1000".split(
      " ",
    ),
    ..."/sbin /srv/a /sys /sys/class /tmp /usr /usr/local/bin /var /var/lib /var/lib/app /var/log".split(
      " ",
    ),
    ..."/var/lib/docker /var/lib/kubelet/pods/x /var/run/docker.sock /srv/docker.sock /mnt/crio.sock".split(
      " ",
    ),
    ..."/run/containerd/containerd.sock /run/k3s/containerd/containerd.sock /run/cri-dockerd.sock".split(
      " ",
    ),
    ..."/var/lib/docker/containers/1/hosts /var/lib/kubelet/pods/1/etc-hosts /etc/ssl/certs".split(
      " ",
    ),
    ..."/run/containers/storage/x/userdata/resolv.conf /etc/pki/tls/certs /bundles/web/x data ..".split(
      " ",
    ),
  ];
  it.each(sources)("a bind of %s", async (source) => {
    const policy = await loadPolicy("default");
    for (const options of [["rbind"], ["bind", "ro"]]) {
      const mounts = [...KERNEL_MOUNTS, { destination: "/mnt", type: "bind", source, options }];
      try {
        expect(audit(harden(carelessConfig({ mounts }), policy, ROOT_FACTS).config)).toEqual([]);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  });
  it("an ordinary user's /sys", async () => {
    const policy = await loadPolicy("default");
    const mount = { destination: "/sys", type: "none", source: "/sys", options: ["rbind", "rro"] };
    const { config } = harden(carelessConfig({ mounts: [mount] }), policy, ROOT_FACTS);
    expect(audit(config)).toEqual([]);
  });
});
