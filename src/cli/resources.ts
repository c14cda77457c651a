import { readFileSync, readSync } from "node:fs";
import { UserError } from "../base/error.ts";
import { formatJson } from "../sandbox/cgroup/stats.ts";
import { pauseContainer, resumeContainer, statsOf, updateContainer } from "../sandbox/control.ts";
import { defaultStateRoot } from "../sandbox/places.ts";
import { Store } from "../sandbox/store.ts";
import {
  MAX_RESOURCES_BYTES,
  parseRdtFlags,
  parseResources,
  parseUpdateFlags,
} from "../sandbox/update-flags.ts";
import type { CommandSpec, Globals } from "./command-spec.ts";
import { print } from "./output.ts";

const ID = { name: "<id>", description: "the container's id" } as const;

function storeOf({ root }: Globals): Store {
  return new Store(root ?? defaultStateRoot());
}

/** `tguard pause`: stop all processes where they are. */
export const pauseSpec: CommandSpec = {
  name: "pause",
  description: "stop all processes in a container until resume",
  arguments: [ID],
  options: [],
  run: (args, _flags, globals) => pauseContainer(storeOf(globals), args[0] ?? ""),
};

/** `tguard resume`: let them go on. */
export const resumeSpec: CommandSpec = {
  name: "resume",
  description: "let a paused container go on",
  arguments: [ID],
  options: [],
  run: (args, _flags, globals) => resumeContainer(storeOf(globals), args[0] ?? ""),
};

/** `tguard update`: other limits. */
export const updateSpec: CommandSpec = {
  name: "update",
  description: "change the resource limits of a running container",
  arguments: [ID],
  options: [
    {
      flags: "-r, --resources <file>",
      description:
        'JSON as in linux.resources, "-" for standard input; no other option counts then',
    },
    { flags: "--blkio-weight <n>", description: "block I/O weight, 10 to 1000" },
    { flags: "--cpu-period <us>", description: "period of the CPU quota, in microseconds" },
    { flags: "--cpu-quota <us>", description: "CPU time in each period, in microseconds; -1: all" },
    { flags: "--cpu-burst <us>", description: "unused quota that may be saved up" },
    { flags: "--cpu-share <n>", description: "CPU shares, relative to other containers" },
    { flags: "--cpu-rt-period <us>", description: "period of the realtime limit (cgroup v1)" },
    { flags: "--cpu-rt-runtime <us>", description: "realtime CPU time in each period (cgroup v1)" },
    { flags: "--cpuset-cpus <list>", description: "CPUs to use, such as 0-3,5" },
    { flags: "--cpuset-mems <list>", description: "memory nodes to use" },
    {
      flags: "--kernel-memory <bytes>",
      description: "no longer a limit of Linux: told and left out",
    },
    { flags: "--kernel-memory-tcp <bytes>", description: "limit of TCP buffers (cgroup v1)" },
    { flags: "--memory <bytes>", description: "memory limit, such as 64m; -1: none" },
    { flags: "--memory-reservation <bytes>", description: "soft memory limit" },
    {
      flags: "--memory-swap <bytes>",
      description: "limit of memory and swap together; -1: no limit",
    },
    { flags: "--pids-limit <n>", description: "processes and threads; -1: no limit" },
    { flags: "--cpu-idle <0|1>", description: "1: run only when nothing else wants the CPU" },
    { flags: "--l3-cache-schema <line>", description: "Intel RDT's L3 cache schema" },
    { flags: "--mem-bw-schema <line>", description: "Intel RDT's memory bandwidth schema" },
  ],
  async run(args, flags, globals) {
    const file = flags["resources"];
    const resources =
      typeof file === "string"
        ? await parseResources(readResources(file), file === "-" ? "standard input" : file)
        : parseUpdateFlags(flags);
    const rdt = typeof file === "string" ? {} : parseRdtFlags(flags);
    const notes = await updateContainer(storeOf(globals), args[0] ?? "", resources, rdt);
    for (const note of notes) process.stderr.write(`tguard: note: ${note}\n`);
  },
};

/** `tguard events`: statistics and notices, a line of JSON each. */
export const eventsSpec: CommandSpec = {
  name: "events",
  description: "print a container's statistics and out-of-memory notices as JSON lines",
  arguments: [ID],
  options: [
    { flags: "--interval <duration>", description: "time between statistics", default: "5s" },
    { flags: "--stats", description: "print the statistics once" },
  ],
  async run(args, flags, globals) {
    const store = storeOf(globals);
    const id = args[0] ?? "";
    const interval = parseDuration(String(flags["interval"]));
    if (flags["stats"] === true) {
      await print(`${formatJson({ type: "stats", id, data: statsOf(store, id) })}\n`);
      return;
    }
    const { watchContainer } = await import("../sandbox/events.ts");
    for await (const { type, data } of watchContainer(store, id, interval))
      await print(`${formatJson({ type, id, data })}\n`);
  },
};

/** Go's time.ParseDuration: "5s", "1m30s", "250ms". @throws UserError */
function parseDuration(text: string): number {
  const units: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
  };
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  const isWhole = parts.map(([part]) => part).join("") === text && text !== "";
  const ms = parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ""] ?? 0), 0);
  if (!isWhole || ms > 2 ** 53)
    throw new UserError(`invalid duration ${JSON.stringify(text)}`, {
      where: "--interval",
      hint: "give a number with a unit, such as 5s or 500ms",
    });
  if (ms <= 0)
    throw new UserError("duration interval must be greater than 0", { where: "--interval" });
  return ms;
}

/** The file's text, or what standard input holds. @throws UserError when it cannot be read or is absurdly long. */
function readResources(path: string): string {
  try {
    const text = path === "-" ? readInput() : readFileSync(path, "utf8");
    if (text.length <= MAX_RESOURCES_BYTES) return text;
  } catch (cause) {
    throw new UserError(
      `cannot read the resources from ${path === "-" ? "standard input" : path}`,
      {
        where: "--resources",
        cause,
      },
    );
  }
  throw new UserError("the resources are too long", { where: "--resources" });
}

function readInput(): string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.alloc(64 << 10);
    const n = readSync(0, chunk);
    if (n === 0 || length > MAX_RESOURCES_BYTES) return Buffer.concat(chunks).toString("utf8");
    chunks.push(chunk.subarray(0, n));
    length += n;
  }
}
