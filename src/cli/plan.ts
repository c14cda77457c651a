import { Command } from "commander";

/** `tguard plan`: show what a start would do, operation by operation, without doing it. */
export function planCommand(): Command {
  return new Command("plan")
    .description(
      "print the launch plan of a bundle: every kernel operation, in order; changes nothing",
    )
    .argument("[bundle]", "bundle directory", ".")
    .option("--profile <name>", "policy profile: compat, default, strict, or a file", "default")
    .option("--no-harden", "plan the bundle exactly as its config.json says")
    .option("--id <id>", "the container's id", "plan")
    .option("--format <format>", "table or json", "table")
    .action(async (bundle: string, flags: PlanFlags) => {
      const { openBundle } = await import("../oci/bundle-file.ts");
      const { preview } = await import("../sandbox/prepare.ts");
      const { cacheDir, defaultStateRoot } = await import("../sandbox/places.ts");
      const { formatPlanTable, planToJson } = await import("../sandbox/format-plan.ts");
      const { columnsOf, isColoured, print } = await import("./output.ts");
      const { UserError } = await import("../base/error.ts");
      if (flags.format !== "table" && flags.format !== "json")
        throw new UserError(`unknown format ${JSON.stringify(flags.format)}`, {
          where: "--format",
          hint: "use table or json",
        });
      const start = {
        id: flags.id,
        bundle,
        profile: flags.harden ? flags.profile : undefined,
        mode: "foreground",
        stateDir: `${defaultStateRoot()}/${flags.id}`,
        cacheDir: cacheDir(),
      } as const;
      const { planned, notes, isRoots } = await preview(start, openBundle(bundle));
      await print(
        flags.format === "json"
          ? `${JSON.stringify(planToJson(planned.plan), null, 2)}\n`
          : formatPlanTable(planned.plan, {
              width: columnsOf(process.stdout),
              isColoured: isColoured("auto", process.stdout),
            }),
      );
      if (isRoots)
        process.stderr.write(
          "tguard: note: this bundle has no user namespace: the plan is root's\n",
        );
      for (const note of notes) process.stderr.write(`tguard: note: ${note}\n`);
    });
}

interface PlanFlags {
  readonly profile: string;
  readonly harden: boolean;
  readonly id: string;
  readonly format: string;
}
