import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { Op } from "./ops.ts";

/**
 * Plan `linux.netDevices` (config-linux.md#network-devices): each is moved by name, and renamed on the way; a new name with
 * %d gets the first number that is free in the container.
 */
export function planNetDevices(config: RuntimeConfig): readonly Op[] {
  return Object.entries(config.linux?.netDevices ?? {}).map(([name, device]) => ({
    op: "move_netdev",
    at: `/linux/netDevices/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    name,
    wanted: device.name === undefined || device.name === "" ? name : device.name,
  }));
}
