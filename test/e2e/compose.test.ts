import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, outcomeOf, TGUARD } from "../support/bundle.ts";

const UNSAFE = "services:\n  web:\n    image: app:1\n    privileged: true\n";
const SAFE = 'services:\n  web:\n    image: app:1\n    ports: ["127.0.0.1:80:80"]\n';
const ONLY = ["--only", "privileged-service"] as const;

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-compose-"));
  const files: Readonly<Record<string, string>> = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "tree/compose.yaml": UNSAFE,
    "tree/a/docker-compose.prod.yml": UNSAFE,
    "tree/a/db.compose.yml": SAFE,
    "tree/a/docker-compose-dev.yaml": UNSAFE,
    "tree/a/Dockerfile": "FROM debian:12.11-slim\n",
    "tree/a/values.yaml": UNSAFE,
    "tree/a/composer.yaml": UNSAFE,
    "tree/node_modules/x/compose.yaml": UNSAFE,
    "ignored/compose.yaml": UNSAFE.replace("true", "true # tguard ignore=CO1001 a lab"),
    "broken/compose.yaml": "services:\n  web: [\n",
    "excluded/.tguard.yaml": "audit: { exclude: [compose.yaml] }\n",
    "excluded/compose.yaml": UNSAFE,
    "excluded/Dockerfile": "FROM debian:12.11-slim\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function audit(...args: readonly string[]): Outcome {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env["FORCE_COLOR"];
  const done = outcomeOf(TGUARD, ["audit", ...args], { cwd: root, env });
  expect(done.stderr).not.toMatch(/internal error|^ +at /m);
  return done;
}

test("a folder's compose files are found by their names, a named YAML file by its services", () => {
  const { stdout, status } = audit("tree", "tree/a/values.yaml", ...ONLY, "--quiet");
  expect(stdout.split("\n").filter((line) => line.includes("CO1001"))).toEqual(
    ["a/docker-compose-dev.yaml", "a/docker-compose.prod.yml", "compose.yaml", "a/values.yaml"].map(
      (path) => `tree/${path}:4:17 critical CO1001 privileged-service: service "web" is privileged`,
    ),
  );
  expect(status).toBe(1);
});

test("a comment, an exclusion and a baseline take findings back", () => {
  expect(audit("ignored", ...ONLY).status).toBe(0);
  expect(audit("excluded", ...ONLY).status).toBe(0);
  const known = join(root, "known.json");
  const made = outcomeOf(TGUARD, ["baseline", "tree", "--output", known], { cwd: root });
  expect(made.status).toBe(0);
  expect(audit("tree", "--baseline", known, ...ONLY).status).toBe(0);
});

test("SARIF says that the sources are YAML", () => {
  const { stdout } = audit("tree/compose.yaml", ...ONLY, "--format", "sarif");
  const { runs } = JSON.parse(stdout) as Log;
  expect(runs[0]?.artifacts?.[0]).toMatchObject({
    location: { uri: "tree/compose.yaml" },
    sourceLanguage: "yaml",
    mimeType: "application/yaml",
  });
  expect(runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.region).toMatchObject({
    startLine: 4,
    startColumn: 17,
    endColumn: 21,
  });
});

test.each(["table", "json", "ndjson", "html", "markdown", "github", "gitlab", "gitlab-sast"])(
  "%s tells the finding",
  (format) => {
    expect(audit("tree/compose.yaml", ...ONLY, "--format", format).stdout).toContain("CO1001");
  },
);

test("--fix --unsafe mends in place and leaves the rest as it was", () => {
  const path = join(root, "fixed.compose.yml");
  writeFileSync(path, UNSAFE.replace("true", "true # why").replaceAll("\n", "\r\n"));
  expect(audit(path, ...ONLY, "--fix", "--unsafe").status).toBe(0);
  expect(readFileSync(path, "utf8")).toBe("services:\r\n  web:\r\n    image: app:1\r\n");
});

describe("bad input", () => {
  const sources: Readonly<Record<string, readonly [string | Uint8Array, number, string]>> = {
    "one MiB of services": [
      "services:\n".padEnd(1024 * 1024 - 20, "  a: {image: x}\n  b: \n"),
      2,
      "CO0001",
    ],
    "more than one MiB": ["#".repeat(1024 * 1024 + 1), 2, "compose file larger than 1 MiB"],
    "a deep nest": [`services: ${"[".repeat(50_000)}`, 2, "nested too deeply"],
    "aliases that multiply": [
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 8 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? "a" : `b${i - 1}`}, `.repeat(10)}]\n`).join("")}services: *b7\n`,
      2,
      "aliases multiply without end",
    ],
    binary: [Uint8Array.of(0x73, 0, 1, 2, 0xff), 2, "binary file as a compose file"],
    "UTF-16": [Buffer.from("\ufeffservices:", "utf16le"), 2, "compose file in UTF-16"],
    "a byte order mark": [`\ufeff${SAFE}`, 0, ""],
    nothing: ["", 0, ""],
  };
  test.each(Object.entries(sources))("%s", (name, [content, status, message]) => {
    const folder = join(root, `bad-${name.replaceAll(" ", "-")}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "compose.yaml"), content);
    const done = audit(folder, ...ONLY, "--quiet");
    expect(`${done.stdout}${done.stderr}`).toContain(message);
    expect(done.status).toBe(status);
  });
});
