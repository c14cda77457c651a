import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UserError } from "../../base/error.ts";
import type { CheckableScript, Dialect, Place } from "./scripts.ts";

/** One remark of ShellCheck about the script with this number. */
export interface Remark {
  readonly script: number;
  readonly code: number;
  readonly level: string;
  readonly message: string;
  readonly from: Place;
  readonly to: Place;
}

/** Remarks, or `absent` when there is no such program. */
export type ShellCheckRun =
  | { readonly state: "absent" }
  | { readonly state: "ran"; readonly remarks: readonly Remark[] };

/** Codes that mean nothing for a RUN: no `#!`, files that are only in the image, a dialect's name. */
export const unwantedCodes: ReadonlySet<number> = new Set([1090, 1091, 2148, 2187]);

/** A guard against a hang: ShellCheck reads a long script in seconds. */
const timeoutMs = 120_000;
const maxOutputBytes = 64 * 1024 * 1024;
/** Files a process: their names must fit on a command line. */
const batchSize = 200;

/**
 * Let ShellCheck read scripts, one process for all of a dialect. It follows no `source` and reads no configuration.
 * @throws UserError when it fails, or takes too long
 */
export async function runShellCheck(
  program: string,
  scripts: readonly CheckableScript[],
): Promise<ShellCheckRun> {
  const folder = mkdtempSync(join(tmpdir(), "tguard-shellcheck-"));
  try {
    for (const [i, { text }] of scripts.entries()) writeFileSync(join(folder, `${i}`), text);
    const batches = inBatches(scripts);
    const outputs = await Promise.all(
      batches.map(({ shell, files }) => runBatch(program, shell, files, folder)),
    );
    const remarks: Remark[] = [];
    for (const output of outputs) {
      if (output === undefined) return { state: "absent" };
      remarks.push(...readRemarks(output));
    }
    return { state: "ran", remarks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Batch {
  readonly shell: Dialect;
  readonly files: string[];
}

function inBatches(scripts: readonly CheckableScript[]): readonly Batch[] {
  const batches: Batch[] = [];
  const open = new Map<Dialect, Batch>();
  scripts.forEach(({ shell }, i) => {
    let batch = open.get(shell);
    if (batch === undefined || batch.files.length === batchSize) {
      batch = { shell, files: [] };
      open.set(shell, batch);
      batches.push(batch);
    }
    batch.files.push(String(i));
  });
  return batches;
}

/** What one process writes; `undefined` when there is no such program. */
function runBatch(
  program: string,
  shell: Dialect,
  files: readonly string[],
  folder: string,
): Promise<string | undefined> {
  const excluded = [...unwantedCodes].map((code) => `SC${code}`).join(",");
  const args = ["--norc", "--format=json1", `--shell=${shell}`, `--exclude=${excluded}`, ...files];
  const options = {
    cwd: folder,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: maxOutputBytes,
    // Scripts are UTF-8 whatever the locale; what the user sets for scripts of their own does not count here.
    env: { ...process.env, LC_ALL: "C.UTF-8", SHELLCHECK_OPTS: "" },
  } as const;
  return new Promise((done, fail) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      // 1: there are remarks.
      if (error === null || error.code === 1) done(stdout);
      else if (error.code === "ENOENT") done(undefined);
      else
        fail(
          new UserError("ShellCheck failed", {
            cause: new Error(
              error.killed === true
                ? `it took longer than ${timeoutMs / 1000} s or wrote too much`
                : stderr.trim().split("\n")[0]?.slice(0, 500) || error.message.slice(0, 500),
            ),
            hint: "run again with --shellcheck never",
          }),
        );
    });
  });
}

function readRemarks(output: string): Remark[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch (error) {
    throw new UserError("ShellCheck did not write JSON", {
      cause: error,
      hint: "it must be 0.7 or newer; --shellcheck never goes without",
    });
  }
  const { comments } = (parsed ?? {}) as { readonly comments?: readonly Comment[] };
  return (comments ?? []).map(
    ({ file, code, level, message, line, column, endLine, endColumn }) => ({
      script: Number(basename(file)),
      code,
      level,
      message,
      from: { line, column },
      to: { line: endLine, column: endColumn },
    }),
  );
}

/** Format json1: tabs count as one column. */
interface Comment {
  readonly file: string;
  readonly code: number;
  readonly level: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
