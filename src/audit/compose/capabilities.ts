import type { Report } from "../rule.ts";
import { removeItem } from "./edit.ts";
import type { ComposeFile, ComposeScalar, ComposeService } from "./model.ts";
import { itemsAt } from "./query.ts";

/** What Docker grants by default: moby, oci/caps/defaults.go. */
export const defaultCapabilities: ReadonlySet<string> = new Set([
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

/** A capability of `cap_add`, as `CAP_…` in capitals (`CAP_ALL` is all of them), and where it stands. */
export function addedCapabilities(
  service: ComposeService,
): readonly { readonly name: string; readonly item: ComposeScalar }[] {
  return itemsAt(service, "cap_add").map((item) => {
    const upper = item.text.trim().toUpperCase();
    return { name: upper.startsWith("CAP_") ? upper : `CAP_${upper}`, item };
  });
}

/** Report every service that is given one capability, by its name or by ALL. */
export function reportCapability(
  file: ComposeFile,
  capability: string,
  report: Report,
  severityOf: (service: ComposeService) => Parameters<Report>[2] = () => undefined,
): void {
  for (const service of file.services)
    for (const { name, item } of addedCapabilities(service)) {
      if (name !== capability && name !== "CAP_ALL") continue;
      const by = name === "CAP_ALL" ? " by ALL" : "";
      report(item.span, `service "${service.name}" has ${capability}${by}`, {
        ...severityOf(service),
        ...removeItem(file, service, "cap_add", item),
      });
    }
}
