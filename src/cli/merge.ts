import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { isErrno, UserError } from "../base/error.ts";

interface Options {
  readonly output?: string;
  readonly failOn: "error" | "warning" | "note" | "none";
}

/** Largest report that is read, in bytes. */
const maxBytes = 512 * 1024 * 1024;

/** `tguard merge FILE...`: one SARIF report of those that the shards of an audit wrote. */
export function mergeCommand(): Command {
  return new Command("merge")
    .summary("join SARIF reports, as those of audit --shard")
    .description(
      "Join SARIF reports of tguard audit into one run, each rule and result once, in the order of their places.",
    )
    .argument("<file...>", "SARIF files that tguard audit wrote")
    .option("-o, --output <file>", "write the report to a file instead of standard output")
    .addOption(
      new Option("--fail-on <level>", "mildest level of results that makes the exit status 1")
        .choices(["error", "warning", "note", "none"])
        .default("error"),
    )
    .addHelpText(
      "after",
      "\nExit status: as of one audit of everything: 0 clean, 1 findings, 2 something was not audited.",
    )
    .action(merge);
}

async function merge(paths: readonly string[], options: Options): Promise<void> {
  const [{ asTguardLog, mergedStatus, mergeSarif }, output] = await Promise.all([
    import("../report/merge-sarif.ts"),
    import("./output.ts"),
  ]);
  process.exitCode = 2;
  const files = paths.map((path) => ({ path, log: asTguardLog(path, readJson(path)) }));
  const log = mergeSarif(files);
  const text = `${JSON.stringify(log, null, 2)}\n`;
  if (options.output === undefined) await output.print(text);
  else output.writeWhole(options.output, text);
  process.exitCode = mergedStatus(log, options.failOn);
}

function readJson(path: string): unknown {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const { size } = fstatSync(fd);
    if (size > maxBytes) throw new Error(`it has ${size} bytes, the limit is ${maxBytes}`);
    return JSON.parse(readFileSync(fd, "utf8"));
  } catch (error) {
    const why =
      isErrno(error) && error.code === "ENOENT"
        ? "there is no such file"
        : error instanceof SyntaxError
          ? "it is not JSON"
          : (error as Error).message;
    throw new UserError(`cannot read "${path}"`, { cause: new Error(why), exitCode: 2 });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
