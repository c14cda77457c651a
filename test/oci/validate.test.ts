import { expect, test } from "vitest";
import { validateConfig } from "../../src/oci/validate.ts";
import { valueAt } from "../../src/oci/violation.ts";
import { goodConfig, put } from "./config.ts";

/** What is changed in a good config.json (by JSON pointer), and what is said about it. */
type Row = readonly [changes: Readonly<Record<string, unknown>>, messages: readonly string[]];

const types: readonly Row[] = [
  [{ "/process/args": 42 }, ["/process/args must be an array of strings, found a number (42)"]],
  [{ "/process/args/1": null }, ["/process/args/1 must be a string, found null"]],
  [{ "/process/args": {} }, ["/process/args must be an array of strings, found an empty object"]],
  [{ "/process/cwd": undefined }, ["/process/cwd is missing: it must be a string"]],
  [{ "/hooks": [] }, ["/hooks must be an object, found an empty array"]],
  [{ "/mounts": "/proc" }, ['/mounts must be an array of objects, found a string ("/proc")']],
  [{ "/annotations/a": 1 }, ["/annotations/a must be a string, found a number (1)"]],
  [
    { "/annotations": ["x", "y"] },
    ["/annotations must be an object whose values are strings, found an array of 2 items"],
  ],
  [
    { "/process/user/uid": 1.5 },
    ["/process/user/uid must be a whole number from 0 to 4294967294, found a number (1.5)"],
  ],
  [{ "/hostname": ["x".repeat(100)] }, ["/hostname must be a string, found an array of 1 item"]],
  [
    { "/process/terminal": "x".repeat(100) },
    [`/process/terminal must be true or false, found a string ("${"x".repeat(59)}…")`],
  ],
  [
    { "/process/terminal": "\u001b[2J\u202e" },
    ['/process/terminal must be true or false, found a string ("\\u001b[2J\\u202e")'],
  ],
  [
    { "/linux/namespaces/0/type": 7 },
    [
      '/linux/namespaces/0/type must be one of "mount", "pid", "network", "uts", "ipc", "user", "cgroup", "time", found a number (7)',
    ],
  ],
];

const ranges: readonly Row[] = [
  [
    { "/process/oomScoreAdj": -1001 },
    ["/process/oomScoreAdj must be a whole number from -1000 to 1000, found -1001"],
  ],
  [
    { "/process/user/umask": 512 },
    [
      "/process/user/umask must be permission bits as a decimal number from 0 to 511 (octal 0777), found 512",
    ],
  ],
  [
    { "/process/user/gid": 4294967295 },
    ["/process/user/gid must be a whole number from 0 to 4294967294, found 4294967295"],
  ],
  [
    { "/process/consoleSize": { height: 24, width: 65536 } },
    ["/process/consoleSize/width must be a whole number from 0 to 65535, found 65536"],
  ],
  [
    { "/hooks/poststop/0/timeout": 0 },
    ["/hooks/poststop/0/timeout must be a whole number of 1 or more, found 0"],
  ],
  [
    { "/linux/timeOffsets/boottime/nanosecs": 1_000_000_000 },
    [
      "/linux/timeOffsets/boottime/nanosecs must be a whole number from 0 to 999999999, found 1000000000",
    ],
  ],
  [
    { "/linux/resources/memory/limit": -2 },
    ["/linux/resources/memory/limit must be a number of bytes, or -1 for no limit, found -2"],
  ],
  [
    { "/linux/resources/memory/swappiness": 101 },
    ["/linux/resources/memory/swappiness must be a whole number from 0 to 100, found 101"],
  ],
  [
    { "/linux/seccomp/syscalls/2/args/0/index": 6 },
    ["/linux/seccomp/syscalls/2/args/0/index must be a whole number from 0 to 5, found 6"],
  ],
];

const names: readonly Row[] = [
  [
    { "/process/capabilities/bounding/0": "CAP_SYS_ADMN" },
    [
      '/process/capabilities/bounding/0 must be a known name, found "CAP_SYS_ADMN"; did you mean "CAP_SYS_ADMIN"?',
    ],
  ],
  [
    { "/process/rlimits/0/type": "RLIMIT_NOFILES" },
    [
      '/process/rlimits/0/type must be a known name, found "RLIMIT_NOFILES"; did you mean "RLIMIT_NOFILE"?',
    ],
  ],
  [
    { "/linux/namespaces/0/type": "Network" },
    [
      '/linux/namespaces/0/type must be one of "mount", "pid", "network", "uts", "ipc", "user", "cgroup", "time", found "Network"; did you mean "network"?',
    ],
  ],
  [
    { "/linux/rootfsPropagation": "public" },
    [
      '/linux/rootfsPropagation must be one of "private", "shared", "slave", "unbindable", "rprivate", "rshared", "rslave", "runbindable", found "public"',
    ],
  ],
  [
    { "/linux/devices/0/type": "char" },
    ['/linux/devices/0/type must be one of "c", "b", "u", "p", found "char"'],
  ],
  [
    { "/linux/resources/devices/0/type": "u" },
    ['/linux/resources/devices/0/type must be one of "a", "c", "b", found "u"'],
  ],
  [
    { "/linux/resources/devices/0/access": "rx" },
    ['/linux/resources/devices/0/access must be a composition of "r", "w" and "m", found "rx"'],
  ],
  [
    { "/linux/seccomp/defaultAction": "SCMP_ACT_ALOW" },
    [
      '/linux/seccomp/defaultAction must be one of "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", found "SCMP_ACT_ALOW"; did you mean "SCMP_ACT_ALLOW"?',
    ],
  ],
  [
    { "/linux/seccomp/architectures/0": "SCMP_ARCH_X8664" },
    [
      '/linux/seccomp/architectures/0 must be a known name, found "SCMP_ARCH_X8664"; did you mean "SCMP_ARCH_X86_64"?',
    ],
  ],
  [
    { "/linux/seccomp/syscalls/2/args/0/op": "SCMP_CMP_EX" },
    [
      '/linux/seccomp/syscalls/2/args/0/op must be one of "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ", found "SCMP_CMP_EX"; did you mean "SCMP_CMP_EQ"?',
    ],
  ],
  [
    { "/linux/timeOffsets/realtime": {} },
    ['/linux/timeOffsets/realtime is not a known key; known are "boottime", "monotonic"'],
  ],
];

const versions: readonly Row[] = [
  [{ "/ociVersion": "1.0.2-dev" }, []],
  [{ "/ociVersion": "1.99.0+build.5" }, []],
  [
    { "/ociVersion": "2.0.0" },
    ['/ociVersion must be a version 1.x of the runtime specification, found "2.0.0"'],
  ],
  [
    { "/ociVersion": "0.5.0-dev" },
    ['/ociVersion must be a version 1.x of the runtime specification, found "0.5.0-dev"'],
  ],
  ...["1", "1.0", "v1.0.0", "01.0.0", "1.0.0 ", ""].map(
    (version): Row => [
      { "/ociVersion": version },
      [
        `/ociVersion must be a version such as "1.2.0", found ${version === "" ? "an empty string" : `"${version}"`}`,
      ],
    ],
  ),
];

const process: readonly Row[] = [
  [{ "/root": undefined }, ['/root is missing: it must be an object such as {"path": "rootfs"}']],
  [{ "/root/path": "" }, ["/root/path must be a path, found an empty string"]],
  [{ "/process/cwd": "tmp" }, ['/process/cwd must be an absolute path, found "tmp"']],
  ...[
    "/proc/self/fd/7",
    "/proc//self/./fd/7/../../..",
    "//proc/self/task/1/fd/3",
    "/proc/1/root",
    "/tmp/../proc/12/cwd/etc",
    "/proc/sys/../thread-self/fd/",
  ].map(
    (cwd): Row => [
      { "/process/cwd": cwd },
      [`/process/cwd must be a path that does not go through a link of /proc, found "${cwd}"`],
    ],
  ),
  [{ "/process/cwd": "/proc/sys/fd" }, []],
  [{ "/process/cwd": "/srv/proc/self/fd/1" }, []],
  [
    { "/process/args/0": "/proc/self/exe" },
    [
      '/process/args/0 must be a path that does not go through a link of /proc, found "/proc/self/exe"',
    ],
  ],
  [
    { "/process/args": [] },
    ["/process/args must be a program and its arguments, found an empty array"],
  ],
  [
    { "/process/args": undefined },
    ["/process/args is missing: it must be an array of strings, the program and its arguments"],
  ],
  [
    { "/process/args/0": "" },
    ["/process/args/0 must be the name or path of a program, found an empty string"],
  ],
  [
    { "/process/env": ["A=1", "B", "=C"] },
    [
      '/process/env/1 must be a string of the form "NAME=value", found "B"',
      '/process/env/2 must be a string of the form "NAME=value", found "=C"',
    ],
  ],
  [
    { "/process/args/2": "a\0b" },
    ['/process/args/2 must not contain a NUL byte, found "a\\u0000b"'],
  ],
  [
    { "/annotations/x": "\ud800" },
    ['/annotations/x must not contain half of a surrogate pair, found "\\ud800"'],
  ],
  [{ "/annotations/x": "😀" }, []],
  [{ "/annotations/a\0": "x" }, ["/annotations/a\\u0000 has a NUL byte in its name"]],
  [{ "/annotations/": "x" }, ["/annotations/ needs a key that is not empty"]],
  [
    { "/x-unknown": { deep: [["\0"]] } },
    ['/x-unknown/deep/0/0 must not contain a NUL byte, found "\\u0000"'],
  ],
  [
    { "/process/rlimits/1": { type: "RLIMIT_NOFILE", soft: 2, hard: 1 } },
    [
      '/process/rlimits/1/type sets "RLIMIT_NOFILE" a second time',
      "/process/rlimits/1/soft must be at most the hard limit (1), found 2",
    ],
  ],
  [
    { "/hooks/poststop/0/path": "true", "/hooks/poststop/0/env": ["A"] },
    [
      '/hooks/poststop/0/path must be an absolute path, found "true"',
      '/hooks/poststop/0/env/0 must be a string of the form "NAME=value", found "A"',
    ],
  ],
];

const mounts: readonly Row[] = [
  [
    { "/mounts/0/destination": "proc" },
    ['/mounts/0/destination must be an absolute path, found "proc"'],
  ],
  [
    { "/mounts/1/gidMappings": undefined },
    ["/mounts/1/gidMappings is missing: /mounts/1/uidMappings is set"],
  ],
  [
    { "/mounts/1/uidMappings/0/size": 0 },
    ["/mounts/1/uidMappings/0/size must be 1 or more, found 0"],
  ],
];

const namespaces: readonly Row[] = [
  [
    { "/linux/namespaces/8": { type: "pid" } },
    ['/linux/namespaces/8 lists the "pid" namespace a second time'],
  ],
  [
    { "/linux/namespaces/0/path": "ns/pid" },
    ['/linux/namespaces/0/path must be an absolute path, found "ns/pid"'],
  ],
  [
    { "/linux/namespaces/0/path": "" },
    ["/linux/namespaces/0/path must be an absolute path, found an empty string"],
  ],
  // An entry of another kind takes the namespace away.
  ...(
    [
      [4, "uts", ["/hostname", "/domainname", "/linux/sysctl/kernel.domainname"]],
      [2, "mount", ["/mounts", "/linux/maskedPaths", "/linux/readonlyPaths"]],
      [1, "network", ["/linux/netDevices", "/linux/sysctl/net.core.somaxconn"]],
      [3, "ipc", ["/linux/sysctl/kernel.msgmax"]],
      [7, "time", ["/linux/timeOffsets"]],
    ] as const
  ).map(
    ([index, type, users]): Row => [
      { [`/linux/namespaces/${index}`]: {} },
      [
        `/linux/namespaces/${index}/type is missing: it must be one of "mount", "pid", "network", "uts", "ipc", "user", "cgroup", "time"`,
        ...users.map(
          (user) =>
            `${user} needs a ${type} namespace, or it would change the host: add {"type": "${type}"} to /linux/namespaces`,
        ),
      ],
    ],
  ),
  // What is empty changes nothing.
  [
    {
      "/linux/namespaces": [
        { type: "uts" },
        { type: "network" },
        { type: "ipc" },
        { type: "time" },
      ],
      "/mounts": [],
      "/linux/maskedPaths": [],
      "/linux/readonlyPaths": [],
      "/linux/uidMappings": [],
      "/linux/gidMappings": [],
    },
    [],
  ],
  [
    { "/linux/namespaces/7/path": "/proc/1234/ns/time" },
    [
      "/linux/timeOffsets needs a new time namespace; the one that /linux/namespaces joins has its offsets already",
    ],
  ],
];

const idmap: readonly Row[] = [
  [
    {
      "/linux/namespaces/5": { type: "cgroup" },
      "/linux/namespaces/6": { type: "user", path: "/n" },
    },
    [],
  ],
  [
    { "/linux/namespaces": goodNamespaces().filter(({ type }) => type !== "user") },
    [
      '/linux/uidMappings needs a user namespace: add {"type": "user"} to /linux/namespaces',
      '/linux/gidMappings needs a user namespace: add {"type": "user"} to /linux/namespaces',
    ],
  ],
  [
    { "/linux/gidMappings": undefined },
    [
      "/linux/gidMappings must map at least one id, because /linux/namespaces asks for a new user namespace",
    ],
  ],
  [
    { "/linux/uidMappings/1/containerID": 65535 },
    [
      "/linux/uidMappings/1/containerID must not overlap /linux/uidMappings/0, which reaches to 65535",
    ],
  ],
  [
    { "/linux/uidMappings/1/hostID": 100500 },
    ["/linux/uidMappings/1/hostID must not overlap /linux/uidMappings/0, which reaches to 165535"],
  ],
  [
    { "/linux/gidMappings/0": { containerID: 0, hostID: 1, size: 4294967295 } },
    [
      "/linux/gidMappings/0/hostID must be an id so that the 4294967295 ids from it on end at 4294967294 or below, found 1",
    ],
  ],
  [{ "/linux/gidMappings/0": { containerID: 0, hostID: 0, size: 4294967295 } }, []],
  [
    { "/process/user/uid": 65537, "/process/user/additionalGids/0": 65536 },
    [
      "/process/user/uid must be an id that /linux/uidMappings maps, found 65537",
      "/process/user/additionalGids/0 must be an id that /linux/gidMappings maps, found 65536",
    ],
  ],
  [
    {
      "/linux/uidMappings": Array.from({ length: 341 }, (_, i) => ({
        containerID: i * 10,
        hostID: i * 10,
        size: 10,
      })),
    },
    ["/linux/uidMappings must be at most 340 mappings, found an array of 341 items"],
  ],
];

const linux: readonly Row[] = [
  ...["kernel.core_pattern", "vm.swappiness", "net", "net/../kernel/core_pattern", "net..x"].map(
    (name): Row => [
      { [`/linux/sysctl/${name.replaceAll("/", "~1")}`]: "1" },
      [
        `/linux/sysctl/${name.replaceAll("/", "~1")} is not a sysctl that belongs to a namespace: only net.*, fs.mqueue.*, System V IPC and the names of the uts namespace do`,
      ],
    ],
  ),
  [
    { "/linux/maskedPaths/0": "proc/kcore", "/linux/readonlyPaths/0": "" },
    [
      '/linux/maskedPaths/0 must be an absolute path, found "proc/kcore"',
      "/linux/readonlyPaths/0 must be an absolute path, found an empty string",
    ],
  ],
  [
    { "/linux/devices/0/path": "dev/fuse" },
    ['/linux/devices/0/path must be an absolute path, found "dev/fuse"'],
  ],
  [
    { "/linux/devices/0/path": "/dev/../etc/x" },
    ['/linux/devices/0/path must be a path without "..", found "/dev/../etc/x"'],
  ],
  [
    { "/linux/devices/0/minor": undefined, "/linux/devices/0/major": -1 },
    [
      "/linux/devices/0/major must be a number from 0 to 4095, found -1",
      "/linux/devices/0/minor is missing: every device but a FIFO needs it",
    ],
  ],
  [
    { "/linux/resources/devices/0/major": -2 },
    ["/linux/resources/devices/0/major must be a device number, or -1 for all, found -2"],
  ],
  [
    { "/linux/netDevices/eth0/name": "../x", "/linux/netDevices/a b": {} },
    [
      '/linux/netDevices/eth0/name must be a network device name of 1 to 15 characters without space, slash and colon, found "../x"',
      "/linux/netDevices/a b must be a network device name of 1 to 15 characters without space, slash and colon",
    ],
  ],
  [
    {
      "/process/scheduler": { policy: "SCHED_RR", nice: 1, period: 5 },
      "/process/ioPriority": { class: "IOPRIO_CLASS_BE", priority: 8 },
      "/linux/personality": { domain: "LINUX", flags: ["X"] },
      "/linux/memoryPolicy": { mode: "MPOL_BIND", flags: ["MPOL_F_STATIC_NODES"] },
    },
    [
      "/process/scheduler/nice goes with SCHED_OTHER or SCHED_BATCH alone, not with SCHED_RR",
      "/process/scheduler/priority must be a number from 1 to 99, found nothing",
      "/process/scheduler/period goes with SCHED_DEADLINE alone, not with SCHED_RR",
      "/process/ioPriority/priority must be a number from 0 to 7, found 8",
      "/linux/personality/flags must be empty: the specification defines no flag",
      "/linux/memoryPolicy/nodes is missing: MPOL_BIND needs a node",
    ],
  ],
  [
    {
      "/process/scheduler": {
        policy: "SCHED_DEADLINE",
        runtime: 2000,
        deadline: 1999,
        period: 1998,
      },
    },
    [
      "/process/scheduler/deadline must be at least the runtime (2000), found 1999",
      "/process/scheduler/period must be at least the deadline (1999), or 0, found 1998",
    ],
  ],
  ...["../x", "/a/../b", "system.slice:..:web", ".."].map(
    (path): Row => [
      { "/linux/cgroupsPath": path },
      [`/linux/cgroupsPath must be a path without "..", found "${path}"`],
    ],
  ),
  [{ "/linux/cgroupsPath": "system.slice:tguard:web..1" }, []],
];

const seccomp: readonly Row[] = [
  [
    { "/linux/seccomp/syscalls/0/errnoRet": 1 },
    [
      "/linux/seccomp/syscalls/0/errnoRet must be left out, because SCMP_ACT_ALLOW returns no errno",
    ],
  ],
  [
    { "/linux/seccomp/defaultErrnoRet": 4096 },
    ["/linux/seccomp/defaultErrnoRet must be a number from 0 to 4095, found 4096"],
  ],
  [
    { "/linux/seccomp/syscalls/2/errnoRet": 65536 },
    ["/linux/seccomp/syscalls/2/errnoRet must be a number from 0 to 65535, found 65536"],
  ],
  [
    { "/linux/seccomp/listenerPath": undefined },
    ["/linux/seccomp/syscalls/1/action needs /linux/seccomp/listenerPath"],
  ],
  [
    { "/linux/seccomp/listenerPath": "agent.sock" },
    ['/linux/seccomp/listenerPath must be an absolute path, found "agent.sock"'],
  ],
  [
    { "/linux/seccomp/syscalls/0/names": [] },
    ["/linux/seccomp/syscalls/0/names must be a non-empty array of strings, found an empty array"],
  ],
];

function goodNamespaces(): { type: string }[] {
  return valueAt(goodConfig(), "/linux/namespaces") as { type: string }[];
}

function messages(changes: Readonly<Record<string, unknown>>): readonly string[] {
  const config = goodConfig();
  for (const [pointer, value] of Object.entries(changes)) put(config, pointer, value);
  return validateConfig(config).map(({ message }) => message);
}

test("the good configuration is good", () => {
  expect(messages({})).toEqual([]);
});

test("a file mode may hold the type of the file, as podman writes it", () => {
  expect(messages({ "/linux/devices/0/fileMode": 0o20600 })).toEqual([]);
});

test.each([
  ["types", types],
  ["ranges", ranges],
  ["names", names],
  ["ociVersion", versions],
  ["root, process and hooks", process],
  ["mounts", mounts],
  ["namespaces", namespaces],
  ["id mappings", idmap],
  ["linux", linux],
  ["seccomp", seccomp],
])("%s", (_name, rows) => {
  for (const [changes, expected] of rows)
    expect([changes, messages(changes)]).toEqual([changes, expected]);
});

test.each([
  [null, "the document must be an object, found null"],
  [[], "the document must be an object, found an empty array"],
  ["x", 'the document must be an object, found a string ("x")'],
  [0, "the document must be an object, found a number (0)"],
])("%j is no configuration", (value, message) => {
  expect(validateConfig(value).map((item) => item.message)).toEqual([message]);
});

test("all mistakes are told at once, with pointer, expected and found", () => {
  const config = { ociVersion: 1, process: { cwd: "x", args: ["sh"] }, root: { path: "r" } };
  expect(validateConfig(config)).toEqual([
    {
      pointer: "/ociVersion",
      expected: "a string",
      found: "a number (1)",
      message: "/ociVersion must be a string, found a number (1)",
    },
    {
      pointer: "/process/cwd",
      expected: "an absolute path",
      found: '"x"',
      message: '/process/cwd must be an absolute path, found "x"',
    },
  ]);
});

test("a value nested beyond the engine's stack is judged all the same", () => {
  let deep: unknown = "\0";
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const [first, ...others] = validateConfig({ ...goodConfig(), "x-deep": deep });
  expect(others).toEqual([]);
  expect(first?.message).toMatch(
    /^\/x-deep\/0\/0\/.*… must not contain a NUL byte, found "\\u0000"$/,
  );
});
