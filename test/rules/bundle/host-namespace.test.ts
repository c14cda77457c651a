import rule from "../../../src/rules/bundle/host-namespace.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"linux": {"namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "user"}]}}',
    // of a pod
    '{"linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/proc/4242/ns/net"}, {"type": "mount"}, {"type": "ipc", "path": "/run/netns/pod"}, {"type": "uts"}, {"type": "user"}]}}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}}',
  ],
  found: [
    {
      source:
        '{"linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}',
      findings: [{ text: '"namespaces"', message: `no "network" namespace: the host's is shared` }],
    },
    {
      source:
        '{"linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/proc/1/ns/net"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "user"}]}}',
      findings: [
        {
          text: '"/proc/1/ns/net"',
          message: `"network" namespace at "/proc/1/ns/net" is the host's`,
        },
      ],
    },
    {
      source:
        '{"linux": {"namespaces": [{"type": "pid", "path": "/proc/self/ns/pid"}, {"type": "network"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts", "path": "/proc/1/ns/uts"}, {"type": "user"}]}}',
      findings: [
        {
          text: '"/proc/self/ns/pid"',
          message: `"pid" namespace at "/proc/self/ns/pid" is the host's`,
        },
        { text: '"/proc/1/ns/uts"', message: `"uts" namespace at "/proc/1/ns/uts" is the host's` },
      ],
    },
    {
      source: '{"linux": {"namespaces": []}}',
      findings: [
        { text: '"namespaces"', message: `no "ipc" namespace: the host's is shared` },
        { text: '"namespaces"', message: `no "mount" namespace: the host's is shared` },
        { text: '"namespaces"', message: `no "network" namespace: the host's is shared` },
        { text: '"namespaces"', message: `no "pid" namespace: the host's is shared` },
        { text: '"namespaces"', message: `no "uts" namespace: the host's is shared` },
      ],
    },
    {
      source: '{"linux": {"namespaces": null}}',
      findings: [
        { text: '"linux"', message: `no "ipc" namespace: the host's is shared` },
        { text: '"linux"', message: `no "mount" namespace: the host's is shared` },
        { text: '"linux"', message: `no "network" namespace: the host's is shared` },
        { text: '"linux"', message: `no "pid" namespace: the host's is shared` },
        { text: '"linux"', message: `no "uts" namespace: the host's is shared` },
      ],
    },
  ],
});
