import type { Dockerfile, EnvInstruction, Word } from "./model.ts";
import { instructionsOf, isWindows, stageOf } from "./query.ts";

/** One part of a list of folders that ENV sets. */
export interface PathPart {
  /** Known variables replaced; `undefined` when one is not known. */
  readonly value: string | undefined;
  /** True for `$NAME` of the variable itself: what was there before. */
  readonly isInherited: boolean;
}

/** Parts of a list parted by colons, as `ENV NAME=a:$NAME` gives them. */
export function pathParts(name: string, { text, variables }: Word): PathPart[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  // The colon of `${A:-b}` parts nothing.
  for (let i = 0; i <= text.length; i++) {
    if (text.startsWith("${", i)) depth++;
    else if (text.charAt(i) === "}" && depth > 0) depth--;
    if (i < text.length && (text.charAt(i) !== ":" || depth > 0)) continue;
    parts.push(text.slice(start, i));
    start = i + 1;
  }
  return parts.map((part) => {
    if (part === `$${name}` || part.startsWith(`\${${name}`))
      return { value: undefined, isInherited: true };
    let isKnown = true;
    const value = part.replace(
      /\$(?:(\w+)|\{(\w+)\})/g,
      (whole, plain?: string, braced?: string) => {
        const known = variables.find((use) => use.name === (plain ?? braced))?.value;
        if (known === undefined) isKnown = false;
        return known ?? whole;
      },
    );
    return { value: isKnown && !value.includes("${") ? value : undefined, isInherited: false };
  });
}

/** Assignments of ENV to these names, those of Windows stages left out. */
export function environmentPairs(
  dockerfile: Dockerfile,
  names: readonly string[],
): { readonly node: EnvInstruction; readonly name: string; readonly value: Word }[] {
  return instructionsOf(dockerfile, "env").flatMap((node) => {
    const stage = stageOf(dockerfile, node);
    if (stage === undefined || isWindows(dockerfile, stage)) return [];
    return node.pairs.flatMap(({ key, value }) =>
      names.includes(key.text) ? [{ node, name: key.text, value }] : [],
    );
  });
}

/** Folders that every user may write to; a relative one is whatever folder the program runs in. */
export function isOpenFolder(path: string): boolean {
  return /^\/(?:(?:var\/)?tmp|dev\/shm)(?:\/|$)/.test(path) || !/^[/$~]/.test(path);
}
