import { entryAt, isKnown, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Nodes that every container has: runtime-spec, config-linux.md#default-devices. */
const harmless = /^\/dev\/(?:null|zero|full|random|urandom|tty|console|ptmx)$/;

/** Devices that lead to the host by themselves. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^\/dev\/?$/, "all devices of the host"],
  [/^\/dev\/(?:sd[a-z]|x?vd[a-z]|hd[a-z]|nvme|mmcblk|dm-|md\d|loop|mapper\/|disk\/)/, "a disk"],
  [/^\/dev\/(?:mem|kmem|port)$/, "the memory of the kernel"],
  [/^\/dev\/kvm$/, "virtual machines"],
  [/^\/dev\/fuse$/, "file systems in user space"],
];

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1028",
    name: "service-with-host-device",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Device of the host is given to a service",
    why: "A disk is read and written past all file permissions, memory devices hold the kernel, and every driver is a way into it.",
    howToFix:
      "Remove the device. A GPU is better asked for by `deploy.resources.reservations.devices`.",
    bad: "services:\n  web:\n    image: app:1\n    devices: [/dev/sda:/dev/sda]\n",
    good: "services:\n  web:\n    image: app:1\n    devices: [/dev/null:/dev/null]\n",
    since: "0.1.0",
    aliases: ["docker-bench:5.18"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-5.18"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#devices",
      "https://www.kernel.org/doc/html/latest/admin-guide/devices.html",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const devices = entryAt(service, "devices")?.value;
      if (devices?.kind !== "list") continue;
      for (const item of devices.items) {
        const value = item.kind === "map" ? scalarAt(item, "source") : item;
        if (value?.kind !== "scalar") continue;
        const path = value.text.split(":")[0] ?? "";
        // Names of the container device interface, vendor.example/class=name, are no paths.
        if (!path.startsWith("/dev") || !isKnown(path) || harmless.test(path)) continue;
        const kind = kinds.find(([pattern]) => pattern.test(path))?.[1];
        report(
          value.span,
          `service "${service.name}" gets device "${path}"${kind === undefined ? "" : `, ${kind}`}`,
          kind === undefined ? { severity: "medium" } : {},
        );
      }
    }
  },
});

export default rule;
