import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Outcome, outcomeOf, TGUARD } from "../support/bundle.ts";

const root = mkdtempSync(join(tmpdir(), "tguard-custom-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, ".git"));

const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
const tguard = (...args: string[]): Outcome => {
  const done = outcomeOf(TGUARD, args, { cwd: root });
  expect(done.stderr).not.toMatch(/internal error|^ +at /m);
  return done;
};

write("Dockerfile", "FROM debian:12\nEXPOSE 80\n");
write(
  "acme.yaml",
  `rules:
  - id: ACME0001
    name: foreign-registry
    severity: high
    message: 'image "{image}" is foreign'
    when: { registry: { not: registry.acme.example } }
    examples:
      bad: ["FROM debian:12"]
      good: ["FROM registry.acme.example/a:1"]
`,
);
const module = (
  id: string,
  body: string,
): string => `import { defineRule, dockerfile } from "tguard";
export default [
  defineRule({
    meta: { id: "${id}1", name: "${id.toLowerCase()}-one", bad: "FROM a:1\\nEXPOSE 80\\n", good: "FROM a:1\\n" },
    check(model, report) { ${body} },
  }),
  {
    meta: { id: "${id}2", name: "${id.toLowerCase()}-two", bad: "FROM a:1\\nEXPOSE 80\\n", good: "FROM a:1\\n" },
    check(model: any, report: any) {
      for (const node of dockerfile.instructionsOf(model, "expose")) report(node.span, "a port");
    },
  },
];
`;

test("YAML rules are reported beside tguard's own, and obey --only, --skip and comments", () => {
  const args = ["audit", "Dockerfile", "--rules", "acme.yaml", "--quiet"];
  const all = tguard(...args);
  expect(all.stdout).toContain(
    'Dockerfile:1:6 high ACME0001 foreign-registry: image "debian:12" is foreign',
  );
  expect(all.stdout).toContain("DF1007");
  expect(all.status).toBe(1);
  expect(tguard(...args, "--only", "foreign-registry").stdout.split("\n").length).toBe(2);
  expect(tguard(...args, "--skip", "ACME0001").stdout).not.toContain("ACME0001");
  write("quiet", "# tguard ignore=ACME0001 known\nFROM debian:12\nUSER 1:1\n");
  expect(tguard("audit", "quiet", "--rules", "acme.yaml", "--only", "ACME0001").status).toBe(0);
});

test("a configuration may name YAML, never a module", () => {
  mkdirSync(join(root, "conf"), { recursive: true });
  write("conf/Dockerfile", "FROM debian:12\n");
  write("conf/.tguard.yaml", "audit: { customRules: [../acme.yaml], only: [ACME0001] }\n");
  expect(tguard("audit", "conf", "--quiet").stdout).toMatch(/^conf\/Dockerfile:1:6 .*\n$/);
  write("conf/.tguard.yaml", "audit: { customRules: [../evil.ts] }\n");
  const { status, stderr } = tguard("audit", "conf");
  expect(status).toBe(2);
  expect(stderr).toContain("/audit/customRules/0");
});

test("a module asks the questions that tguard's own rules ask", () => {
  write(
    "ok.ts",
    module(
      "TEAMA",
      'report(dockerfile.instructionsOf(model, "expose")[0]?.span ?? model.stages[0].from.span, "x");',
    ),
  );
  const { stdout, status } = tguard(
    "audit",
    "Dockerfile",
    "--rules",
    "ok.ts",
    "--only",
    "TEAMA1,TEAMA2",
    "--quiet",
  );
  expect(stdout.split("\n").slice(0, -1)).toEqual([
    "Dockerfile:2:1 medium TEAMA1 teama-one: x",
    "Dockerfile:2:1 medium TEAMA2 teama-two: a port",
  ]);
  expect(status).toBe(0);
});

test.each([
  ["throws", 'throw new Error("boom");', "boom"],
  ["loops", "for (;;);", "it took more than 5 s"],
  ["ends its process", "process.exit(0);", "it ended its process"],
  [
    "reports nonsense",
    'report({ start: -1, end: 1e9 }, "x");',
    "what it reports has no place or text",
  ],
])("a rule that %s fails loudly, the others go on", (name, body, why) => {
  const file = `${name.replaceAll(" ", "-")}.ts`;
  write(file, module("TEAMB", body));
  const { stdout, stderr, status } = tguard("audit", "Dockerfile", "--rules", file, "--quiet");
  expect(stderr).toContain(`rule TEAMB1 teamb-one failed: ${why}`);
  expect(stdout).toContain("TEAMB2 teamb-two: a port");
  expect(stdout).toContain("DF1007");
  expect(status).toBe(2);
});

test("rules test runs the examples", () => {
  expect(tguard("rules", "test", "acme.yaml")).toMatchObject({
    status: 0,
    stdout: "2 of 2 examples hold, 1 rule\n",
  });
  write("wrong.ts", module("TEAMC", "void model;"));
  const { status, stdout } = tguard("rules", "test", "wrong.ts");
  expect(status).toBe(1);
  expect(stdout).toContain("TEAMC1 teamc-one: bad example 1: it is not reported\n");
});

test.each([
  ["absent.yaml", undefined, 'cannot read "'],
  ["bad.yaml", "rules: [{ id: DF0001 }]\n", 'bad.yaml" has'],
  [
    "regex.yaml",
    "rules:\n  - { id: A1X1, name: x, message: m, when: { text: { regex: '(' } }, examples: { bad: [a], good: [b] } }\n",
    "has",
  ],
  ["syntax.ts", "export default {{", "cannot load the rules"],
  ["none.ts", "export const x = 1;", "exports no rules"],
  ["deep.yaml", `rules: ${"[".repeat(20_000)}`, "deep.yaml"],
])("%s: one clear error", (name, text, message) => {
  if (text !== undefined) write(name, text);
  const { status, stderr } = tguard("audit", "Dockerfile", "--rules", name);
  expect(stderr).toMatch(/^tguard: /);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
