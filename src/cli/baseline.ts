import { Command, Option } from "commander";

interface Options {
  readonly output: string;
  readonly config?: string | false;
  readonly shellcheck?: "auto" | "always" | "never";
}

/** `tguard baseline TARGET...`: write down what is there, so that an audit reports only what comes after. */
export function baselineCommand(): Command {
  return new Command("baseline")
    .summary("write down today's findings, so that audit reports only new ones")
    .description(
      `Audit the targets and write the open findings to a file. tguard audit --baseline FILE then reports only what
is not in it. Findings are known by their rule and the reported text: other edits of the file do not bring them back.`,
    )
    .argument("<target...>", "what to audit, as for tguard audit")
    .option("-o, --output <file>", "file to write", ".tguard-baseline.json")
    .option("--config <file>", "configuration file (default: the nearest .tguard.yaml)")
    .option("--no-config", "read no configuration file")
    .addOption(
      new Option("--shellcheck <when>", "ask ShellCheck about RUN scripts, as for tguard audit")
        .choices(["auto", "always", "never"])
        .env("TGUARD_SHELLCHECK"),
    )
    .action(writeBaseline);
}

async function writeBaseline(targets: readonly string[], options: Options): Promise<void> {
  const [
    { audit, plainRequest },
    { isComplete },
    { formatBaseline },
    { rules },
    { writeWhole },
    cli,
  ] = await Promise.all([
    import("../audit/audit.ts"),
    import("../audit/exit-status.ts"),
    import("../audit/baseline.ts"),
    import("../rules/index.generated.ts"),
    import("./output.ts"),
    import("./audit.ts"),
  ]);
  process.exitCode = 2;
  const { report } = await audit({
    targets,
    rules,
    ...plainRequest,
    config: options.config,
    // An old baseline must not empty the new one.
    baseline: false,
    shellcheck: options.shellcheck,
    workingFolder: process.cwd(),
    readStdin: cli.readStdin,
  });
  writeWhole(options.output, formatBaseline(report));
  await cli.tellSummary(report, options.output, "baseline");
  for (const notification of report.notifications)
    process.stderr.write(await cli.formatNotification(notification));
  process.exitCode = isComplete(report) ? 0 : 2;
}
