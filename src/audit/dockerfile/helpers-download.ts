import type { Script, SimpleCommand } from "../shell/model.ts";
import { commandsNamed, hasFlag, scriptOf, urls } from "../shell/query.ts";
import { mayHideFlags } from "./helpers-packages.ts";
import type { Dockerfile, RunInstruction, Stage } from "./model.ts";
import { environmentOf, instructionsOf, stageChain, stageOf } from "./query.ts";

/** A command of a RUN that fetches something from another machine. */
export interface Download {
  readonly run: RunInstruction;
  readonly script: Script;
  readonly command: SimpleCommand;
}

/** Downloads by curl or wget whose flags are all seen; not of this machine, not of headers alone. */
export function downloads(dockerfile: Dockerfile, tool: "curl" | "wget"): Download[] {
  return instructionsOf(dockerfile, "run").flatMap((run) => {
    const script = scriptOf(dockerfile, run);
    return commandsNamed(script, tool)
      .filter((command) => isDownload(command) && !mayHideFlags(command))
      .map((command) => ({ run, script, command }));
  });
}

function isDownload(command: SimpleCommand): boolean {
  const found = urls(command);
  const isLocal = found.some(({ url }) =>
    /^\w+:\/\/(?:[^/@]*@)?(?:localhost|127\.|\[::1\]|0\.0\.0\.0)/i.test(url),
  );
  return (
    found.length > 0 && !isLocal && !hasFlag(command, "-I", "--head", "--spider", "-V", "--version")
  );
}

const answers = new WeakMap<Stage, Map<string, boolean>>();

/** True when a configuration file of the tool is brought into the stage, which may hold any flag. */
export function hasToolConfig(dockerfile: Dockerfile, run: RunInstruction, name: RegExp): boolean {
  const stage = stageOf(dockerfile, run);
  if (stage === undefined) return false;
  // Asked for every download of the stage; the answer is the same.
  const known = answers.get(stage) ?? new Map<string, boolean>();
  answers.set(stage, known);
  let answer = known.get(name.source);
  if (answer === undefined) {
    const environment = [...environmentOf(dockerfile, stage).keys()];
    answer = environment.some((key) => name.test(key)) || writes(dockerfile, stage, name);
    known.set(name.source, answer);
  }
  return answer;
}

function writes(dockerfile: Dockerfile, stage: Stage, name: RegExp): boolean {
  return stageChain(dockerfile, stage).some(({ instructions }) =>
    instructions.some((node) => {
      if (node.kind === "copy" || node.kind === "add")
        return [...node.sources.map(({ word }) => word), node.destination].some((word) =>
          name.test(word?.text ?? ""),
        );
      if (node.kind !== "run") return false;
      return scriptOf(dockerfile, node).commands.some(
        ({ redirects, args }) =>
          redirects.some(({ target }) => name.test(target?.text ?? "")) ||
          args.some(({ text }) => name.test(text)),
      );
    }),
  );
}
