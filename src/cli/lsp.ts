import { Command } from "commander";

/** `tguard lsp`: findings, help and fixes in an editor. */
export function lspCommand(): Command {
  return new Command("lsp")
    .summary("language server: findings, help and fixes in an editor")
    .description(
      `Speak the language server protocol on standard input and output: diagnostics for Dockerfiles as they are
typed, the rule's help on hover, quick fixes. The nearest .tguard.yaml counts, as for tguard audit.`,
    )
    .option("--stdio", "taken and ignored: there is no other way")
    .action(async () => {
      const [{ serveLsp }, { rules }, { version }] = await Promise.all([
        import("../lsp/server.ts"),
        import("../rules/index.generated.ts"),
        import("../base/version.ts"),
      ]);
      process.exitCode = await serveLsp({
        input: process.stdin,
        output: process.stdout,
        rules,
        version,
      });
    });
}
