/** New lines for a container's resctrl group (x86/resctrl.rst): `update --l3-cache-schema` and `--mem-bw-schema`. */
import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import type { UpdateWrite } from "./cgroup/update.ts";
import type { RdtSchemas } from "./update-flags.ts";

/**
 * The writes of the schemas.
 * @throws UserError when this kernel does not allocate the resource, or the container has no group there.
 */
export function planSchemata(
  id: string,
  { l3, memoryBandwidth }: RdtSchemas,
  root: string | undefined = resctrlRoot(),
): readonly UpdateWrite[] {
  const need = (resource: string, what: string, option: string): void => {
    if (root !== undefined && existsSync(`${root}/info/${resource}`)) return;
    throw new UserError(`Intel RDT: ${what} is not enabled`, {
      where: option,
      cause: new Error(
        root === undefined
          ? "resctrl is not mounted"
          : `the processor has no ${resource} allocation`,
      ),
      hint: "mount -t resctrl resctrl /sys/fs/resctrl, on a processor and kernel that have it",
    });
  };
  if (l3 !== undefined) need("L3", "l3 cache schema", "--l3-cache-schema");
  if (memoryBandwidth !== undefined) need("MB", "memory bandwidth schema", "--mem-bw-schema");
  const path = `${root}/${id}/schemata`;
  if (!existsSync(path))
    throw new UserError(`container "${id}" has no resctrl group`, {
      where: `${root}/${id}`,
      hint: "start it with linux.intelRdt in its config.json",
    });
  const write = (value: string): UpdateWrite => ({
    at: "/intelRdt",
    path,
    value: `${value}\n`,
    optional: false,
  });
  return [l3, memoryBandwidth].filter((line) => line !== undefined).map(write);
}

function resctrlRoot(): string | undefined {
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [before, after] = line.split(" - ");
    if (after?.startsWith("resctrl ") === true) return before?.split(" ")[4];
  }
  return undefined;
}
