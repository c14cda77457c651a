import { createHash, type Hash } from "node:crypto";
import { UserError } from "../base/error.ts";

/** A checked digest; `hex` has no character but `0-9a-f`, so that it may become part of a path. */
export interface Digest {
  readonly algorithm: "sha256" | "sha512";
  readonly hex: string;
}

// image-spec, descriptor.md#registered-algorithms; blake3 is registered too, but node:crypto lacks it.
const REGISTERED = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Take `sha256:…` or `sha512:…` apart; `undefined` for anything else, upper-case digits included. */
export function parseDigest(text: string): Digest | undefined {
  if (!REGISTERED.test(text)) return undefined;
  return { algorithm: text.startsWith("sha256") ? "sha256" : "sha512", hex: text.slice(7) };
}

/** Path of a blob in an OCI layout, relative to it (image-spec, image-layout.md#blobs). */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.algorithm}/${digest.hex}`;
}

/** A hash to feed, for the algorithm of a digest. */
export function newHash(algorithm: Digest["algorithm"]): Hash {
  return createHash(algorithm);
}

/** What an image says of a blob and what the blob is. */
export interface BlobFacts {
  readonly digest: string;
  readonly size: number;
}

/**
 * Compare a blob with its descriptor. A size that is absent in `expected` is not compared.
 * @throws UserError that names both values when they differ.
 */
export function checkBlob(
  expected: { readonly digest: string; readonly size?: number },
  actual: BlobFacts,
  where: string,
): void {
  if (expected.size !== undefined && expected.size !== actual.size)
    throw new UserError(
      `blob ${expected.digest} has ${actual.size} bytes, its descriptor says ${expected.size}`,
      { where, hint: "copy the image again; it is damaged or was changed" },
    );
  if (expected.digest !== actual.digest)
    throw new UserError(
      `blob ${expected.digest} does not match its digest: its content has ${actual.digest}`,
      { where, hint: "copy the image again; it is damaged or was changed" },
    );
}
