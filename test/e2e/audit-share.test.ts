import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditRequest, audit, plainRequest } from "../../src/audit/audit.ts";
import { rules } from "../../src/rules/index.generated.ts";

// An audit that several processes share must say the same as one alone, whatever becomes of them.

const tguard = join(import.meta.dirname, "../../dist/tguard");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tguard-test-share-"));
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, ".tguard.yaml"), "audit: { failOn: warning, exclude: [d7/] }\n");
  const texts = [
    "FROM debian\nARG V=1\nRUN apt-get update && apt-get install x=$V\n",
    "FROM debian:12\n# tguard ignore=no-such-rule\nRUN cd /x\n",
    "FROM scratch\nCOPY a /\n",
    "RUNN\n",
    "FROM a:1\nRUN echo ä😀 $A\r\n",
  ];
  for (let i = 0; i < 320; i++) {
    mkdirSync(join(folder, `d${i}`));
    const text = i === 11 ? new Uint8Array(17 * 1024 * 1024).fill(35) : texts[i % texts.length];
    writeFileSync(join(folder, `d${i}`, "Dockerfile"), text ?? "");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (workers: AuditRequest["workers"], more: Partial<AuditRequest> = {}) =>
  audit({
    ...plainRequest,
    targets: [folder],
    rules,
    profile: "all",
    workingFolder: folder,
    readStdin: () => Promise.resolve(new Uint8Array()),
    ...more,
    workers,
  });

test.each<[string, Partial<AuditRequest>]>([
  ["as it is", {}],
  [
    "with build arguments",
    {
      build: {
        arguments: new Map([
          ["V", "2"],
          ["W", "3"],
        ]),
      },
    },
  ],
  ["with a target that no file has", { build: { arguments: new Map(), target: "x" } }],
  ["with chosen rules", { only: ["DF1001", "unquoted-expansion"], noSuppress: true }],
])("two processes report what one reports: %s", async (_, more) => {
  const alone = await run(undefined, more);
  const shared = await run({ command: [tguard, "audit-worker"], count: 2 }, more);
  expect(shared.report).toEqual(alone.report);
  expect(shared.firstConfig?.path).toBe(alone.firstConfig?.path);
});

test.each<[string, readonly [string, ...string[]]]>([
  ["cannot be started", ["/nonexistent/program"]],
  ["fails", ["/bin/false"]],
  ["answers nothing", ["/bin/cat"]],
])("a worker that %s costs nothing but time", async (_, command) => {
  const alone = await run(undefined, { only: ["DF0001", "DF1001"] });
  const shared = await run({ command, count: 2 }, { only: ["DF0001", "DF1001"] });
  expect(shared.report).toEqual(alone.report);
});

test("a worker's answers are the ones that are used", async () => {
  const script = `cat > /dev/null
printf '[1,{"source":{"displayName":"other","uri":"o","target":"dockerfile","text":"","length":0,"findings":[],"failOn":"none"},"notifications":[],"rules":[],"usedArguments":[]}]\\n[3,' >&3`;
  const { report } = await run({ command: ["/bin/sh", "-c", script], count: 2 });
  expect(report.sources.filter(({ displayName }) => displayName === "other")).toHaveLength(1);
  // All others, the one that is cut short among them, were audited here: d7 is excluded, d11 is too large.
  expect(report.sources).toHaveLength(318);
});

test("a wrong configuration ends a shared audit as it ends others", async () => {
  writeFileSync(join(folder, "wrong.yaml"), "audit: { only: [nonsense-rule] }\n");
  const command = [tguard, "audit-worker"] as const;
  await expect(run({ command, count: 2 }, { config: join(folder, "wrong.yaml") })).rejects.toThrow(
    "wrong.yaml",
  );
});
