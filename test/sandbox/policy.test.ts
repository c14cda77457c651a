import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { generatePolicies } from "../../scripts/gen-policies.ts";
import { UserError } from "../../src/base/error.ts";
import { CAPABILITIES } from "../../src/oci/names.ts";
import { validateConfig } from "../../src/oci/validate.ts";
import { loadPolicy } from "../../src/sandbox/policy.ts";
import { EMPTY_POLICY, POLICY_NAMES } from "../../src/sandbox/policy-model.ts";

const dir = mkdtempSync(join(tmpdir(), "tguard-policy-"));
afterAll(() => rmSync(dir, { recursive: true }));
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let files = 0;
function file(text: string, name = `p${files++}.yaml`): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

async function failure(path: string): Promise<UserError> {
  try {
    await loadPolicy(path);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${path} was loaded`);
}

describe("shipped profiles", () => {
  it("are what scripts/gen-policies.ts makes of profiles/", async () => {
    const committed = readFileSync(root("src/sandbox/policies.generated.ts"), "utf8");
    expect(committed).toBe(await generatePolicies());
  });
  it("get tighter from one to the next", async () => {
    const [compat, normal, strict] = await Promise.all(POLICY_NAMES.map(loadPolicy));
    const caps = [compat, normal, strict].map((p) => p?.capabilities.allow as readonly string[]);
    expect(caps.map((names) => names.length)).toEqual([14, 8, 0]);
    for (const names of caps) expect(names.every((name) => CAPABILITIES.includes(name))).toBe(true);
    expect(caps[1]?.every((name) => caps[0]?.includes(name))).toBe(true);
    for (const path of compat?.maskedPaths ?? []) expect(normal?.maskedPaths).toContain(path);
    for (const path of normal?.maskedPaths ?? []) expect(strict?.maskedPaths).toContain(path);
    expect(compat?.userNamespace.mode).toBe("keep");
    expect(strict?.network).toBe("none");
    expect(strict?.writable).toEqual([]);
    expect(strict?.landlock?.readExec).toEqual(["/"]);
    const sizes = [compat, normal, strict].map(
      (p) =>
        new Set(
          p?.seccomp?.section.syscalls?.flatMap(({ names, action }) =>
            action === "SCMP_ACT_ALLOW" ? names : [],
          ),
        ).size,
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });
  it.each(POLICY_NAMES)("%s has a filter that the OCI schema takes", async (name) => {
    const { seccomp } = await loadPolicy(name);
    const config = { ociVersion: "1.2.0", linux: { seccomp: seccomp?.section } };
    const faults = validateConfig(config).filter(({ pointer }) =>
      pointer.startsWith("/linux/seccomp"),
    );
    expect(faults).toEqual([]);
  });
});

describe("the schema", () => {
  it("has a property for each field of Policy, and says so in the README", () => {
    const schema = JSON.parse(readFileSync(root("src/sandbox/policy.schema.json"), "utf8")) as {
      properties: Record<string, { properties?: Record<string, unknown> }>;
    };
    const optional = [
      "seccomp",
      "oomScoreAdjFloor",
      "pidsLimit",
      "memoryLimit",
      "apparmorProfile",
      "landlock",
    ];
    const fields = [...Object.keys(EMPTY_POLICY).filter((key) => key !== "name"), ...optional];
    expect(Object.keys(schema.properties).sort()).toEqual([...fields, "extends"].sort());
    const readme = readFileSync(root("profiles/README.md"), "utf8");
    for (const [name, { properties }] of Object.entries(schema.properties)) {
      const inner = Object.keys(properties ?? {}).map((field) => `${name}.${field}`);
      for (const field of properties === undefined ? [name] : inner)
        expect(readme).toContain(`| \`${field}\` |`);
    }
  });
});

describe("a policy file", () => {
  it("extends a profile: objects key by key, lists whole", async () => {
    const path = file(
      "extends: default\ncapabilities: { allow: [CAP_KILL] }\npidsLimit: 10\nwritable: []\n",
    );
    const policy = await loadPolicy(path);
    const base = await loadPolicy("default");
    expect(policy).toEqual({
      ...base,
      name: path,
      capabilities: { allow: ["CAP_KILL"], inheritable: "ambient-only" },
      pidsLimit: 10,
      writable: [],
    });
  });
  it.each(["", "{}", "# nothing\n", "null"])("%j changes nothing", async (text) => {
    const path = file(text);
    expect(await loadPolicy(path)).toEqual({ ...EMPTY_POLICY, name: path });
  });
  it("is JSON too", async () => {
    const path = file('{"noNewPrivileges": true}', "p.json");
    expect((await loadPolicy(path)).noNewPrivileges).toBe(true);
  });
  it("names a shipped filter or a file beside it", async () => {
    const section = {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW" }],
    };
    file(JSON.stringify(section), "own.json");
    const own = await loadPolicy(file("seccomp: { profile: own.json, mode: replace }"));
    expect(own.seccomp).toEqual({ profile: "own.json", mode: "replace", section });
    const shipped = await loadPolicy(file("seccomp: { profile: strict }"));
    expect(shipped.seccomp).toEqual({
      ...(await loadPolicy("strict")).seccomp,
      mode: "add-if-missing",
    });
    const mode = await loadPolicy(file("extends: strict\nseccomp: { mode: replace }"));
    expect(mode.seccomp).toEqual({ ...(await loadPolicy("strict")).seccomp, mode: "replace" });
  });

  it.each<[string, string, string, RegExp]>([
    ["an unknown field", "pidLimit: 5\n", "1:", /pidsLimit/],
    ["a wrong type", "extends: default\nrootReadonly: 1\n", "2:15", /true or false/],
    [
      "a misspelt capability",
      "capabilities:\n  allow:\n    - CAP_KILL\n    - CAP_SYS_ADMN\n",
      "4:7",
      /CAP_SYS_ADMIN/,
    ],
    ["an unknown limit", "rlimits: [{ type: RLIMIT_CORES, max: 0 }]\n", "1:19", /RLIMIT_CORE/],
    ["a relative path", "maskedPaths: [proc/kcore]\n", "1:15", /absolute path/],
    ["an unknown profile", "extends: defualt\n", "1:10", /default/],
    ["no filter to set the mode of", "seccomp: { mode: replace }\n", "1:10", /profile/],
    ["no mapping", "- 1\n- 2\n", "1:1", /object/],
    ["bad YAML", "a: [1,\nb: }\n", "2:", /.+/],
    ["a key twice", "pidsLimit: 1\npidsLimit: 2\n", "2:1", /unique/i],
    ["a device without numbers", 'devices: { deny: ["c"] }\n', "1:19", /device/],
  ])("with %s is refused at its place", async (_, text, place, told) => {
    const path = file(text);
    const error = await failure(path);
    expect(error.where).toContain(`${path}:${place}`);
    const cause = error.cause instanceof Error ? error.cause.message : "";
    expect(`${error.message}\n${cause}\n${error.hint}`).toMatch(told);
  });
  it("tells all mistakes at once", async () => {
    const error = await failure(file("rootReadonly: 1\nnetwork: off\n"));
    expect(error.message).toMatch(/2 mistakes/);
  });
  it.each([
    [
      "aliases without end",
      `a: &a [x]\nb: &b [${"*a,".repeat(99)}]\nc: &c [${"*b,".repeat(99)}]\nd: [${"*c,".repeat(99)}]\n`,
    ],
    ["brackets without end", `writable: ${"[".repeat(200_000)}`],
  ])("with %s is refused", async (_, text) => {
    expect(await failure(file(text))).toBeInstanceOf(UserError);
  });
  it("that is no small regular file is refused, and never waited for", async () => {
    const fifo = join(dir, "fifo.yaml");
    execFileSync("mkfifo", [fifo]);
    expect((await failure(fifo)).cause).toEqual(new Error("it is not a regular file"));
    expect((await failure(join(dir, "none.yaml"))).message).toContain("cannot read");
    expect((await failure(`${dir}/`)).message).toContain("cannot use");
    expect((await failure(file("#".repeat((1 << 20) + 1)))).message).toContain("cannot use");
  });
  it.each([
    ["not JSON", "{", /not JSON/],
    ["no filter", '{"defaultAction": 1}', /linux\.seccomp/],
    ["unknown actions", '{"defaultAction": "ALLOW"}', /linux\.seccomp/],
  ])("whose seccomp file is %s is refused", async (_, text, told) => {
    file(text, "filter.json");
    const error = await failure(file("seccomp: { profile: ./filter.json }"));
    expect(error.where).toBe(join(dir, "filter.json"));
    expect(error.message).toMatch(told);
  });
});

describe("a profile's name", () => {
  it.each([
    ["defualt", /did you mean "default"/],
    ["Strict", /did you mean "strict"/],
    ["none", /compat, default, strict/],
  ])("%s is answered with the names", async (name, hint) => {
    expect((await failure(name)).hint).toMatch(hint);
  });
});
