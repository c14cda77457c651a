import type { Span } from "../../base/text.ts";
import type { ImageReference, Word } from "./model.ts";
import { wordSpan } from "./word.ts";

/** Variables are hidden behind this while a reference is cut, so that `${A:-b/c}` is one piece. */
const MASK = "\u0000";

/** Cut an image reference into registry, repository, tag and digest: distribution reference grammar, loosely. */
export function parseReference(word: Word): ImageReference {
  const isResolved = word.value !== undefined;
  const reference = word.value ?? word.text;
  // Places inside the word are exact only where the text stands as written.
  const isVerbatim = reference === word.raw;
  const masked = isResolved ? reference : maskVariables(word);

  const at = masked.indexOf("@");
  const beforeDigest = at === -1 ? masked.length : at;
  const slash = masked.lastIndexOf("/", beforeDigest - 1);
  const colon = masked.indexOf(":", slash + 1);
  const nameEnd = colon === -1 || colon >= beforeDigest ? beforeDigest : colon;
  const firstSlash = masked.indexOf("/");
  const hasRegistry =
    firstSlash > 0 && firstSlash < nameEnd && isRegistry(masked.slice(0, firstSlash));

  const span = (start: number, end: number): Span =>
    isVerbatim ? wordSpan(word, start, end) : word.span;
  const hasTag = nameEnd < beforeDigest;
  return {
    reference,
    isResolved,
    isNameKnown: isResolved || !masked.slice(slash + 1, nameEnd).includes(MASK),
    name: reference.slice(0, nameEnd),
    registry: hasRegistry ? reference.slice(0, firstSlash) : undefined,
    repository: reference.slice(hasRegistry ? firstSlash + 1 : 0, nameEnd),
    tag: hasTag ? reference.slice(nameEnd + 1, beforeDigest) : undefined,
    digest: at === -1 ? undefined : reference.slice(at + 1),
    span: word.span,
    nameSpan: span(0, nameEnd),
    tagSpan: hasTag ? span(nameEnd + 1, beforeDigest) : undefined,
    digestSpan: at === -1 ? undefined : span(at + 1, reference.length),
  };
}

/** distribution/reference, normalize.go splitDockerDomain: a first part with `.`, `:`, a capital, or `localhost`. */
function isRegistry(first: string): boolean {
  return (
    first.includes(".") ||
    first.includes(":") ||
    first === "localhost" ||
    first.toLowerCase() !== first
  );
}

function maskVariables({ raw, text, variables }: Word): string {
  let masked = text;
  let from = 0;
  for (const variable of variables) {
    const written = raw.slice(variable.rawStart, variable.rawEnd);
    const found = masked.indexOf(written, from);
    // Not found: nested in a variable that is masked already.
    if (found === -1) continue;
    from = found + written.length;
    masked = masked.slice(0, found) + MASK.repeat(written.length) + masked.slice(from);
  }
  return masked;
}
