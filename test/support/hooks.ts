import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HookKind } from "../../src/oci/runtime-config.ts";
import type { TestBundle } from "./bundle.ts";

/** A hook as config.json has it. */
export interface HookSpec {
  readonly path: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly timeout?: number;
}

/** A hook of the host that is a shell script; what it prints to descriptor 1 is kept in `NAME.out` beside it. */
export function hostHook(bundle: TestBundle, name: string, script: string): HookSpec {
  const path = join(bundle.base, name);
  writeFileSync(path, `#!/bin/sh\nexec >>${path}.out\n${script}\n`);
  chmodSync(path, 0o755);
  return { path };
}

/** What a hook made by hostHook has printed; empty when it was never run. */
export function printed(bundle: TestBundle, name: string): string {
  const path = join(bundle.base, `${name}.out`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** A hook out of the image: a script in /bin. */
export function imageHook(bundle: TestBundle, name: string, script: string): HookSpec {
  const path = join(bundle.rootfs, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { path: `/bin/${name}` };
}

/** The state that a hook was given. */
export interface SeenState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: string;
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The kinds in the order in which they run. */
export const KINDS: readonly HookKind[] = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
];
