/** A config.json that is right, with every kind of entry that checks look at; a new copy at each call. */
export function goodConfig(): Record<string, unknown> {
  return {
    ociVersion: "1.2.0",
    root: { path: "rootfs", readonly: true },
    hostname: "web",
    domainname: "example",
    process: {
      cwd: "/",
      args: ["sh", "-c", "true"],
      env: ["PATH=/bin", "EMPTY="],
      user: { uid: 1000, gid: 1000, additionalGids: [5], umask: 18 },
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 2 ** 64 }],
      capabilities: { bounding: ["CAP_KILL"], effective: [], permitted: ["CAP_KILL"] },
      oomScoreAdj: -1000,
    },
    mounts: [
      { destination: "/proc", type: "proc" },
      {
        destination: "/data",
        source: "/srv",
        type: "bind",
        options: ["bind", "idmap"],
        uidMappings: [{ containerID: 0, hostID: 0, size: 10 }],
        gidMappings: [{ containerID: 0, hostID: 0, size: 10 }],
      },
    ],
    hooks: { poststop: [{ path: "/bin/true", timeout: 1, env: ["A=b"] }] },
    annotations: { "org.example/key": "" },
    linux: {
      namespaces: [
        { type: "pid", path: "/proc/1234/ns/pid" },
        { type: "network" },
        { type: "mount" },
        { type: "ipc" },
        { type: "uts" },
        { type: "user" },
        { type: "cgroup" },
        { type: "time" },
      ],
      uidMappings: [
        { containerID: 0, hostID: 100000, size: 65536 },
        { containerID: 65536, hostID: 1000, size: 1 },
      ],
      gidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
      timeOffsets: { monotonic: { secs: -5, nanosecs: 999999999 }, boottime: {} },
      sysctl: { "net.core.somaxconn": "256", "kernel.msgmax": "65536", "kernel.domainname": "x" },
      maskedPaths: ["/proc/kcore"],
      readonlyPaths: ["/proc/sys"],
      rootfsPropagation: "rslave",
      cgroupsPath: "/pod/web",
      devices: [
        { type: "c", path: "/dev/fuse", major: 10, minor: 229, fileMode: 438 },
        { type: "p", path: "/run/pipe" },
      ],
      netDevices: { eth0: { name: "web0" } },
      resources: {
        devices: [{ allow: true, type: "c", major: -1, minor: 0, access: "rwm" }],
        memory: { limit: -1, swappiness: 0 },
      },
      seccomp: {
        defaultAction: "SCMP_ACT_ERRNO",
        defaultErrnoRet: 38,
        architectures: ["SCMP_ARCH_X86_64"],
        listenerPath: "/run/agent.sock",
        syscalls: [
          { names: ["read"], action: "SCMP_ACT_ALLOW" },
          { names: ["mount"], action: "SCMP_ACT_NOTIFY" },
          {
            names: ["clone"],
            action: "SCMP_ACT_TRACE",
            errnoRet: 65535,
            args: [{ index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
          },
        ],
      },
    },
  };
}

/** Put a value at a JSON pointer, or take it away when it is `undefined`. */
export function put(config: Record<string, unknown>, pointer: string, value: unknown): void {
  const keys = pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop() ?? "";
  let target: Record<string, unknown> = config;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
}
