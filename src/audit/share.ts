import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { AuditRequest } from "./audit.ts";
import type { Input } from "./find-inputs.ts";
import type { Severity } from "./finding.ts";
import type { AuditedSource, Notification } from "./result.ts";

/** What one input gave; `source` is absent when it was left out or could not be audited. */
export interface InputResult {
  readonly source?: AuditedSource;
  readonly notifications: readonly Notification[];
  /** Rules that ran or found something, with their severity. */
  readonly rules: readonly (readonly [id: string, severity: Severity])[];
  readonly usedArguments: readonly string[];
}

/** A part of an audit, as another process of this program gets it. */
export interface Part {
  readonly request: PartRequest;
  readonly buildArguments: readonly (readonly [string, string])[] | undefined;
  /** Inputs with their places in the whole audit. */
  readonly inputs: readonly (readonly [index: number, input: Input])[];
}

/** The plain data of a request. */
export type PartRequest = Pick<
  AuditRequest,
  | "only"
  | "skip"
  | "config"
  | "failOn"
  | "profile"
  | "ruleSet"
  | "baseline"
  | "noSuppress"
  | "shellcheck"
  | "workingFolder"
> & { readonly target: string | undefined };

/** Fewer inputs than this a process does not earn the time of its start. */
const inputsPerProcess = 150;

/** How many processes share the inputs, this one among them. */
export function processCount(request: AuditRequest, inputs: readonly Input[]): number {
  const { workers, fix, customRules, overlay } = request;
  if (workers === undefined || fix !== undefined || customRules.length > 0 || overlay.size > 0)
    return 1;
  return Math.max(1, Math.min(workers.count, Math.floor(inputs.length / inputsPerProcess)));
}

/**
 * Have a process of its own audit a part. What it does not answer (it was killed, or had no memory) is missing from the
 * map, and left to the caller.
 */
export function auditElsewhere(
  [program, ...args]: readonly [string, ...string[]],
  part: Part,
): { readonly results: Promise<ReadonlyMap<number, InputResult>>; end(): void } {
  const child: ChildProcess = spawn(program, args, {
    stdio: ["pipe", "ignore", "inherit", "pipe"],
  });
  const output = child.stdio[3] as Readable;
  const results = new Promise<ReadonlyMap<number, InputResult>>((resolve) => {
    const found = new Map<number, InputResult>();
    let rest = "";
    output.setEncoding("utf8");
    output.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [index, result] = JSON.parse(line) as [number, InputResult]; // our own program wrote it
        found.set(index, result);
      }
    });
    output.on("close", () => resolve(found));
    child.on("error", () => resolve(found));
  });
  // The process may be gone already: its end is seen on the other pipe.
  child.stdin?.on("error", () => {});
  child.stdin?.end(JSON.stringify(part));
  return { results, end: () => child.kill("SIGKILL") };
}
