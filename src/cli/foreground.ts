import { constants } from "node:os";
import { findInit } from "../sandbox/places.ts";
import type { Supervised } from "../sandbox/supervise.ts";

/** Signals that a foreground run or exec passes on; the others either cannot be caught or belong to this process. */
const FORWARDED = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGCONT",
] as const;

/** Pass signals on to the container until the function that it returns is called. */
export function forwardSignals(supervised: Supervised): () => void {
  const forward = (signal: NodeJS.Signals): void => supervised.signal(constants.signals[signal]);
  const resized = (): void => supervised.windowChanged();
  for (const signal of FORWARDED) process.on(signal, forward);
  process.on("SIGWINCH", resized);
  return () => {
    for (const signal of FORWARDED) process.removeListener(signal, forward);
    process.removeListener("SIGWINCH", resized);
  };
}

/** A killed init cannot take its terminal out of raw mode. */
export async function restoreTerminal(): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  spawnSync(findInit(), ["restore-terminal"], { stdio: ["inherit", "ignore", "ignore"] });
}
