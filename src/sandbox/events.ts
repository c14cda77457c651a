/** The stream of `events`: statistics at an interval, and one event for each time that memory ran out. */

import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { readControl } from "./cgroup/files.ts";
import { type Json, readStats } from "./cgroup/stats.ts";
import { readLive } from "./control.ts";
import { isAlive, type Store } from "./store.ts";

/** One line of the output. */
export interface ContainerEvent {
  readonly type: "stats" | "oom";
  readonly id: string;
  readonly data?: Json;
}

/** How often the kernel's counters are looked at: no file of both versions can be waited for without native code. */
const LOOK_MS = 50;

/**
 * Events until the container ends. What ran out of memory last is told even when the container ended by it.
 * @throws UserError when the container is stopped already.
 */
export async function* watchContainer(
  store: Store,
  id: string,
  intervalMs: number,
): AsyncGenerator<ContainerEvent> {
  const { cgroupPaths: paths, process } = readLive(store, id);
  const reader = { read: readControl, list: (directory: string) => readdirSync(directory) };
  let seen = readOomCount(paths) ?? 0;
  let next = performance.now() + intervalMs;
  for (;;) {
    // In this order: a kill is counted before its victim is gone.
    const alive = isAlive(process);
    const now = readOomCount(paths);
    for (; now !== undefined && seen < now; seen++) yield { type: "oom", id };
    if (!alive) return;
    if (performance.now() >= next) {
      next += intervalMs;
      yield { type: "stats", id, data: readStats(paths, reader) };
    }
    await delay(Math.min(LOOK_MS, Math.max(1, next - performance.now())));
  }
}

/** How often memory ran out in these groups so far; absent without the memory controller, or when the group is gone. */
function readOomCount(paths: Readonly<Record<string, string>>): number | undefined {
  const { "": unified, memory } = paths;
  const text =
    memory === undefined
      ? unified && readControl(`${unified}/memory.events`)
      : readControl(`${memory}/memory.oom_control`);
  const count = /^oom_kill (\d+)$/m.exec(text ?? "")?.[1];
  if (count !== undefined) return Number(count);
  // Linux before 4.13 counts nothing on v1.
  return memory === undefined ? undefined : text === undefined ? undefined : 0;
}
