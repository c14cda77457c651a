import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import { argumentsOf } from "../shell/query.ts";
import { isDigestCommand } from "./helpers-fetched.ts";

/** Ids of keys that `gpg` and `apt-key adv` ask a key server for. */
export function requestedKeys(command: SimpleCommand): readonly ShellWord[] {
  const { tool, flags, operands } = argumentsOf(command);
  if (tool !== "gpg" && tool !== "apt-key") return [];
  // `--recv-keys=A`, and `--recv-keys A B`, whose ids are left as operands.
  if (!flags.some(({ name }) => /^--rec(?:v|eive)(?:-keys?)?$/.test(name))) return [];
  return operands;
}

/** True when the step compares a fingerprint, or the sum of the key file: 40 hex digits stand in it, or `sha256sum -c`. */
export function checksFingerprint({ commands, assignments }: Script): boolean {
  const words = [
    ...commands.flatMap(({ args, redirects }) => [
      ...args,
      ...redirects.flatMap(({ target }) => target ?? []),
    ]),
    ...assignments.flatMap(({ value }) => value ?? []),
  ];
  return (
    commands.some(isDigestCommand) || words.some(({ value, text }) => hasFingerprint(value ?? text))
  );
}

/** OpenPGP v4 fingerprints have 40 hex digits, v5 and v6 have 64; people write them in groups of four. */
export function hasFingerprint(text: string): boolean {
  return /(?:^|[^0-9a-f])(?:0x)?(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])/i.test(
    text.replace(/(?<=[0-9a-f]{4}) {1,2}(?=[0-9a-f]{4})/gi, ""),
  );
}
