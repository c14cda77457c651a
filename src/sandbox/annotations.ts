import { UserError } from "../base/error.ts";

/** Annotation that asks for an idmapped root: `"true"` when files keep the owners they have on disk, seen through the container's id maps. */
export const ANNOTATION_ROOTFS_IDMAP = "org.tguard.rootfs.idmap";

/** Annotation that asks for Landlock: JSON of one LandlockLayer or of a list of them. */
export const ANNOTATION_LANDLOCK = "org.tguard.landlock";

/**
 * Annotation that asks for a shipped policy profile, so that an engine's user can have a container tightened. Only ever
 * tightens, and names no files: who writes annotations may not read every file of the host.
 */
export const ANNOTATION_PROFILE = "org.tguard.profile";

/** The kernel stacks at most this many rulesets (landlock(7), E2BIG). */
export const LANDLOCK_MAX_LAYERS = 16;
const MAX_PATHS = 1024;
const MAX_TEXT = 1 << 18;

/** What Landlock can keep inside (landlock(7), ABI 6): connecting to abstract unix sockets of others, signalling others. */
export type LandlockScope = "abstract-unix-socket" | "signal";

/**
 * One Landlock ruleset, in words: what is not named is denied. Paths are absolute, as seen from inside the container, and cover what is beneath.
 * Several layers restrict one after another, so that what one denies no other can give back.
 */
export interface LandlockLayer {
  /** Read and execute files, list directories. */
  readonly readExec?: readonly string[];
  /** Read files, list directories. */
  readonly read?: readonly string[];
  /** All of the above but execution, and write, create, remove, rename, ioctl on devices. */
  readonly readWrite?: readonly string[];
  /** Neither bind nor connect TCP sockets. ABI 4. */
  readonly denyTcp?: boolean;
  readonly scope?: readonly LandlockScope[];
}

/**
 * Read the value of ANNOTATION_LANDLOCK.
 * @throws UserError when it is not JSON, not of that shape, or too large.
 */
export function parseLandlock(text: string): readonly LandlockLayer[] {
  const where = `config.json /annotations/${ANNOTATION_LANDLOCK}`;
  if (text.length > MAX_TEXT)
    throw new UserError(`the Landlock annotation is larger than ${MAX_TEXT} characters`, { where });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("the Landlock annotation is not JSON", { where, cause });
  }
  const layers = Array.isArray(value) ? value : [value];
  if (layers.length > LANDLOCK_MAX_LAYERS)
    throw new UserError(`${layers.length} Landlock layers, the kernel takes 16`, { where });
  return layers.map((layer: unknown, i) => {
    const problem = landlockProblem(layer);
    if (problem !== undefined)
      throw new UserError(`Landlock layer ${i} is wrong: ${problem}`, { where });
    return layer as LandlockLayer; // proven by landlockProblem
  });
}

const LIST_CHECKS: Readonly<Record<string, (item: unknown) => boolean>> = {
  readExec: isAbsolutePath,
  read: isAbsolutePath,
  readWrite: isAbsolutePath,
  scope: (item) => item === "abstract-unix-socket" || item === "signal",
};

function landlockProblem(layer: unknown): string | undefined {
  if (typeof layer !== "object" || layer === null || Array.isArray(layer)) return "not an object";
  for (const [key, items] of Object.entries(layer)) {
    if (key === "denyTcp") {
      if (typeof items !== "boolean") return '"denyTcp" is neither true nor false';
      continue;
    }
    const isRight = Object.hasOwn(LIST_CHECKS, key) ? LIST_CHECKS[key] : undefined;
    if (isRight === undefined)
      return `unknown key ${JSON.stringify(key.slice(0, 40))} (known: ${Object.keys(LIST_CHECKS).join(", ")}, denyTcp)`;
    if (!Array.isArray(items) || items.length > MAX_PATHS)
      return `"${key}" is not a list of at most ${MAX_PATHS}`;
    const wrong = items.findIndex((item) => !isRight(item));
    if (wrong !== -1)
      return `"${key}" has ${(JSON.stringify(items[wrong]) ?? "").slice(0, 80)} at ${wrong}`;
  }
  return undefined;
}

function isAbsolutePath(item: unknown): boolean {
  return typeof item === "string" && /^\/[^\0]*$/.test(item) && item.length <= 4096;
}
