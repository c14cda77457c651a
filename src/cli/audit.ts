import { Command, InvalidArgumentError, Option } from "commander";
import type { FixedFile, Shard } from "../audit/audit.ts";
import { formats } from "../audit/formats.ts";
import type { AuditReport, Notification } from "../audit/result.ts";
import type { RuleProfile } from "../audit/rule.ts";
import { ruleProfiles } from "../audit/rule.ts";
import type { FailOn } from "../audit/severity.ts";
import { UserError } from "../base/error.ts";
import type { ColorMode } from "./output.ts";
import { type Output, parseOutput } from "./report.ts";

/** Options of `tguard audit` as commander gives them. */
interface Options {
  readonly format?: readonly Output[];
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** `false` for --no-config. */
  readonly config?: string | false;
  readonly profile?: RuleProfile;
  readonly ruleSet?: string;
  /** `false` for --no-baseline. */
  readonly baseline?: string | false;
  readonly alias?: string;
  /** `false` for --no-suppress. */
  readonly suppress?: boolean;
  /** `false` for --no-gitignore. */
  readonly gitignore?: boolean;
  readonly shard?: Shard;
  readonly rules?: readonly string[];
  readonly fix?: boolean;
  readonly unsafe?: boolean;
  readonly diff?: boolean;
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

/** `tguard audit TARGET...`: look for what is unsafe in Dockerfiles, compose files, images and bundles. */
export function auditCommand(): Command {
  return new Command("audit")
    .summary("say what is unsafe in Dockerfiles, compose files, images and bundles")
    .description(
      `Say what is unsafe in Dockerfiles, compose files, images and bundles, and how to mend it.

TARGET is
  a file               audited as a Dockerfile, whatever its name; compose.yaml, docker-compose.yml
                       and the like, and YAML with services at its top, as a compose file
  a folder             every Dockerfile, Containerfile and compose file in it, or the bundle that it is
  -                    a Dockerfile on standard input
  oci:DIR[:TAG]        an image in an OCI layout
  oci-archive:FILE     an image in an OCI archive
  docker-archive:FILE  an image that docker save wrote`,
    )
    .argument("<target...>", "what to audit")
    .option(
      "-f, --format <format[=file]>",
      `report format (default: table), repeatable: ${formats.join(", ")}`,
      output,
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
    .addOption(
      new Option(
        "--profile <profile>",
        "set of rules: recommended (default) is quiet on good files, strict, all",
      ).choices(ruleProfiles),
    )
    .option("--rule-set <version>", "only rules that this version of tguard had", ruleSet)
    .option("--baseline <file>", "report nothing that the baseline holds (see tguard baseline)")
    .option("--no-baseline", "use no baseline, whatever the configuration says")
    .option("--alias <tool>", "print the ids of another tool as well: hadolint, trivy, checkov, …")
    .option("--no-suppress", "comments in sources take no finding back")
    .option("--no-gitignore", "also search what .gitignore leaves out")
    .option("--shard <i/n>", "audit the i-th of n parts; tguard merge joins the reports", shard)
    .option("--fix", "mend what can be mended without changing what is built, in place")
    .option("--unsafe", "with --fix or --diff: also fixes that may change what is built")
    .option("--diff", "print what --fix would change, as a patch, and change nothing")
    .option(
      "--rules <file>",
      "run the rules of this file too: YAML, or a TypeScript module, which runs as you (repeatable)",
      (value: string, previous: readonly string[] = []) => [...previous, value],
    )
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
(a target that cannot be read, a Dockerfile or compose file that is refused, a rule that failed).`,
    )
    .action(runAudit);
}

/** Collect `--format table --format sarif=FILE`. */
function output(value: string, previous: readonly Output[] = []): readonly Output[] {
  const parsed = parseOutput(value);
  if (parsed === undefined)
    throw new InvalidArgumentError(`Allowed are ${formats.join(", ")}, each with =FILE.`);
  return [...previous, parsed];
}

function shard(value: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(value) ?? [];
  const parsed = { index: Number(index), count: Number(count) };
  if (!(parsed.index >= 1 && parsed.index <= parsed.count))
    throw new InvalidArgumentError("It is i/n with i from 1 to n, as in 2/4.");
  return parsed;
}

function ruleSet(value: string): string {
  if (!/^\d{1,6}\.\d{1,6}(?:\.\d{1,6})?$/.test(value))
    throw new InvalidArgumentError("It is a version like 0.1 or 0.1.0.");
  return value;
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
  if (options.unsafe === true && options.fix !== true && options.diff !== true) {
    throw new UserError("--unsafe says which fixes to apply, and none are asked for", {
      hint: "add --fix, or --diff to look first",
    });
  }
  const isFixing = options.fix === true || options.diff === true;
  const outcome = await audit({
    targets,
    rules,
    only: options.only ?? [],
    skip: options.skip ?? [],
    config: options.config,
    failOn: options.failOn,
    profile: options.profile,
    ruleSet: options.ruleSet,
    baseline: options.baseline,
    alias: options.alias,
    noSuppress: options.suppress === false,
    isGitignoreRead: options.gitignore !== false,
    shard: options.shard,
    customRules: options.rules ?? [],
    overlay: new Map(),
    fix: isFixing ? (options.unsafe === true ? "unsafe" : "safe") : undefined,
    workingFolder: process.cwd(),
    readStdin,
  });
  const { report, firstConfig } = outcome;
  const { outputsOf, render } = await import("./report.ts");
  const isDiffOnly = options.diff === true && options.format === undefined;
  const outputs = outputsOf(options.format ?? [], firstConfig?.format ?? "table", options.output);
  if (options.diff === true) await printDiff(outcome.fixed);
  else if (options.fix === true) await writeFixes(outcome.fixed, options.quiet === true);
  const look = { color: options.color, isQuiet: options.quiet === true };
  for (const wanted of isDiffOnly ? [] : outputs) {
    const text = await render(report, wanted, look);
    if (wanted.path === undefined) await output.print(text);
    else {
      output.writeWhole(wanted.path, text);
      if (!look.isQuiet) await tellSummary(report, wanted.path);
    }
  }
  for (const notification of report.notifications) {
    if (options.quiet && notification.level !== "error") continue;
    process.stderr.write(await formatNotification(notification));
  }
  process.exitCode = exitStatus(report);
}

/** What fixes would change, as a patch that `git apply` and `patch -p1` take. */
async function printDiff(fixed: readonly FixedFile[]): Promise<void> {
  const [{ unifiedDiff }, { print }] = await Promise.all([
    import("../report/unified-diff.ts"),
    import("./output.ts"),
  ]);
  for (const { path, uri, before, after } of fixed) {
    const name = uri.startsWith("file:") ? path : decodeURIComponent(uri);
    await print(unifiedDiff(name, before, after));
  }
}

/** Write fixed files, each whole or not at all, and say what was done. */
async function writeFixes(fixed: readonly FixedFile[], isQuiet: boolean): Promise<void> {
  const [{ writeWhole }, { printable }] = await Promise.all([
    import("./output.ts"),
    import("../report/printable.ts"),
  ]);
  for (const { path, after, hasMark, titles } of fixed) {
    writeWhole(path, hasMark ? `\ufeff${after}` : after);
    if (isQuiet) continue;
    const count = titles.length === 1 ? "1 fix" : `${titles.length} fixes`;
    process.stderr.write(`${printable(path)}: ${count}\n`);
    for (const title of new Set(titles)) process.stderr.write(`  ${printable(title)}\n`);
  }
}

/** One line on standard error: the numbers, and where they were written. */
export async function tellSummary(
  report: AuditReport,
  path: string,
  noun: "report" | "baseline" = "report",
): Promise<void> {
  const { formatSummary, summarize } = await import("../report/summary.ts");
  const { printable } = await import("../report/printable.ts");
  process.stderr.write(`${formatSummary(summarize(report))}; ${noun} in ${printable(path)}\n`);
}

/** A notification in the shape of an error message, so that both read alike. */
export async function formatNotification(notification: Notification): Promise<string> {
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
export async function readStdin(limit: number): Promise<Uint8Array> {
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
