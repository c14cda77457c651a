import { Command } from "commander";
import type { CommandSpec, Flags, Globals } from "./command-spec.ts";

/** The same command for commander, which words help and mistakes. */
export function toCommand(spec: CommandSpec): Command {
  const command = new Command(spec.name).description(spec.description);
  for (const { name, description } of spec.arguments) command.argument(name, description);
  if (spec.takesCommand === true) command.passThroughOptions().allowExcessArguments();
  const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value,
  ];
  for (const { flags, description, default: value, repeats } of spec.options)
    if (repeats === true) command.option(flags, description, collect);
    else command.option(flags, description, value);
  return command.action(async () => {
    await spec.run(command.args, command.opts<Flags>(), command.optsWithGlobals<Globals>());
  });
}
