import type { Script, SimpleCommand } from "../shell/model.ts";
import type { Removal } from "../shell/query.ts";
import { removals } from "../shell/query.ts";

/** True when a word of unknown value could hold flags, going by its name: `$APT_OPTS`, `${FLAGS}`. */
export function mayHideFlags({ args }: SimpleCommand): boolean {
  return args.some(
    ({ value, text, variables }) =>
      value === undefined &&
      text.startsWith("$") &&
      variables.some((name) => /opt|flag|arg|param/i.test(name)),
  );
}

/** True when something behind `command` removes what lies in one of the directories, as `rm -rf DIR/*` does too. */
export function isEmptiedAfter(
  script: Script,
  command: SimpleCommand,
  directories: readonly string[],
): boolean {
  return removals(script).some(
    (removal) =>
      removal.command.index > command.index &&
      directories.some((directory) => covers(removal, directory)),
  );
}

function covers({ path, word }: Removal, directory: string): boolean {
  // `/var/cache/{yum,dnf}/*`: the braces are the shell's, and are not expanded in the model.
  const paths = expandBraces(path ?? word.prefix);
  return paths.some((removed) => {
    const bare = removed.replace(/\/?\*$/, "");
    return bare !== "" && (directory === bare || directory.startsWith(`${bare}/`));
  });
}

function expandBraces(path: string): readonly string[] {
  const match = /^([^{}]*)\{([^{}]*,[^{}]*)\}([^{}]*)$/.exec(path);
  if (match === null) return [path];
  const [, before = "", list = "", after = ""] = match;
  return list.split(",").map((item) => `${before}${item}${after}`.replace(/(?<=.)\/+\*?$/, ""));
}
