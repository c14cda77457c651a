import rule from "../../../src/rules/bundle/sensitive-host-mount.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { bundleModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, bundleModelFromSnippet, {
  clean: [
    "{}",
    '{"mounts": null}',
    // the kernel's own file systems
    '{"mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}, {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}, {"destination": "/sys", "type": "sysfs", "source": "sysfs"}, {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"}, {"destination": "/dev/shm", "type": "tmpfs", "source": "shm"}]}',
    // files that every container gets
    '{"mounts": [{"destination": "/etc/resolv.conf", "type": "bind", "source": "/etc/resolv.conf", "options": ["rbind", "ro"]}, {"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["rbind", "ro"]}, {"destination": "/etc/hostname", "type": "bind", "source": "/etc/hostname", "options": ["rbind", "ro"]}, {"destination": "/etc/localtime", "type": "bind", "source": "/etc/localtime", "options": ["rbind", "ro"]}, {"destination": "/etc/ssl/certs", "type": "bind", "source": "/etc/ssl/certs", "options": ["rbind", "ro"]}, {"destination": "/z", "type": "bind", "source": "/usr/share/zoneinfo", "options": ["rbind", "ro"]}]}',
    // engine-socket-mount reports it
    '{"mounts": [{"destination": "/a", "type": "bind", "source": "/run/docker.sock"}]}',
    // data
    '{"mounts": [{"destination": "/d", "type": "bind", "source": "/srv/app", "options": ["rbind", "rw"]}, {"destination": "/e", "type": "bind", "source": "/home/user/data", "options": ["rbind", "rw"]}, {"destination": "/f", "type": "bind", "source": "/var/lib/postgresql", "options": ["rbind", "rw"]}, {"destination": "/g", "type": "bind", "source": "/opt/x", "options": ["rbind", "rw"]}]}',
    // names that only begin alike
    '{"mounts": [{"destination": "/d", "type": "bind", "source": "/etcetera", "options": ["rbind", "rw"]}, {"destination": "/e", "type": "bind", "source": "/usr2", "options": ["rbind", "rw"]}, {"destination": "/f", "type": "bind", "source": "/rooted", "options": ["rbind", "rw"]}, {"destination": "/g", "type": "bind", "source": "/develop", "options": ["rbind", "rw"]}]}',
    // programs that nobody can change
    '{"mounts": [{"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]}, {"destination": "/lib64", "type": "bind", "source": "/lib64", "options": ["bind", "rro"]}]}',
    // relative to the bundle
    '{"mounts": [{"destination": "/d", "type": "bind", "source": "data", "options": ["rbind", "rw"]}, {"destination": "/e", "type": "bind", "source": "./rootfs/etc", "options": ["rbind", "rw"]}]}',
    // default devices, as a rootless engine gives them
    '{"mounts": [{"destination": "/dev/null", "type": "bind", "source": "/dev/null", "options": ["bind"]}, {"destination": "/dev/urandom", "type": "bind", "source": "/dev/urandom", "options": ["bind"]}]}',
    // sysfs of a rootless container
    '{"mounts": [{"destination": "/sys", "type": "bind", "source": "/sys", "options": ["rbind", "nosuid", "noexec", "nodev", "ro"]}]}',
    // files that an engine made for this container
    '{"mounts": [{"destination": "/etc/resolv.conf", "type": "bind", "source": "/run/containers/storage/overlay-containers/0a/userdata/resolv.conf", "options": ["rbind", "rw"]}, {"destination": "/etc/hosts", "type": "bind", "source": "/var/lib/docker/containers/0a/hosts", "options": ["rbind", "rw"]}, {"destination": "/dev/shm", "type": "bind", "source": "/var/lib/containers/storage/overlay-containers/0a/userdata/shm", "options": ["rbind", "rw"]}, {"destination": "/run/secrets", "type": "bind", "source": "/run/user/1000/containers/overlay-containers/0a/userdata/secrets", "options": ["rbind", "rw"]}]}',
  ],
  found: [
    {
      source:
        '{"mounts": [{"destination": "/host", "type": "bind", "source": "/", "options": ["rbind", "ro"]}]}',
      findings: [{ text: '"/"', message: '"/" of the host is mounted read-only' }],
    },
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/etc", "options": ["rbind", "rw"]}, {"destination": "/b", "type": "bind", "source": "/etc/shadow", "options": ["rbind", "ro"]}, {"destination": "/c", "type": "bind", "source": "/etc/resolv.conf", "options": ["rbind", "rw"]}]}',
      findings: [
        { text: '"/etc"', message: '"/etc" of the host is mounted writable' },
        { text: '"/etc/shadow"', message: '"/etc/shadow" of the host is mounted read-only' },
        {
          text: '"/etc/resolv.conf"',
          message: '"/etc/resolv.conf" of the host is mounted writable',
        },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/proc", "options": ["rbind", "rw"]}, {"destination": "/b", "type": "bind", "source": "/sys/kernel", "options": ["rbind", "ro"]}, {"destination": "/c", "type": "bind", "source": "/dev", "options": ["rbind", "rw"]}, {"destination": "/d", "type": "bind", "source": "/dev/sda", "options": ["rbind", "ro"]}]}',
      findings: [
        { text: '"/proc"', message: '"/proc" of the host is mounted writable' },
        { text: '"/sys/kernel"', message: '"/sys/kernel" of the host is mounted read-only' },
        { text: '"/dev"', message: '"/dev" of the host is mounted writable' },
        { text: '"/dev/sda"', message: '"/dev/sda" of the host is mounted read-only' },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/usr/local", "options": ["rbind", "rw"]}, {"destination": "/b", "type": "bind", "source": "/var/lib/docker", "options": ["rbind", "ro"]}, {"destination": "/c", "type": "bind", "source": "/home", "options": ["rbind", "ro"]}, {"destination": "/d", "type": "bind", "source": "/root/.ssh", "options": ["rbind", "ro"]}, {"destination": "/e", "type": "bind", "source": "/boot", "options": ["rbind", "ro"]}]}',
      findings: [
        { text: '"/usr/local"', message: '"/usr/local" of the host is mounted writable' },
        {
          text: '"/var/lib/docker"',
          message: '"/var/lib/docker" of the host is mounted read-only',
        },
        { text: '"/home"', message: '"/home" of the host is mounted read-only' },
        { text: '"/root/.ssh"', message: '"/root/.ssh" of the host is mounted read-only' },
        { text: '"/boot"', message: '"/boot" of the host is mounted read-only' },
      ],
    },
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/var/run/app", "options": ["rbind", "rw"]}]}',
      findings: [
        { text: '"/var/run/app"', message: '"/var/run/app" of the host is mounted writable' },
      ],
    },
    // out of the bundle
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "../etc", "options": ["rbind", "rw"]}]}',
      findings: [{ text: '"../etc"', message: '"../etc" of the host is mounted writable' }],
    },
    // the last option counts
    {
      source:
        '{"mounts": [{"destination": "/a", "type": "bind", "source": "/usr", "options": ["bind", "ro", "rw"]}, {"destination": "/b", "type": "bind", "source": "/usr", "options": ["bind", "rw", "ro"]}]}',
      findings: [{ text: '"/usr"', message: '"/usr" of the host is mounted writable' }],
    },
    // sysfs elsewhere
    {
      source:
        '{"mounts": [{"destination": "/host/sys", "type": "bind", "source": "/sys", "options": ["rbind", "ro"]}]}',
      findings: [{ text: '"/sys"', message: '"/sys" of the host is mounted read-only' }],
    },
  ],
});
