import type { Span } from "../../base/text.ts";
import type { SimpleCommand } from "../shell/model.ts";
import { innermostCommands, scriptOf } from "../shell/query.ts";
import type { Dockerfile, HealthcheckInstruction } from "./model.ts";

/** A program of a health check that asks over the network. */
export interface FetchingTool {
  /** `curl`, `wget`, `nc`. */
  readonly name: string;
  readonly command: SimpleCommand;
  readonly span: Span;
}

/** `curl`, `wget` and `nc` of a health check, in order. */
export function fetchingTools(
  dockerfile: Dockerfile,
  check: HealthcheckInstruction,
): FetchingTool[] {
  return innermostCommands(scriptOf(dockerfile, check)).flatMap((command) => {
    const name = command.name === "ncat" || command.name === "netcat" ? "nc" : command.name;
    const [word = command] = command.words;
    return name === "curl" || name === "wget" || name === "nc"
      ? [{ name, command, span: word.span }]
      : [];
  });
}
