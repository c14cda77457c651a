import { Command, Option } from "commander";

interface HardenFlags {
  readonly profile: string;
  readonly diff?: true;
  readonly format?: "json" | "table";
}

/** `tguard harden`: show what a profile makes of a bundle's config.json. */
export function hardenCommand(): Command {
  return new Command("harden")
    .description("print a bundle's config.json as a profile hardens it; the bundle stays as it is")
    .argument("[bundle]", "bundle directory", ".")
    .option("-p, --profile <name>", "compat, default, strict or a policy file", "default")
    .option("-d, --diff", "print what changes, and why, instead of the result")
    .addOption(
      new Option("-f, --format <format>", "json, or table with --diff (the default there)").choices(
        ["json", "table"],
      ),
    )
    .action(async (bundle: string, flags: HardenFlags) => {
      const { columnsOf, isColoured, print } = await import("./output.ts");
      const { hardenBundle } = await import("../sandbox/harden-bundle.ts");
      const { policy, hardened } = await hardenBundle(bundle, flags.profile);
      const { changes, notes, config } = hardened;
      if (flags.diff === true && flags.format !== "json") {
        const { formatChanges } = await import("../sandbox/diff.ts");
        const format = {
          width: columnsOf(process.stdout),
          isColoured: isColoured("auto", process.stdout),
        };
        await print(formatChanges(`${bundle}, profile ${policy.name}`, hardened, format));
        return;
      }
      const value = flags.diff === true ? { profile: policy.name, changes, notes } : config;
      await print(`${JSON.stringify(value, null, 2)}\n`);
    });
}
