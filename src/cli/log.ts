import { appendFileSync } from "node:fs";
import { UserError } from "../base/error.ts";
import type { Globals } from "./command-spec.ts";

export type LogLevel = "error" | "warning" | "debug";

/** One entry as runc's logger writes it, with its newline: engines read the last error from JSON lines. */
export function formatEntry(
  level: LogLevel,
  message: string,
  format: string | undefined,
  now: Date,
): string {
  // RFC 3339 without fractions.
  const time = now.toISOString().replace(/\.\d+Z$/, "Z");
  return format === "json"
    ? `${JSON.stringify({ level, msg: message, time })}\n`
    : `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`;
}

/** A failure on one line: what, why, where. */
export function errorLine(error: UserError): string {
  const parts = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    parts.push(cause.message);
  const where = error.where === undefined ? "" : ` (${error.where})`;
  return `${parts.join(": ")}${where}`;
}

/**
 * Write an entry to `--log`. A log that cannot be written loses nothing: the sentence goes to standard error as well.
 * Debug entries are written with `--debug` only.
 */
export function log(globals: Globals, level: LogLevel, message: string): void {
  if (globals.log === undefined || globals.log === "") return;
  if (level === "debug" && globals.debug !== true) return;
  try {
    appendFileSync(globals.log, formatEntry(level, message, globals.logFormat, new Date()), {
      mode: 0o644,
    });
  } catch (cause) {
    throw new UserError(`cannot write the log ${globals.log}`, { where: "--log", cause });
  }
}

/** Tell a warning: in the log where there is one, because standard error is the container's with engines. */
export function warnTo(globals: Globals): (sentence: string) => void {
  return (sentence) => {
    if (globals.log === undefined || globals.log === "")
      process.stderr.write(`tguard: ${sentence}\n`);
    else log(globals, "warning", sentence);
  };
}
