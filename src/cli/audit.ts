import { Command, InvalidArgumentError, Option } from "commander";
import type { Format } from "../audit/config.ts";
import type { AuditReport, Notification } from "../audit/result.ts";
import type { FailOn } from "../audit/severity.ts";
import { UserError } from "../base/error.ts";
import type { ColorMode } from "./output.ts";

/** Options of `tguard audit` as commander gives them. */
interface Options {
  readonly format?: Format;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** `false` for --no-config. */
  readonly config?: string | false;
  readonly color: ColorMode;
  readonly quiet?: boolean;
}

// The same lists as in audit/severity.ts, which is not loaded for --help; test/cli/audit.test.ts compares them.
const failOnChoices = [
  "error",
  "warning",
  "note",
  "none",
  "critical",
  "high",
  "medium",
  "low",
  "info",
];

/** `tguard audit TARGET...`: look for what is unsafe in Dockerfiles, images and bundles. */
export function auditCommand(): Command {
  return new Command("audit")
    .summary("say what is unsafe in Dockerfiles, images and bundles")
    .description(
      `Say what is unsafe in Dockerfiles, images and bundles, and how to mend it.

TARGET is
  a file               audited as a Dockerfile, whatever its name
  a folder             every Dockerfile and Containerfile in it, or the bundle that it is
  -                    a Dockerfile on standard input
  oci:DIR[:TAG]        an image in an OCI layout
  oci-archive:FILE     an image in an OCI archive
  docker-archive:FILE  an image that docker save wrote`,
    )
    .argument("<target...>", "what to audit")
    .addOption(
      new Option("-f, --format <format>", "report format (default: table)").choices([
        "table",
        "sarif",
        "json",
      ]),
    )
    .option("-o, --output <file>", "write the report to a file instead of standard output")
    .addOption(
      new Option(
        "--fail-on <level>",
        "mildest level or severity of findings that makes the exit status 1 (default: error)",
      ).choices(failOnChoices),
    )
    .option("--only <rules>", "run these rules alone: ids or names, comma-separated", list)
    .option("--skip <rules>", "do not run these rules", list)
    .option("--config <file>", "configuration file (default: the nearest .tguard.yaml)")
    .option("--no-config", "read no configuration file")
    .addOption(
      new Option("--color <when>", "colour the table")
        .choices(["auto", "always", "never"])
        .default("auto"),
    )
    .option("-q, --quiet", "one line a finding, no excerpts, no summary")
    .addHelpText(
      "after",
      `
Exit status: 0 clean; 1 findings at or above --fail-on; 2 something could not be audited
(a target that cannot be read, a Dockerfile no builder takes, a rule that failed).`,
    )
    .action(runAudit);
}

/** Collect `--only A,B --only C`. */
function list(value: string, previous: readonly string[] = []): readonly string[] {
  const words = value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.length === 0) throw new InvalidArgumentError("it names no rule.");
  return [...previous, ...words];
}

async function runAudit(targets: readonly string[], options: Options): Promise<void> {
  const [{ audit }, { exitStatus }, { rules }, output] = await Promise.all([
    import("../audit/audit.ts"),
    import("../audit/exit-status.ts"),
    import("../rules/index.generated.ts"),
    import("./output.ts"),
  ]);
  // Whatever goes wrong from here on, the answer is not "clean" and not "findings".
  process.exitCode = 2;
  const { report, firstConfig } = await audit({
    targets,
    rules,
    only: options.only ?? [],
    skip: options.skip ?? [],
    config: options.config,
    failOn: options.failOn,
    workingFolder: process.cwd(),
    readStdin,
  });
  const format = options.format ?? firstConfig?.format ?? "table";
  const isFile = options.output !== undefined;
  const text = await render(report, format, options, isFile);
  if (options.output !== undefined) {
    output.writeWhole(options.output, text);
    if (!options.quiet) await tellSummary(report, options.output);
  } else await output.print(text);
  for (const notification of report.notifications) {
    if (options.quiet && notification.level !== "error") continue;
    process.stderr.write(await formatNotification(notification));
  }
  process.exitCode = exitStatus(report);
}

async function render(
  report: AuditReport,
  format: Format,
  options: Options,
  isFile: boolean,
): Promise<string> {
  switch (format) {
    case "table": {
      const { formatTable } = await import("../report/table.ts");
      const { columnsOf, isColoured } = await import("./output.ts");
      const stream = isFile ? {} : process.stdout;
      return formatTable(report, {
        isColoured: isColoured(options.color, stream),
        columns: columnsOf(stream),
        isQuiet: options.quiet === true,
      });
    }
    case "json": {
      const { formatJson } = await import("../report/json.ts");
      const { version } = await import("../base/version.ts");
      return formatJson(report, version);
    }
    case "sarif": {
      const { formatSarif } = await import("../report/sarif.ts");
      return formatSarif(report, await import("../base/version.ts"));
    }
  }
}

async function tellSummary(report: AuditReport, path: string): Promise<void> {
  const { formatSummary, summarize } = await import("../report/summary.ts");
  const { printable } = await import("../report/printable.ts");
  process.stderr.write(`${formatSummary(summarize(report))}; report in ${printable(path)}\n`);
}

/** A notification in the shape of an error message, so that both read alike. */
async function formatNotification(notification: Notification): Promise<string> {
  const { printable } = await import("../report/printable.ts");
  const { level, message, where, causes = [], hint } = notification;
  const [head = "", ...rest] = message.split("\n").map(printable);
  const lines = [`tguard: ${level === "error" ? "" : `${level}: `}${head}`, ...rest];
  if (where !== undefined) lines.push(`  from  ${printable(where)}`);
  for (const cause of causes) lines.push(`  why   ${printable(cause)}`);
  if (hint !== undefined) lines.push(`  try   ${printable(hint)}`);
  return `${lines.join("\n")}\n`;
}

/** All of standard input, or the first bytes beyond `limit`, enough to see that it is too much. */
async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of process.stdin) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > limit) break;
    }
  } catch (error) {
    throw new UserError("cannot read standard input", { cause: error });
  }
  return Buffer.concat(chunks);
}
