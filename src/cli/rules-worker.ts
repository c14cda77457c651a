import { Command } from "commander";

/** `tguard rules-worker`: the process that runs custom rules for `tguard audit`; not for people. */
export function rulesWorkerCommand(): Command {
  return new Command("rules-worker")
    .argument("<file...>")
    .option("--skip <id>", "", (id: string, ids: readonly string[] = []) => [...ids, id])
    .action(async (paths: readonly string[], { skip = [] }: { readonly skip?: string[] }) => {
      const { serveRules } = await import("../audit/custom/worker.ts");
      await import("../audit/custom/api.ts").then(({ provideApi }) => provideApi());
      await serveRules(paths, skip);
    });
}
