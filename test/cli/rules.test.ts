import { expect, test } from "vitest";
import { rulesCommand } from "../../src/cli/rules.ts";
import { rules } from "../../src/rules/index.generated.ts";
import { type Outcome, runCommand } from "../support/cli.ts";

const run = (...args: string[]): Promise<Outcome> => runCommand(rulesCommand(), args);

test("every rule is listed", async () => {
  const { stdout, status } = await run();
  expect(status).toBe(0);
  for (const { meta } of rules)
    expect(stdout).toMatch(new RegExp(`^${meta.id} +${meta.name} `, "m"));
});

test("--format json lists them for programs", async () => {
  const listed = JSON.parse((await run("--format", "json")).stdout);
  expect(listed.map((r: { id: string }) => r.id)).toEqual(rules.map(({ meta }) => meta.id));
  expect(listed[0]).toHaveProperty("howToFix");
});

test.each(["DF0001", "df0001", "syntax-error", "hadolint:DL1000", "DL1000"])(
  "show %s",
  async (word) => {
    const { stdout, status } = await run("show", word);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^DF0001 syntax-error\n/);
    expect(stdout).toContain("  | FROM alpine:3.22\n  | RUM apk add curl\n");
  },
);

test("show --format json", async () => {
  const [rule] = JSON.parse((await run("show", "DF0001", "--format", "json")).stdout);
  expect(rule).toMatchObject({
    id: "DF0001",
    name: "syntax-error",
    aliases: expect.arrayContaining(["hadolint:DL1000"]),
  });
});

test("show a rule that is none: a suggestion, and status 2", async () => {
  const { stdout, stderr, status } = await run("show", "syntax-eror");
  expect({ stdout, stderr, status }).toEqual({
    stdout: "",
    stderr: 'tguard: there is no rule "syntax-eror"\n  try   did you mean "syntax-error"?\n',
    status: 2,
  });
});
