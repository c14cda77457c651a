import rule from "../../../src/rules/bundle/root-on-host.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"linux": {"uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]}}',
    '{"linux": {"uidMappings": [{"containerID": 1, "hostID": 0, "size": 1}, {"containerID": 0, "hostID": 100000, "size": 1}]}}',
    '{"process": null}',
    // another user, no user namespace
    '{"process": {"user": {"uid": 1000, "gid": 0}}, "linux": {"namespaces": [{"type": "pid"}]}}',
    // joined: its maps are not here
    '{"linux": {"namespaces": [{"type": "user", "path": "/proc/4242/ns/user"}], "uidMappings": null}}',
    // not Linux
    '{"linux": null, "windows": {"layerFolders": ["x"]}}',
  ],
  found: [
    {
      source: '{"linux": {"namespaces": [{"type": "pid"}]}}',
      findings: [{ text: "0", message: "process is root on the host: no user namespace" }],
    },
    // uid 0 is the default
    {
      source: '{"process": {"user": null}, "linux": {"namespaces": null}}',
      findings: [{ text: '"process"', message: "process is root on the host: no user namespace" }],
    },
    {
      source: '{"linux": {"uidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}]}}',
      findings: [{ text: "0", message: "process is root on the host: user 0 is mapped to 0" }],
    },
    // another user may be mapped to root, too
    {
      source:
        '{"process": {"user": {"uid": 5, "gid": 5}}, "linux": {"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 5}, {"containerID": 5, "hostID": 0, "size": 1}]}}',
      findings: [{ text: "0", message: "process is root on the host: user 5 is mapped to 0" }],
    },
    // the host's own user namespace
    {
      source: '{"linux": {"namespaces": [{"type": "user", "path": "/proc/1/ns/user"}]}}',
      findings: [{ text: "0", message: "process is root on the host: no user namespace" }],
    },
  ],
});
