import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bash } from "./scenario.ts";

/** The lines of docs/engines.md. */
const DOCUMENTED = `[engine]
runtime = "tguard"
runtime_supports_json = ["tguard"]
`;

/** Configuration files for podman and buildah, and the environment that names them. */
export function podmanConfiguration(
  folder: string,
  root: string,
  runRoot: string,
): Record<string, string> {
  // Podman's own default asks for more than a machine without CAP_SYS_RESOURCE can give, whatever the runtime.
  const hard = bash("ulimit -Hn; ulimit -Hu").out.split("\n");
  const files = {
    "containers.conf": `${DOCUMENTED}cgroup_manager = "cgroupfs"
events_logger = "file"
[engine.runtimes]
tguard = ["/usr/local/bin/tguard"]
[containers]
default_ulimits = ["nofile=${hard[0]}:${hard[0]}", "nproc=${hard[1]}:${hard[1]}"]
`,
    "storage.conf": `[storage]
driver = "overlay"
graphroot = "${root}"
runroot = "${runRoot}"
`,
  };
  mkdirSync("/etc/containers", { recursive: true });
  writeFileSync("/etc/containers/policy.json", '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    CONTAINERS_CONF: join(folder, "containers.conf"),
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
  };
}
