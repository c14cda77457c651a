import fc from "fast-check";
import { expect, test } from "vitest";
import { isLicenceExpression } from "../../../src/audit/dockerfile/spdx.ts";

test.each([
  "MIT",
  "apache-2.0",
  "GPL-2.0+",
  "MIT OR Apache-2.0",
  "(MIT OR Apache-2.0) AND BSD-3-Clause",
  "((MIT))",
  "GPL-2.0-only WITH Classpath-exception-2.0",
  "LicenseRef-Company",
  "DocumentRef-a.b:LicenseRef-x",
])("%s is an expression", (text) => {
  expect(isLicenceExpression(text)).toBe(true);
});

test.each([
  "",
  "Apache",
  "MIT Apache-2.0",
  "MIT or Apache-2.0",
  "(MIT",
  "MIT)",
  "()",
  "MIT AND",
  "AND MIT",
  "MIT WITH Nothing",
  "MIT/Apache-2.0",
])("%s is none", (text) => {
  expect(isLicenceExpression(text)).toBe(false);
});

test("an expression in brackets is one, and two joined by AND are", () => {
  const leaf = fc.constantFrom("MIT", "ISC", "0BSD", "LicenseRef-a");
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      tie("tree").map((inner) => `(${inner})`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `${a} AND ${b}`),
    ),
  }));
  fc.assert(
    fc.property(tree, (text) => {
      expect(isLicenceExpression(text)).toBe(true);
      expect(isLicenceExpression(`${text} OR`)).toBe(false);
    }),
  );
});
