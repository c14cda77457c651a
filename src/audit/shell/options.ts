import type { ShellOptions } from "./model.ts";

/** Shells whose scripts the Bash grammar covers. */
export const SHELLS: ReadonlySet<string> = new Set([
  ...["sh", "bash", "ash", "dash", "ksh", "mksh", "zsh", "rbash"],
]);

/** State of a shell started without flags. */
export const NO_OPTIONS: ShellOptions = {
  errexit: false,
  pipefail: false,
  nounset: false,
  xtrace: false,
};

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  e: "errexit",
  u: "nounset",
  x: "xtrace",
};

const isOption = (name: string): name is keyof ShellOptions => Object.hasOwn(NO_OPTIONS, name);

/** Options after `set` (or a shell's command line) with these arguments: POSIX, Special Built-In Utilities, set. */
export function applySetArguments(
  options: ShellOptions,
  args: readonly (string | undefined)[],
): ShellOptions {
  let result = options;
  for (let i = 0; i < args.length; i++) {
    const flag = args[i];
    if (flag === undefined || !/^[-+][A-Za-z]/.test(flag)) break;
    const isOn = flag.startsWith("-");
    for (const letter of flag.slice(1)) {
      const name = letter === "o" ? args[++i] : LETTERS[letter];
      if (name !== undefined && isOption(name)) result = { ...result, [name]: isOn };
    }
  }
  return result;
}

/** Last part of a program's path, without `.exe`, lower case when it had it: `/bin/sh` is `sh`. */
export function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return /\.exe$/i.test(name) || /^(?:cmd|powershell|pwsh)$/i.test(name)
    ? name.replace(/\.exe$/i, "").toLowerCase()
    : name;
}
