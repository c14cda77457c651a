import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { homepage, version } from "../../src/base/version.ts";

test("the program says the version and the home that package.json says", () => {
  const manifest: { version: string; homepage?: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect({ version, homepage }).toEqual({
    version: manifest.version,
    homepage: manifest.homepage,
  });
});
