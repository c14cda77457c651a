import { UserError } from "../base/error.ts";
import { defaultStateRoot } from "../sandbox/places.ts";
import { processesOf } from "../sandbox/processes.ts";
import { Store } from "../sandbox/store.ts";
import type { CommandSpec } from "./command-spec.ts";
import { print } from "./output.ts";

/** `tguard ps`: the processes of a container. */
export const psSpec: CommandSpec = {
  name: "ps",
  description: "show the processes of a container",
  arguments: [
    { name: "<id>", description: "the container's id" },
    { name: "[ps-options...]", description: "options of ps(1) (default: -ef)" },
  ],
  takesCommand: true,
  options: [{ flags: "-f, --format <format>", description: "table or json", default: "table" }],
  async run([id = "", ...options], flags, globals) {
    const store = new Store(globals.root ?? defaultStateRoot());
    const pids = processesOf(store.read(id));
    switch (flags["format"]) {
      case "json":
        return print(`${JSON.stringify(pids)}\n`);
      case "table": {
        const { psTable } = await import("../sandbox/ps.ts");
        return print(psTable(pids, options));
      }
      default:
        throw new UserError("invalid format option", {
          where: "--format",
          hint: "use table or json",
        });
    }
  },
};
