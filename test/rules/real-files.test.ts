import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import { fixText } from "../../src/audit/fix-source.ts";
import { rules } from "../../src/rules/index.generated.ts";

const folder = new URL("../../fixtures/dockerfiles-real/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".Dockerfile"));

const isBroken = (text: string): boolean => parseDockerfile(text).problems.length > 0;

const fixed = async (text: string): Promise<string> => {
  const wasBroken = isBroken(text);
  const { text: after } = await fixText(
    text,
    "unsafe",
    async (now) => runRules("dockerfile", parseDockerfile(now), rules).findings,
    (now) => !wasBroken && isBroken(now),
  );
  return after;
};

test("there are enough of them", () => {
  expect(names.length).toBeGreaterThanOrEqual(50);
});

describe.each(names)("%s", (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");

  test("no rule fails", () => {
    expect(runRules("dockerfile", parseDockerfile(text), rules).failures).toEqual([]);
  });

  test("fixed, it still parses, and a second run changes nothing", async () => {
    const once = await fixed(text);
    expect(isBroken(once)).toBe(isBroken(text));
    expect(await fixed(once)).toBe(once);
  });
});
