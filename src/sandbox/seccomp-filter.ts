import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { HostFacts } from "../sys/host.ts";
import type { SeccompFilter } from "./process.ts";

/** The filter of `linux.seccomp` as the kernel takes it, from the cache if it was compiled before. */
export async function compileFilter(
  config: RuntimeConfig,
  host: HostFacts,
  cacheDir: string,
): Promise<SeccompFilter | undefined> {
  const seccomp = config.linux?.seccomp;
  if (seccomp === undefined) return undefined;
  const { loadOrCompile } = await import("../seccomp/cache.ts");
  return loadOrCompile(seccomp, { arch: host.arch, kernelRelease: host.kernelRelease }, cacheDir);
}
