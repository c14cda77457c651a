import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CgroupPlan } from "../../src/sandbox/cgroup/plan.ts";
import { encodePlan } from "../../src/sandbox/encode.ts";
import { explainFailure } from "../../src/sandbox/explain.ts";
import { MODE_FOREGROUND, NONE, type Op } from "../../src/sandbox/ops.ts";
import { type Supervised, startInit } from "../../src/sandbox/supervise.ts";

const CLONE_NEWNS = 0x20000;
const CLONE_NEWCGROUP = 0x2000000;
const MS_REC_PRIVATE = 0x4000 | (1 << 18);
const O_PATH_DIRECTORY = 0x210000;

let count = 0;

/** What a launched command wrote, and how it ended. */
export interface Launched {
  readonly status: number;
  readonly output: string;
}

/**
 * Let tguard-init carry out a plan of control groups around a shell command, without a root filesystem of its own.
 * `mount`: operations run in a new mount and cgroup namespace whose root is slot 1.
 */
export function launch(
  init: string,
  cgroup: CgroupPlan,
  command: string,
  mount: readonly Op[] = [],
): Supervised & { readonly result: Promise<Launched> } {
  const file = join(tmpdir(), `tguard-launch-${process.pid}-${count++}`);
  const namespaces = mount.length === 0 ? 0 : CLONE_NEWNS | CLONE_NEWCGROUP;
  const sections = {
    host: cgroup.host,
    join: [
      ...cgroup.join,
      ...(namespaces === 0 ? [] : [{ op: "unshare", at: "", flags: namespaces } as const]),
      { op: "clone", at: "", flags: 0 } as const,
    ],
    parent: [],
    container: [
      ...(namespaces === 0
        ? []
        : [
            { op: "mount_propagation", at: "", flags: MS_REC_PRIVATE } as const,
            {
              op: "open",
              at: "",
              slot: 1,
              dir: 0xfffe,
              path: "/",
              flags: O_PATH_DIRECTORY,
              mode: 0,
              resolve: 0,
            } as const,
          ]),
      ...mount,
      { op: "created", at: "", fifo: NONE } as const,
      {
        op: "exec",
        at: "",
        candidates: ["/bin/sh"],
        argv: ["sh", "-c", `exec >${file} 2>&1; ${command}`],
        envp: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
      } as const,
    ],
    cleanup: cgroup.cleanup,
  };
  const warnings: string[] = [];
  const plan = { mode: MODE_FOREGROUND, sections };
  const container = startInit(init).launch(encodePlan(plan), {
    writeMaps: () => undefined,
    created: () => undefined,
    warn: (sentence) => warnings.push(sentence),
    explain: async (op, errno) => explainFailure(plan, op, errno),
  });
  const result = container.exited.then((status) => {
    const output = readFileSync(file, "utf8");
    rmSync(file);
    if (warnings.length > 0) throw new Error(warnings.join("; "));
    return { status, output };
  });
  result.catch(() => undefined);
  return {
    started: container.started,
    exited: container.exited,
    monitorPid: container.monitorPid,
    signal: (signal) => container.signal(signal),
    windowChanged: () => container.windowChanged(),
    result,
  };
}
