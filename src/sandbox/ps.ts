import { spawnSync } from "node:child_process";
import { UserError } from "../base/error.ts";

/** ps(1) with its own options; its lines for these processes, below its heading. @throws UserError as ps does. */
export function psTable(pids: readonly number[], options: readonly string[]): string {
  const args = options.length === 0 ? ["-ef"] : options;
  const { status, stdout, stderr, error } = spawnSync("ps", args, {
    encoding: "utf8",
    maxBuffer: 256 << 20,
  });
  if (error !== undefined)
    throw new UserError("cannot run ps", {
      cause: error,
      hint: "install it (Debian's package procps), or give --format json",
    });
  if (status !== 0)
    throw new UserError(`ps ended with status ${status}`, {
      cause: new Error(`${stdout}${stderr}`.trim().split("\n")[0] ?? ""),
      hint: "check the options behind the container's id: they are ps(1)'s",
    });
  return linesOf(stdout, new Set(pids));
}

/** The heading, and the lines whose PID column holds one of the numbers. @throws UserError when there is no such column. */
export function linesOf(output: string, pids: ReadonlySet<number>): string {
  const [heading = "", ...lines] = output.split("\n");
  const column = words(heading).indexOf("PID");
  if (column === -1)
    throw new UserError("couldn't find PID field in ps output", {
      hint: "choose columns that include it, such as -o pid,comm",
    });
  const own = lines.filter((line) => line !== "" && pids.has(Number(words(line)[column])));
  return [heading, ...own].map((line) => `${line}\n`).join("");
}

function words(line: string): readonly string[] {
  return line.trim().split(/\s+/);
}
