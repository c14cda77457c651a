import { statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isErrno } from "../base/error.ts";

/**
 * Folder that report URIs are relative to: the root of the repository (the folder with `.git`) around `folder`,
 * as GitHub wants them, or `folder` itself outside a repository.
 */
export function sourceRoot(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (hasGit(at)) return at;
    if (dirname(at) === at) return resolve(folder);
  }
}

function hasGit(folder: string): boolean {
  try {
    return statSync(join(folder, ".git"), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A folder that may not be searched is not our repository's root.
    if (isErrno(error)) return false;
    throw error;
  }
}

/**
 * URI of a file in a report: relative to the root and percent-encoded (RFC 3986), or an absolute `file:` URI for a
 * file outside the root, since SARIF allows no `..` in it (§3.10.2).
 */
export function sourceUri(root: string, path: string): string {
  const inside = relative(root, resolve(path));
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return pathToFileURL(resolve(path)).href;
  }
  return inside.split(sep).map(encodeSegment).join("/");
}

/** `encodeURIComponent`, safe for names that are not well-formed UTF-16 (file names with invalid bytes). */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/[\uD800-\uDFFF]/gu, "\uFFFD"));
}
