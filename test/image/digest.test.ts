import fc from "fast-check";
import { expect, test } from "vitest";
import { blobPath, checkBlob, parseDigest } from "../../src/image/digest.ts";

const HEX = "0123456789abcdef".repeat(4);

test("sha256 and sha512 are read", () => {
  expect(parseDigest(`sha256:${HEX}`)).toEqual({ algorithm: "sha256", hex: HEX });
  expect(parseDigest(`sha512:${HEX}${HEX}`)).toEqual({ algorithm: "sha512", hex: HEX + HEX });
});

test.each([
  "",
  "sha256:",
  HEX,
  `sha256:${HEX}0`,
  `sha256:${HEX.toUpperCase()}`,
  `sha256:../../../../etc/passwd${HEX}`.slice(0, 71),
  `sha256:${HEX}\n`,
  `md5:${HEX.slice(0, 32)}`,
  `sha512:${HEX}`,
  `blake3:${HEX}`,
])("%j is no digest", (text) => {
  expect(parseDigest(text)).toBeUndefined();
});

test("no text becomes a path that leaves blobs", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (tail) => {
      const digest = parseDigest(`sha256:${tail}`);
      if (digest !== undefined) expect(blobPath(digest)).toMatch(/^blobs\/sha256\/[0-9a-f]{64}$/);
    }),
  );
});

test("size is compared before content", () => {
  const blob = { digest: "sha256:aa", size: 3 };
  expect(() => checkBlob(blob, blob, "x")).not.toThrow();
  expect(() => checkBlob({ digest: "sha256:aa" }, blob, "x")).not.toThrow();
  expect(() => checkBlob({ ...blob, size: 4 }, blob, "x")).toThrow(
    "blob sha256:aa has 3 bytes, its descriptor says 4",
  );
  expect(() => checkBlob({ ...blob, digest: "sha256:bb" }, blob, "x")).toThrow(
    "blob sha256:bb does not match its digest: its content has sha256:aa",
  );
});
