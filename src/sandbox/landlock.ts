import type { LandlockLayer } from "./annotations.ts";

/** LANDLOCK_ACCESS_FS_* bits (linux/landlock.h, ABI 5). */
const FS = {
  EXECUTE: 1 << 0,
  WRITE_FILE: 1 << 1,
  READ_FILE: 1 << 2,
  READ_DIR: 1 << 3,
  ALL: (1 << 16) - 1,
} as const;
/** LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP, ABI 4. */
const NET_TCP = 3;
/** LANDLOCK_SCOPE_*, ABI 6. */
const SCOPES = { "abstract-unix-socket": 1, signal: 2 } as const;

/** One ruleset in the kernel's numbers. */
export interface LandlockRules {
  readonly fs: number;
  readonly net: number;
  readonly scoped: number;
  readonly rules: readonly { readonly path: string; readonly access: number }[];
}

/** Turn a layer's words into access bits; a layer that names no path leaves files alone. */
export function landlockRules(layer: LandlockLayer): LandlockRules {
  const { readExec = [], read = [], readWrite = [] } = layer;
  const rules = [
    ...readExec.map((path) => ({ path, access: FS.EXECUTE | FS.READ_FILE | FS.READ_DIR })),
    ...read.map((path) => ({ path, access: FS.READ_FILE | FS.READ_DIR })),
    ...readWrite.map((path) => ({ path, access: FS.ALL & ~FS.EXECUTE })),
  ];
  return {
    fs: rules.length > 0 ? FS.ALL : 0,
    net: layer.denyTcp === true ? NET_TCP : 0,
    scoped: (layer.scope ?? []).reduce((bits, scope) => bits | SCOPES[scope], 0),
    rules,
  };
}
