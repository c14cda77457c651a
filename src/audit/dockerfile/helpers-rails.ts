import { type CommandInstruction, scriptOf } from "../shell/query.ts";
import type { Dockerfile, Stage } from "./model.ts";
import { stageChain } from "./query.ts";

/** True when the stage holds a Rails application, going by what it copies by name and what it runs. */
export function isRailsStage(dockerfile: Dockerfile, stage: Stage): boolean {
  return stageChain(dockerfile, stage).some(({ instructions }) =>
    instructions.some((node) => {
      switch (node.kind) {
        case "copy":
        case "add":
          return node.sources.some(({ word }) =>
            /(?:^|\/)(?:config\.ru|bin\/rails)$/.test(word.value ?? ""),
          );
        case "run":
        case "cmd":
        case "entrypoint":
          return runsRails(dockerfile, node);
        default:
          return false;
      }
    }),
  );
}

function runsRails(dockerfile: Dockerfile, node: CommandInstruction): boolean {
  return scriptOf(dockerfile, node).commands.some(
    ({ words }) =>
      words.some(({ value = "" }) => value === "rails" || value.endsWith("bin/rails")) ||
      words.some(({ value }) => value === "assets:precompile"),
  );
}
