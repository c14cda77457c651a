import rule from "../../../src/rules/bundle/engine-socket-mount.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"mounts": null}',
    '{"mounts": [{"destination": "/s", "type": "bind", "source": "/srv/app.sock", "options": ["bind"]}]}',
    // a file system of the container's own
    '{"mounts": [{"destination": "/run", "type": "tmpfs", "source": "/run"}]}',
    '{"mounts": [{"destination": "/r", "type": "bind", "source": "/run/app", "options": ["rbind"]}]}',
    '{"mounts": [{"destination": "/x", "type": "bind", "source": "/var/lib/docker.sock.d", "options": ["bind"]}]}',
    '{"mounts": [{"destination": "/r", "type": "bind", "source": "/run/user/1000/app", "options": ["bind"]}]}',
  ],
  found: [
    // read-only does not help
    {
      source:
        '{"mounts": [{"destination": "/var/run/docker.sock", "type": "bind", "source": "/var/run/docker.sock", "options": ["rbind", "ro"]}]}',
      findings: [
        {
          text: '"/var/run/docker.sock"',
          message: '"/var/run/docker.sock" is the socket of an engine',
        },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/run/../run/docker.sock", "options": ["bind"]}, {"destination": "/b", "type": "bind", "source": "/run/user/1000/podman/podman.sock", "options": ["bind"]}]}',
      findings: [
        {
          text: '"/run/../run/docker.sock"',
          message: '"/run/../run/docker.sock" is the socket of an engine',
        },
        {
          text: '"/run/user/1000/podman/podman.sock"',
          message: '"/run/user/1000/podman/podman.sock" is the socket of an engine',
        },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/c", "type": "bind", "source": "/run/containerd", "options": ["bind"]}]}',
      findings: [
        {
          text: '"/run/containerd"',
          message:
            '"/run/containerd" holds the socket of an engine, "/run/containerd/containerd.sock"',
        },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/r", "type": "bind", "source": "/var/run/", "options": ["rbind"]}]}',
      findings: [
        {
          text: '"/var/run/"',
          message: '"/var/run/" holds the socket of an engine, "/run/docker.sock"',
        },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/h", "type": "bind", "source": "/", "options": ["rbind"]}]}',
      findings: [{ text: '"/"', message: '"/" holds the socket of an engine, "/run/docker.sock"' }],
    },
    {
      source:
        '{"mounts": [{"destination": "/u", "type": "bind", "source": "/run/user/1000", "options": ["rbind"]}]}',
      findings: [
        {
          text: '"/run/user/1000"',
          message: '"/run/user/1000" holds the sockets of rootless engines',
        },
      ],
    },
    // type bind without the option, and the option without the type
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/run/docker.sock"}, {"destination": "/b", "source": "/run/docker.sock", "options": ["bind"]}]}',
      findings: [
        { text: '"/run/docker.sock"', message: '"/run/docker.sock" is the socket of an engine' },
        { text: '"/run/docker.sock"', message: '"/run/docker.sock" is the socket of an engine' },
      ],
    },
  ],
});
