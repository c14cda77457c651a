import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateValidators } from "../../scripts/gen-validators.ts";

const files = [...generateValidators()];

test("config.json has a validator", () => {
  expect(files.map(([path]) => path)).toContain("src/oci/validate-config.generated.js");
});

test.each(files)("%s is what scripts/gen-validators.ts writes", (path, text) => {
  expect(readFileSync(path, "utf8")).toBe(text);
});

test.each(files)("%s imports nothing", (_path, text) => {
  expect(text).not.toMatch(/\brequire\(|^import (?!type)/m);
});
