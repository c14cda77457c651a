import type { ShellWord, SimpleCommand } from "../shell/model.ts";
import { operands } from "../shell/query.ts";

/** Target of a `cd` that a script begins with and that holds for all of it; `undefined` for other commands. */
export function leadingCdTarget(command: SimpleCommand | undefined): ShellWord | undefined {
  if (command?.name !== "cd") return undefined;
  const { isSubshell, isConditional, isLoop } = command.context;
  const [target, more] = operands(command);
  if (isSubshell || isConditional || isLoop || target === undefined || more !== undefined)
    return undefined;
  return isLiteral(target) ? target : undefined;
}

export const isLeadingCd = (command: SimpleCommand | undefined): boolean =>
  leadingCdTarget(command) !== undefined;

/** A directory written out: no variable, no `~`, not `-`. */
function isLiteral({ text, variables, hasSubstitution, hasGlob }: ShellWord): boolean {
  return (
    variables.length === 0 && !hasSubstitution && !hasGlob && text !== "-" && !/^~|^$/.test(text)
  );
}
