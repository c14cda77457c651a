import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rules } from "../../src/rules/index.generated.ts";

interface Catalogue {
  readonly entries: readonly { readonly key: string; readonly aliases: readonly string[] }[];
}

const { entries } = JSON.parse(
  readFileSync(new URL("../../fixtures/rules/aliases.json", import.meta.url), "utf8"),
) as Catalogue;

const carried = new Set(rules.flatMap(({ meta }) => meta.aliases));

/** Ids that no rule carries, and why. */
const left: Readonly<Record<string, string>> = {
  "anchore:dockerfile.no_dockerfile_provided": "about a missing file, not about what is in one",
  "dockerfile_lint:builtin:missing_or_misplaced_FROM": "a parse error: syntax-error reports it",
  "dockerfile_lint:required:USER": "a profile's entry, not an id: missing-user does it",
};

/** ShellCheck's complaints about broken syntax: broken-shell-script reports what cannot be read, under the common ids. */
const isSyntaxId = (alias: string): boolean => /^hadolint:SC1\d{3}$/.test(alias);

test("every id of a peer's Dockerfile check is carried by a rule, but for those with a reason", () => {
  const missing = entries
    .flatMap(({ aliases }) => aliases)
    .filter((alias) => !carried.has(alias) && left[alias] === undefined && !isSyntaxId(alias));
  expect(missing).toEqual([]);
});

test("no reason outlives its gap", () => {
  expect(Object.keys(left).filter((alias) => carried.has(alias))).toEqual([]);
});

test("the list is the whole catalogue", () => {
  expect(entries.length).toBe(240);
});
