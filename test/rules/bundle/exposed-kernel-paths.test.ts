import rule from "../../../src/rules/bundle/exposed-kernel-paths.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    // nothing is mounted that could be seen
    '{"mounts": [], "linux": {"maskedPaths": null, "readonlyPaths": null}}',
    // a parent covers what is below; masked is read-only, too
    '{"linux": {"maskedPaths": ["/proc", "/sys/firmware"], "readonlyPaths": null}}',
    // only proc: nothing of sysfs
    '{"mounts": [{"destination": "/proc", "type": "proc"}], "linux": {"maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list"]}}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}}',
  ],
  found: [
    {
      source:
        '{"linux": {"maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list"]}}',
      findings: [{ text: '"maskedPaths"', message: "not masked: /sys/firmware" }],
    },
    {
      source: '{"linux": {"maskedPaths": [], "readonlyPaths": ["/proc/sys/kernel"]}}',
      findings: [
        {
          text: '"maskedPaths"',
          message:
            "not masked: /proc/kcore, /proc/keys, /proc/timer_list, /proc/sched_debug, /sys/firmware",
        },
        {
          text: '"readonlyPaths"',
          message: "not read-only: /proc/bus, /proc/fs, /proc/irq, /proc/sys, /proc/sysrq-trigger",
        },
      ],
    },
    // the host's /proc, bound
    {
      source:
        '{"mounts": [{"destination": "/proc", "source": "/proc", "options": ["rbind"]}], "linux": {"maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list", "/sys/firmware"], "readonlyPaths": null}}',
      findings: [
        {
          text: '"linux"',
          message: "not read-only: /proc/bus, /proc/fs, /proc/irq, /proc/sys, /proc/sysrq-trigger",
        },
      ],
    },
  ],
});
