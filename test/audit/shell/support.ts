import type { Dockerfile } from "../../../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { instructionsOf } from "../../../src/audit/dockerfile/query.ts";
import type { Script, SimpleCommand } from "../../../src/audit/shell/model.ts";
import { scriptOf } from "../../../src/audit/shell/query.ts";

/** The script of the last instruction of a file that runs a command. */
export function lastScript(dockerfile: Dockerfile): Script {
  const node = instructionsOf(dockerfile, "run", "cmd", "entrypoint", "healthcheck").at(-1);
  if (node === undefined) throw new Error("the file runs nothing");
  return scriptOf(dockerfile, node);
}

/** The script of the last command of a Dockerfile text. */
export function scriptFrom(source: string): Script {
  return lastScript(parseDockerfile(source));
}

/** Script of one RUN in shell form. */
export function runScript(command: string): Script {
  return scriptFrom(`FROM debian\nRUN ${command}\n`);
}

/** First command of one RUN. */
export function firstCommand(command: string): SimpleCommand {
  const [first] = runScript(command).commands;
  if (first === undefined) throw new Error(`no command in: ${command}`);
  return first;
}

/** Words of a command as text. */
export function textsOf({ words }: SimpleCommand): string[] {
  return words.map(({ text }) => text);
}
