import { Command } from "commander";
import type { CommandSpec, Flags, Globals } from "./command-spec.ts";

/** The same command for commander, which words help and mistakes. */
export function toCommand(spec: CommandSpec): Command {
  const command = new Command(spec.name).description(spec.description);
  for (const { name, description } of spec.arguments) command.argument(name, description);
  for (const { flags, description, default: value } of spec.options)
    command.option(flags, description, value);
  // commander gives the arguments, then the options, then the command.
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, -2).filter((arg) => arg !== undefined) as string[];
    await spec.run(args, command.opts<Flags>(), command.optsWithGlobals<Globals>());
  });
}
