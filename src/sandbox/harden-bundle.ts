import { type Bundle, readBundle } from "../oci/bundle.ts";
import { readHostFacts } from "../sys/host.ts";
import { readCgroupFacts } from "./cgroup/detect.ts";
import { type Hardened, harden } from "./harden.ts";
import { hardenFactsOf } from "./harden-facts.ts";
import { loadPolicy, type Policy } from "./policy.ts";

/**
 * Read a bundle and harden its config.json for this machine; nothing is written.
 * @throws UserError when the bundle or the policy is wrong, or the policy refuses the bundle.
 */
export async function hardenBundle(
  dir: string,
  profile: string,
): Promise<{ readonly bundle: Bundle; readonly policy: Policy; readonly hardened: Hardened }> {
  const bundle = readBundle(dir);
  const policy = await loadPolicy(profile);
  // Elsewhere the result is what root of a usual Linux would get.
  const cgroups = process.platform === "linux" ? readCgroupFacts(bundle.config.linux) : undefined;
  const facts = hardenFactsOf(bundle, policy, readHostFacts(), cgroups);
  return { bundle, policy, hardened: harden(bundle.config, policy, facts) };
}
