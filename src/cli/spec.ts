import { Command } from "commander";

interface SpecFlags {
  readonly bundle: string;
  readonly rootless?: true;
}

/** `tguard spec`: write a config.json to start from. */
export function specCommand(): Command {
  return new Command("spec")
    .description("write a config.json to start from; an existing one is never replaced")
    .option("-b, --bundle <dir>", "bundle directory to write it into", ".")
    .option("--rootless", "for an ordinary user: user namespace, no cgroup limits")
    .action(async ({ bundle, rootless }: SpecFlags) => {
      const { defaultSpec } = await import("../oci/spec.ts");
      const { writeConfig } = await import("../oci/bundle.ts");
      // Both are there on every system but Windows.
      const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      writeConfig(bundle, defaultSpec({ rootless: rootless ? ids : undefined }));
    });
}
