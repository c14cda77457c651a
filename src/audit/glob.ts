/**
 * Patterns of `.tguard.yaml` `exclude`. `*` and `?` match within a path segment, `**` any number of segments.
 * A pattern without `/` (other than at its end) matches at any depth; one that matches a folder matches all in it.
 * Matching takes at most pattern × path steps: a hostile pattern cannot stall the audit.
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  const trimmed = pattern.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  const segments = trimmed.split("/").filter((s) => s !== "");
  if (segments.length === 0) return () => false;
  if (segments.length === 1 && !/^\.?\//.test(pattern)) segments.unshift("**");
  segments.push("**");
  return (path) => matchSegments(segments, path.split("/"));
}

/** Can `pattern` match `path`? Row i of the table: which prefixes of the path the first i segments match. */
function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  let reachable: boolean[] = [true, ...path.map(() => false)];
  for (const segment of pattern) {
    const next: boolean[] = [segment === "**" && reachable[0] === true];
    for (const [i, name] of path.entries()) {
      next.push(
        segment === "**"
          ? reachable[i + 1] === true || next[i] === true
          : reachable[i] === true && matchName(segment, name),
      );
    }
    reachable = next;
  }
  return reachable[path.length] === true;
}

/** Wildcards in one segment; on a mismatch only the last `*` needs to be tried again. */
function matchName(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let retry = 0;
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p++;
      retry = n;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1;
      n = ++retry;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
