import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import { secretPath } from "./helpers-mount.ts";
import type { Mount, RunInstruction } from "./model.ts";

/** A secret that a step can read, by the file and the variable that hold it. */
export interface MountedSecret {
  readonly mount: Mount;
  readonly path: string | undefined;
  /** Variable of `env=`. */
  readonly variable: string | undefined;
}

/** Secrets that the mounts of a step bring, as far as their places are known. */
export function mountedSecrets({ mounts }: RunInstruction): MountedSecret[] {
  return mounts.flatMap((mount) => {
    if (mount.type !== "secret") return [];
    const path = secretPath(mount);
    const variable = mount.env?.value;
    return path === undefined && variable === undefined ? [] : [{ mount, path, variable }];
  });
}

/** True when the word names the file or the variable. */
export function namesSecret(word: ShellWord, secret: MountedSecret): boolean {
  return namesPath(word, secret) || namesVariable(word, secret);
}

/** True when the path of the secret's file stands in the word: `/run/secrets/x`, `--file=/run/secrets/x`. */
export function namesPath({ value, text }: ShellWord, { path }: MountedSecret): boolean {
  if (path === undefined || path.length < 2) return false;
  const whole = value ?? text;
  const at = whole.indexOf(path);
  return at !== -1 && !/^[\w.-]/.test(whole.slice(at + path.length));
}

function namesVariable({ variables }: ShellWord, { variable }: MountedSecret): boolean {
  return variable !== undefined && variables.includes(variable);
}

/** Everything that a command names: its words, what it assigns, the files that it reads and writes. */
export function wordsOf({ args, assignments, redirects }: SimpleCommand): ShellWord[] {
  return [
    ...args,
    ...assignments.flatMap(({ value }) => value ?? []),
    ...redirects.flatMap(({ target }) => target ?? []),
  ];
}

/** Commands that name the secret, in order. */
export function usersOf({ commands }: Script, secret: MountedSecret): SimpleCommand[] {
  return commands.filter((command) => wordsOf(command).some((word) => namesSecret(word, secret)));
}
