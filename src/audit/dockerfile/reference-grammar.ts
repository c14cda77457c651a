/*
 * The grammar of image references, github.com/distribution/reference, reference.go: what a builder or registry refuses.
 * Cut by hand, so that no input is read more than a few times.
 */

// reference.go: NameTotalLengthMax.
const MAX_NAME = 255;

// regexp.go: path-component, domain-component, tag; digest.go: the hexadecimal part has at least 32 digits.
const PATH_PART = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const DOMAIN =
  /^(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Hexadecimal digits of the digests that registries give: image-spec, descriptor.md#registered-algorithms. */
const DIGEST_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** What keeps a text from being an image reference, as the end of a sentence; `undefined` for a right one. */
export function referenceProblem(reference: string): string | undefined {
  if (reference === "") return "is empty";
  if (reference.length > 1024) return "is too long";
  const at = reference.indexOf("@");
  const digest = at === -1 ? undefined : reference.slice(at + 1);
  const beforeDigest = at === -1 ? reference : reference.slice(0, at);
  const colon = beforeDigest.indexOf(":", beforeDigest.lastIndexOf("/") + 1);
  const tag = colon === -1 ? undefined : beforeDigest.slice(colon + 1);
  const name = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon);
  return nameProblem(name) ?? tagProblem(tag) ?? digestProblem(digest);
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "has no name";
  const parts = name.split("/");
  const [first = ""] = parts;
  const hasDomain =
    parts.length > 1 &&
    (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  if (hasDomain && !DOMAIN.test(first)) return `has a wrong registry "${first}"`;
  const path = hasDomain ? parts.slice(1) : parts;
  if (path.join("/").length > MAX_NAME) return "has a name of more than 255 characters";
  if (path.includes("")) return "has an empty part in its name";
  if (path.some((part) => /[A-Z]/.test(part))) return "has capital letters in its name";
  const wrong = path.find((part) => !PATH_PART.test(part));
  if (wrong !== undefined) return `has a wrong part "${wrong}" in its name`;
  if (parts.length === 1 && /^[0-9a-f]{64}$/.test(name)) return "is a bare image ID";
  return undefined;
}

function tagProblem(tag: string | undefined): string | undefined {
  if (tag === "") return "has an empty tag";
  return tag === undefined || TAG.test(tag) ? undefined : `has a wrong tag "${tag}"`;
}

function digestProblem(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  if (digest === "") return "has an empty digest";
  if (!DIGEST.test(digest)) return "has a wrong digest";
  const colon = digest.indexOf(":");
  const algorithm = digest.slice(0, colon);
  const wanted = Object.hasOwn(DIGEST_DIGITS, algorithm) ? DIGEST_DIGITS[algorithm] : undefined;
  return wanted === undefined || digest.length - colon - 1 === wanted
    ? undefined
    : `has a ${algorithm} digest of another length than ${wanted}`;
}
