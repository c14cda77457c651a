import { runContainer } from "../sandbox/container.ts";
import { defaultStateRoot } from "../sandbox/places.ts";
import { Store } from "../sandbox/store.ts";
import { type CommandSpec, textOf } from "./command-spec.ts";
import { START_OPTIONS, startOptions } from "./start-options.ts";

/**
 * `tguard create`: set a container up to the point where its program would run. An engine's config is taken as it is;
 * a profile only ever tightens it.
 */
export const createSpec: CommandSpec = {
  name: "create",
  description: "set up a container whose program `start` lets run",
  arguments: [{ name: "<id>", description: "the container's id" }],
  options: [
    ...START_OPTIONS,
    {
      flags: "--profile <name>",
      description: "tighten the bundle by a policy profile: compat, default, strict, or a file",
    },
  ],
  async run([id = ""], flags, globals) {
    await runContainer(new Store(globals.root ?? defaultStateRoot()), {
      ...startOptions(flags, globals),
      id,
      bundle: textOf(flags["bundle"]) ?? ".",
      profile: textOf(flags["profile"]) ?? globals.profile,
      mode: "create",
    });
  },
};
