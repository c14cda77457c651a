import { featuresOf } from "../sandbox/features.ts";
import { findInit } from "../sandbox/places.ts";
import type { CommandSpec } from "./command-spec.ts";
import { print } from "./output.ts";

/** `tguard features`: what this runtime implements, as engines ask for it. */
export const featuresSpec: CommandSpec = {
  name: "features",
  description: "print what this runtime implements as JSON (runtime-spec's features document)",
  arguments: [],
  options: [],
  run: () => print(`${JSON.stringify(featuresOf(findInit()), null, 2)}\n`),
};
