import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Log } from "sarif";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, outcomeOf, TGUARD } from "../support/bundle.ts";

const FIXTURES = resolve(import.meta.dirname, "../../fixtures");

const SAFE = "FROM debian:12.11-slim\nUSER 65532:65532\n";
// One high finding (DF1003) among others.
const UNSAFE = "FROM debian:12.11-slim\nUSER root\n";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tguard-audit-"));
  const files: Readonly<Record<string, string>> = {
    ".git/HEAD": "ref: refs/heads/main\n",
    "app/Dockerfile": UNSAFE,
    "app/dev.Dockerfile": SAFE,
    "api/Containerfile": UNSAFE,
    "api/README.md": "FROM nothing that counts\n",
    "vendor/lib/Dockerfile": UNSAFE,
    "suppressed/Dockerfile":
      "FROM debian:12.11-slim\n# tguard ignore=DF1003 the init drops its rights\nUSER root\n",
    "suppressed/hadolint.Dockerfile":
      "FROM debian:12.11-slim\n# hadolint ignore=DL3002\nUSER root\n",
    "config/.tguard.yaml": "audit: { only: [DF1003], rules: { DF1003: { severity: low } } }\n",
    "config/Dockerfile": UNSAFE,
    "broken-config/.tguard.yaml": "audit:\n  failOn: sometimes\n  onyl: [DF1003]\n",
    "broken-config/Dockerfile": UNSAFE,
    "wrong/Dockerfile": "FROM debian:12\nRUM true\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function audit(args: readonly string[], input = ""): Outcome {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env["FORCE_COLOR"];
  const done = outcomeOf(TGUARD, ["audit", ...args], { cwd: root, input, env });
  expect(done.stderr).not.toMatch(/internal error|^ +at /m);
  return done;
}

/** `path rule` of every finding that `--quiet` prints. */
function found(args: readonly string[], input?: string): readonly string[] {
  return audit(["--quiet", "--only", "DF1003", ...args], input)
    .stdout.split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^([^:]+):\S* \S+ (\S+) .*$/, "$1 $2"));
}

describe("a tree", () => {
  test("Dockerfiles and Containerfiles are found by themselves, and nothing else", () => {
    expect(found(["app", "api", "vendor"])).toEqual([
      "app/Dockerfile DF1003",
      "api/Containerfile DF1003",
      "vendor/lib/Dockerfile DF1003",
    ]);
  });

  test("the table shows place, rule and source, and counts", () => {
    const { status, stdout, stderr } = audit(["app/Dockerfile", "--only", "DF1003"]);
    expect(stdout).toMatch(/^app\/Dockerfile\n\n {2}high +DF1003 root-as-last-user {2}2:6\n/);
    expect(stdout).toMatch(/^ +2 \| USER root\n +\| +~~~~$/m);
    expect(stdout).toMatch(/\n1 finding in 1 source: 1 high\n$/);
    expect(stderr).toBe("");
    expect(status).toBe(1);
  });

  test("standard input", () => {
    const { status, stdout } = audit(["-", "--quiet", "--only", "DF1003"], UNSAFE);
    expect(stdout).toMatch(/^\S+:2:6 high DF1003 root-as-last-user: /);
    expect(status).toBe(1);
    expect(audit(["-", "--only", "DF1003"], SAFE).status).toBe(0);
  });

  test("no colour where there is no terminal", () => {
    expect(audit(["app"]).stdout).not.toContain("\x1b");
    expect(audit(["app", "--color", "always"]).stdout).toContain("\x1b[");
  });
});

describe("exit status", () => {
  test.each<[string, readonly string[], number]>([
    ["clean", ["app/dev.Dockerfile", "--only", "DF1003"], 0],
    ["a high finding", ["app/Dockerfile", "--only", "DF1003"], 1],
    [
      "a high finding under --fail-on critical",
      ["app/Dockerfile", "--only", "DF1003", "--fail-on", "critical"],
      0,
    ],
    [
      "a high finding under --fail-on none",
      ["app/Dockerfile", "--only", "DF1003", "--fail-on", "none"],
      0,
    ],
    ["a file that is not there, beside one with findings", ["absent", "app/Dockerfile"], 2],
    ["what no builder takes", ["wrong"], 2],
    ["a folder with nothing in it", [".git"], 2],
    ["a configuration with mistakes", ["broken-config"], 2],
    ["an unknown rule", ["app", "--only", "NOPE"], 2],
    ["an unknown option", ["app", "--nope"], 2],
    ["no target", [], 2],
  ])("%s", (_, args, status) => {
    expect(audit(args).status).toBe(status);
  });

  test("standard output that is full", () => {
    const script = '"$1" audit app > /dev/full';
    const done = outcomeOf("sh", ["-c", script, "sh", TGUARD], { cwd: root });
    expect(done.stderr).toMatch(/^tguard: cannot write to standard output\n.*ENOSPC/);
    expect(done.status).toBe(2);
  });

  test("a reader that goes away is no failure", () => {
    const script =
      '{ "$1" audit app api vendor --format json; echo "status $?" >&2; } | head -c 1 > /dev/null';
    const done = outcomeOf("sh", ["-c", script, "sh", TGUARD], { cwd: root });
    expect(done.stderr).toMatch(/^status [01]\n$/);
  });
});

describe("formats", () => {
  test("sarif is valid, its places are relative, its text masks secrets", () => {
    writeFileSync(
      join(root, "secret.Dockerfile"),
      'FROM debian:12\nENV API_TOKEN="tok-4711-very-secret"\n',
    );
    const { status, stdout } = audit(["app", "api", "secret.Dockerfile", "--format", "sarif"]);
    expect(status).toBe(1);
    const log = JSON.parse(stdout) as Log;
    const schema = JSON.parse(
      readFileSync(join(FIXTURES, "audit/sarif-schema/sarif-2.1.0.json"), "utf8"),
    );
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    // The types of ajv-formats describe a default export that NodeNext does not see.
    (addFormats as unknown as (target: Ajv2020) => void)(ajv);
    const validate = ajv.compile(schema);
    validate(log);
    expect(validate.errors).toBeNull();
    const results = log.runs[0]?.results ?? [];
    expect(results.length).toBeGreaterThan(2);
    for (const { locations, ruleId, partialFingerprints } of results) {
      const place = locations?.[0]?.physicalLocation;
      expect(place?.artifactLocation?.uriBaseId).toBe("%SRCROOT%");
      expect(place?.artifactLocation?.uri).toMatch(/^[^/:]+/);
      expect(place?.region?.startColumn).toBeGreaterThan(0);
      expect(partialFingerprints, ruleId).toHaveProperty("primaryLocationLineHash");
    }
    expect(stdout).not.toContain("tok-4711");
  });

  test("json is one document", () => {
    const report = JSON.parse(audit(["app", "--only", "DF1003", "--format", "json"]).stdout);
    expect(report).toMatchObject({
      version: "1.1",
      complete: true,
      summary: { findings: 1, sources: 2 },
    });
  });

  test("--output writes the file, the summary goes to standard error", () => {
    for (const format of ["table", "sarif", "json"]) {
      const path = join(root, `report.${format}`);
      const done = audit(["app", "--only", "DF1003", "--format", format, "--output", path]);
      expect(done.stdout).toBe("");
      expect(done.stderr).toContain(`1 finding in 2 sources: 1 high; report in ${path}\n`);
      expect(done.status).toBe(1);
      const direct = audit(["app", "--only", "DF1003", "--format", format]).stdout;
      expect(readFileSync(path, "utf8")).toBe(direct);
      rmSync(path);
    }
  });

  test("--output into a folder that is not there", () => {
    const done = audit(["app", "--output", "no/such/report"]);
    expect(done.stderr).toMatch(/^tguard: cannot write "no\/such\/report"\n {2}why /);
    expect(done.status).toBe(2);
    expect(existsSync(join(root, "no"))).toBe(false);
  });
});

describe("suppression and configuration", () => {
  test("comments in both tongues; what they hide stays in SARIF", () => {
    expect(found(["suppressed"])).toEqual([]);
    const done = audit(["suppressed", "--only", "DF1003", "--format", "sarif"]);
    expect(done.status).toBe(0);
    const results = (JSON.parse(done.stdout) as Log).runs[0]?.results ?? [];
    expect(results).toHaveLength(2);
    for (const { suppressions } of results) expect(suppressions?.[0]?.kind).toBe("inSource");
    expect(results.map((r) => r.suppressions?.[0]?.justification)).toContain(
      "the init drops its rights",
    );
  });

  test("the nearest .tguard.yaml counts, --no-config leaves it out", () => {
    const done = audit(["config", "--quiet"]);
    expect(done.stdout).toMatch(/^config\/Dockerfile:2:6 low DF1003 .*\n$/);
    expect(done.status).toBe(0);
    expect(audit(["config", "--quiet", "--no-config"]).status).toBe(1);
  });

  test("--config names another, and excludes", () => {
    writeFileSync(join(root, "other.yaml"), "audit: { only: [DF1003], exclude: [vendor/] }\n");
    expect(found([".", "--config", "other.yaml"])).not.toContain("vendor/lib/Dockerfile DF1003");
  });

  test("every mistake in it is told with its line", () => {
    const { stderr, status } = audit(["broken-config"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/\.tguard\.yaml:2/);
    expect(stderr).toMatch(/onyl/);
    expect(stderr).toMatch(/sometimes|failOn/);
  });
});

describe("images and bundles", () => {
  // How old the image is depends on the day.
  const image = (target: string): Outcome => audit([target, "--quiet", "--skip", "stale-base"]);

  test.each([
    ["an OCI layout", `oci:${FIXTURES}/images/unsafe-layout`],
    ["what docker save wrote", `docker-archive:${FIXTURES}/images/unsafe.docker.tar`],
  ])("%s with findings", (_, target) => {
    const { status, stdout } = image(target);
    for (const rule of [
      "root-user",
      "secret-in-environment",
      "secret-in-history",
      "exposed-admin-port",
    ])
      expect(stdout).toContain(` ${rule}: `);
    expect(status).toBe(1);
  });

  test.each([
    ["an OCI layout", `oci:${FIXTURES}/images/safe-layout`],
    ["an OCI archive", `oci-archive:${FIXTURES}/images/safe.oci.tar`],
  ])("%s without", (_, target) => {
    expect(image(target)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("a bundle", () => {
    const { status, stdout } = audit([join(FIXTURES, "bundles-audit/unsafe"), "--quiet"]);
    for (const rule of [
      "writable-root",
      "added-capability",
      "engine-socket-mount",
      "host-namespace",
    ])
      expect(stdout).toContain(` ${rule}: `);
    expect(status).toBe(1);
    expect(audit([join(FIXTURES, "bundles-audit/hardened")]).stdout).toBe(
      "no findings in 1 source\n",
    );
  });

  test("all kinds in one run", () => {
    const bundle = join(root, "bundle");
    cpSync(join(FIXTURES, "bundles-audit/unsafe"), bundle, { recursive: true });
    const report = JSON.parse(
      audit([
        "app/Dockerfile",
        "bundle",
        `oci:${FIXTURES}/images/unsafe-layout`,
        "--format",
        "json",
      ]).stdout,
    );
    expect(report.sources).toHaveLength(3);
    const ids = report.sources.map((s: { findings: { ruleId: string }[] }) =>
      s.findings.map(({ ruleId }) => ruleId.slice(0, 2)),
    );
    expect(ids.map((list: string[]) => [...new Set(list)])).toEqual([["DF"], ["RT"], ["IM"]]);
  });

  test.each([
    ["a layout that is not there", "oci:/no/such/layout"],
    ["a folder that is no layout", "oci:."],
    ["an archive that is none", "docker-archive:app/Dockerfile"],
    ["an unknown kind", "ocii:app"],
  ])("%s", (_, target) => {
    const { status, stderr, stdout } = audit([target]);
    expect(stderr).toMatch(/^tguard: /);
    expect(stdout).toMatch(/^nothing was audited\n$|^$/);
    expect(status).toBe(2);
  });
});

test("rules: the list, and the page of one", () => {
  const list = outcomeOf(TGUARD, ["rules"]);
  expect(list.status).toBe(0);
  expect(list.stdout).toContain("DF1003");
  const page = outcomeOf(TGUARD, ["rules", "show", "DF1003"]);
  expect(page.status).toBe(0);
  expect(page.stdout).toContain("root-as-last-user");
  const none = outcomeOf(TGUARD, ["rules", "show", "root-as-lats-user"]);
  expect(none.status).toBe(2);
  expect(none.stderr).toMatch(/^tguard: /);
  expect(none.stderr).toContain("root-as-last-user");
});
