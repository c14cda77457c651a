import { expect, test } from "vitest";
import type { Process, RuntimeConfig } from "../../src/oci/runtime-config.ts";
import { execProcess, type ProcessOptions } from "../../src/sandbox/exec-process.ts";

const config: RuntimeConfig = {
  ociVersion: "1.3.0",
  process: {
    cwd: "/own",
    args: ["init"],
    env: ["A=1"],
    terminal: true,
    user: { uid: 5, gid: 6, additionalGids: [7], umask: 0o77 },
    capabilities: { bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], inheritable: [] },
    noNewPrivileges: true,
  },
};
const plain: ProcessOptions = {
  args: ["sh"],
  tty: false,
  env: [],
  additionalGids: [],
  caps: [],
};
const make = (options: Partial<ProcessOptions>): Promise<Process> =>
  execProcess({ ...plain, ...options }, config);

test("without options all but program and terminal is the container's", async () => {
  expect(await make({})).toEqual({ ...config.process, args: ["sh"], terminal: false });
});

test.each<[Partial<ProcessOptions>, Partial<Process>]>([
  [{ tty: true }, { terminal: true }],
  [{ env: ["B=2", "A=3"] }, { env: ["A=1", "B=2", "A=3"] }],
  [{ cwd: "/x" }, { cwd: "/x" }],
  [{ user: "1" }, { user: { uid: 1, gid: 6, additionalGids: [7], umask: 0o77 } }],
  [{ user: "1:2" }, { user: { uid: 1, gid: 2, additionalGids: [7], umask: 0o77 } }],
  [
    { additionalGids: ["8", "9"] },
    { user: { uid: 5, gid: 6, additionalGids: [7, 8, 9], umask: 0o77 } },
  ],
  [
    { caps: ["CAP_CHOWN", "CAP_KILL"] },
    {
      capabilities: {
        bounding: ["CAP_KILL", "CAP_CHOWN"],
        effective: ["CAP_CHOWN", "CAP_KILL"],
        permitted: ["CAP_KILL", "CAP_CHOWN"],
        inheritable: [],
      },
    },
  ],
  [
    { apparmor: "p", processLabel: "l" },
    { apparmorProfile: "p", selinuxLabel: "l" },
  ],
  [{ noNewPrivs: false }, { noNewPrivileges: false }],
])("%j", async (options, expected) => {
  expect(await make(options)).toMatchObject(expected);
});

test.each<[Partial<ProcessOptions>, RegExp]>([
  [{ args: [] }, /process args cannot be empty/],
  [{ cwd: "x" }, /Cwd must be an absolute path/],
  [{ user: "root" }, /parsing "root" as uid failed/],
  [{ user: "1:" }, /parsing "" as gid failed/],
  [{ user: "4294967295" }, /as uid failed/],
  [{ additionalGids: ["-1"] }, /as gid failed/],
  [{ caps: ["KILL"] }, /unknown capability "KILL"/],
  [{ process: "/nonexistent" }, /cannot read the process file/],
])("%j is refused", async (options, message) => {
  await expect(make(options)).rejects.toThrow(message);
});
