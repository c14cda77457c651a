import { Command, Option } from "commander";
import type { RuleMeta, Targets } from "../audit/rule.ts";
import { UserError } from "../base/error.ts";
import type { ColorMode } from "./output.ts";

interface ListOptions {
  readonly format: "table" | "json";
  readonly color: ColorMode;
}

/** `tguard rules`: list the rules of `tguard audit`; `tguard rules show RULE`: explain one. */
export function rulesCommand(): Command {
  const color = (): Option =>
    new Option("--color <when>", "colour the output")
      .choices(["auto", "always", "never"])
      .default("auto");
  const format = (): Option =>
    new Option("-f, --format <format>", "output format")
      .choices(["table", "json"])
      .default("table");
  const show = new Command("show")
    .description("Explain a rule: why it matters, how to fix it, a bad and a good example.")
    .argument("<rule>", "its id, its name, or the id of the same check in another tool (DL3006)")
    .addOption(color())
    .addOption(format())
    .action(showRule);
  return new Command("rules")
    .summary("list and explain the rules of audit")
    .description("List the rules of tguard audit.")
    .addOption(format())
    .addOption(color())
    .addCommand(show)
    .addCommand(testCommand())
    .enablePositionalOptions()
    .action(listRules);
}

function testCommand(): Command {
  return new Command("test")
    .description(
      `Run the examples of custom rules: every bad one must be reported, no good one may be.
FILE is YAML (docs/custom-rules.md), or a TypeScript or JavaScript module, which runs as you.`,
    )
    .argument("<file...>", "files with rules")
    .addHelpText("after", "\nExit status: 0 all hold; 1 an example does not; 2 a file is wrong.")
    .action(async (paths: readonly string[]) => {
      process.exitCode = 2;
      const [{ CustomRules }, { testExamples, formatResults }, { print }] = await Promise.all([
        import("../audit/custom/runner.ts"),
        import("../audit/custom/examples.ts"),
        import("./output.ts"),
      ]);
      const custom = await CustomRules.start(paths);
      try {
        const results = await testExamples(custom);
        await print(formatResults(results));
        process.exitCode = results.every(({ problem }) => problem === undefined) ? 0 : 1;
      } finally {
        custom.end();
      }
    });
}

type Meta = RuleMeta<keyof Targets>;

async function listRules({ format, color }: ListOptions): Promise<void> {
  const { rules } = await import("../rules/index.generated.ts");
  await write(
    rules.map(({ meta }) => meta as Meta),
    format,
    color,
    (text, metas, options) => text.formatRuleList(metas, options),
  );
}

async function showRule(word: string, { format, color }: ListOptions): Promise<void> {
  const [{ rules }, { indexRules }] = await Promise.all([
    import("../rules/index.generated.ts"),
    import("../audit/rule-index.ts"),
  ]);
  const index = indexRules(rules);
  const found = index.find(word);
  if (found.length === 0) {
    const near = index.suggest(word);
    throw new UserError(`there is no rule "${word}"`, {
      hint: near === undefined ? "tguard rules lists the rules" : `did you mean "${near}"?`,
      exitCode: 2,
    });
  }
  await write(
    found.map(({ meta }) => meta as Meta),
    format,
    color,
    (text, metas, options) => metas.map((meta) => text.formatRule(meta, options)).join("\n"),
  );
}

async function write(
  metas: readonly Meta[],
  format: "table" | "json",
  color: ColorMode,
  render: (
    text: typeof import("../report/rule-text.ts"),
    metas: readonly Meta[],
    options: import("../report/rule-text.ts").TextOptions,
  ) => string,
): Promise<void> {
  const text = await import("../report/rule-text.ts");
  const { columnsOf, isColoured, print } = await import("./output.ts");
  const options = {
    isColoured: isColoured(color, process.stdout),
    columns: Math.min(columnsOf(process.stdout), 120),
  };
  await print(format === "json" ? text.formatRulesJson(metas) : render(text, metas, options));
}
