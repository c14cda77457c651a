import type { Command } from "commander";
import { vi } from "vitest";
import { formatError, UserError } from "../../src/base/error.ts";

/** What a command wrote and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Run a command in this process as `cli/main.ts` does; the exit status of commander's own errors is 2. */
export async function runCommand(command: Command, args: readonly string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const take =
    (sink: (text: string) => void) =>
    (text: unknown, done?: unknown): boolean => {
      sink(String(text));
      if (typeof done === "function") done();
      return true;
    };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(
      take((text) => {
        stdout += text;
      }),
    ),
    vi.spyOn(process.stderr, "write").mockImplementation(
      take((text) => {
        stderr += text;
      }),
    ),
  ];
  process.exitCode = undefined;
  let status = 0;
  try {
    command.exitOverride();
    for (const sub of command.commands) sub.exitOverride();
    await command.parseAsync(args, { from: "user" });
    status = Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UserError) {
      stderr += formatError(error);
      status = error.exitCode ?? Number(process.exitCode ?? 2);
    } else if (error instanceof Error && "exitCode" in error) {
      status = error.exitCode === 0 ? 0 : 2;
    } else throw error;
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
  return { stdout, stderr, status };
}
