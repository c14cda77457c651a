/*
 * What rules in TypeScript import from "tguard": the types of the model, `defineRule`, and the questions that tguard's
 * own rules ask.
 */
import * as dockerfile from "../dockerfile/query.ts";
import { defineRule } from "../rule.ts";
import * as shell from "../shell/query.ts";

/** The part of Bun that gives a module to programs loaded later; absent under Node. */
interface PluginHost {
  plugin(plugin: {
    readonly name: string;
    setup(build: {
      module(
        name: string,
        load: () => { exports: Record<string, unknown>; loader: "object" },
      ): void;
    }): void;
  }): void;
}

/** Make `import { defineRule, dockerfile, shell } from "tguard"` work in rule files loaded from now on. */
export function provideApi(): void {
  const host = (globalThis as { readonly Bun?: PluginHost }).Bun;
  host?.plugin({
    name: "tguard",
    setup(build) {
      build.module("tguard", () => ({
        exports: { defineRule, dockerfile, shell },
        loader: "object",
      }));
    },
  });
}
