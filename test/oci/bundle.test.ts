import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatError, UserError } from "../../src/base/error.ts";
import { readBundle, writeConfig } from "../../src/oci/bundle.ts";
import { defaultSpec } from "../../src/oci/spec.ts";

const good = { ociVersion: "1.2.0", root: { path: "rootfs" }, process: { cwd: "/", args: ["sh"] } };

let base: string;
let dir: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "tguard-bundle-")));
  dir = join(base, "bundle");
  mkdirSync(join(dir, "rootfs"), { recursive: true });
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function write(config: unknown): void {
  const text =
    typeof config === "string" || Buffer.isBuffer(config) ? config : JSON.stringify(config);
  writeFileSync(join(dir, "config.json"), text);
}

/** What the user reads, with the temporary folder's name taken out. */
function failure(path: string = dir): string {
  try {
    readBundle(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return formatError(error).replaceAll(base, "BASE");
  }
  throw new Error("the bundle was read");
}

test("a good bundle is read with absolute paths", () => {
  write(good);
  symlinkSync("bundle", join(base, "link"));
  expect(readBundle(join(base, "link"))).toEqual({
    dir,
    configPath: join(dir, "config.json"),
    config: good,
    text: JSON.stringify(good),
    rootfs: join(dir, "rootfs"),
  });
});

const HINT =
  "  try   a bundle is a directory with a config.json and a root filesystem; `tguard spec --bundle DIR` writes a config.json\n";

describe("the directory", () => {
  test.each(["", "a\0b"])("cannot be named %j", (path) => {
    expect(failure(path)).toContain("is not a path of a bundle\n");
  });
  test("is missing", () => {
    expect(failure(join(base, "no"))).toMatch(
      /^tguard: there is no bundle at BASE\/no\n {2}why {3}ENOENT/,
    );
  });
  test("is a file", () => {
    writeFileSync(join(base, "file"), "");
    expect(failure(join(base, "file"))).toBe(`tguard: BASE/file is not a directory\n${HINT}`);
  });
  test("has no config.json", () => {
    expect(failure()).toBe(`tguard: BASE/bundle is not a bundle: it has no config.json\n${HINT}`);
  });
});

describe("config.json", () => {
  test("is a directory", () => {
    mkdirSync(join(dir, "config.json"));
    expect(failure()).toBe(`tguard: BASE/bundle/config.json is a directory, not a file\n${HINT}`);
  });
  test("is a FIFO, and nobody waits for its other end", () => {
    execFileSync("mkfifo", [join(dir, "config.json")]);
    expect(failure()).toBe(`tguard: BASE/bundle/config.json is a FIFO, not a file\n${HINT}`);
  });
  test("is a device", () => {
    symlinkSync("/dev/zero", join(dir, "config.json"));
    expect(failure()).toContain(
      "is a symbolic link out of the bundle\n  why   it leads to /dev/zero\n",
    );
  });
  test("is a link out of the bundle", () => {
    writeFileSync(join(base, "other.json"), JSON.stringify(good));
    symlinkSync("../other.json", join(dir, "config.json"));
    expect(failure()).toBe(
      "tguard: BASE/bundle/config.json is a symbolic link out of the bundle\n" +
        "  why   it leads to BASE/other.json\n  try   copy the file into the bundle\n",
    );
  });
  test("is a link to nothing", () => {
    symlinkSync("nothing", join(dir, "config.json"));
    expect(failure()).toContain("it has no config.json");
  });
  test("may be a link inside of the bundle", () => {
    writeFileSync(join(dir, "real.json"), JSON.stringify(good));
    symlinkSync("real.json", join(dir, "config.json"));
    expect(readBundle(dir).config).toEqual(good);
  });
  test("is not readable", ({ skip }) => {
    skip(process.getuid?.() === 0, "root can read everything");
    write(good);
    chmodSync(join(dir, "config.json"), 0);
    expect(failure()).toMatch(/^tguard: cannot read BASE\/bundle\/config.json\n {2}why {3}EACCES/);
  });
  test("has 200 MB", () => {
    write("");
    truncateSync(join(dir, "config.json"), 200 * 1024 * 1024);
    expect(failure()).toContain("config.json is too large: 200.0 MiB, at most 8 MiB are read\n");
  });
  test("may have just 8 MiB", () => {
    const text = JSON.stringify(good);
    write(text + " ".repeat(8 * 1024 * 1024 - text.length));
    expect(readBundle(dir).config).toEqual(good);
    write(text + " ".repeat(8 * 1024 * 1024 - text.length + 1));
    expect(failure()).toContain("is too large");
  });
  test("has a byte order mark", () => {
    write(`\ufeff${JSON.stringify(good)}`);
    expect(failure()).toContain(
      "config.json begins with a byte order mark\n  from  BASE/bundle/config.json:1:1\n",
    );
  });
  test("is not UTF-8", () => {
    write(Buffer.from('{\n"ociVersion": "\xe4"}', "latin1"));
    expect(failure()).toContain("config.json is not UTF-8\n  from  BASE/bundle/config.json:2\n");
  });
  test("is UTF-16", () => {
    write(Buffer.from(`\ufeff${JSON.stringify(good)}`, "utf16le"));
    expect(failure()).toContain("config.json is not UTF-8\n");
  });
});

describe("JSON", () => {
  test.each([
    ["", 1, 1, "expected a value, found end of file", "", "^"],
    [
      '{\n  "args": ["sh",]\n}',
      2,
      17,
      'expected a value, found "]"',
      '  "args": ["sh",]',
      "                ^",
    ],
    ['{"a": 1,}', 1, 9, 'expected a key in double quotes, found "}"', '{"a": 1,}', "        ^"],
    ["\t{'a': 1}", 1, 3, 'expected a key in double quotes, found "\'"', " {'a': 1}", "  ^"],
    ["{} x", 1, 4, 'expected end of file, found "x"', "{} x", "   ^"],
    [
      `"${"x".repeat(100)}" ,${"y".repeat(100)}`,
      1,
      104,
      'expected end of file, found ","',
      null,
      null,
    ],
  ])("%j points at %i:%i", (text, line, column, problem, shown, caret) => {
    write(text);
    const message = failure();
    expect(message).toContain(`BASE/bundle/config.json is not JSON: ${problem}\n`);
    expect(message).toContain(`  from  BASE/bundle/config.json:${line}:${column}\n`);
    if (shown !== null)
      expect(message).toContain(`  why   ${line} | ${shown}\n          | ${caret}\n`);
  });
  test("the caret of a long line is below the mistake", () => {
    write(`"${"x".repeat(100)}" ,${"y".repeat(100)}`);
    const lines = failure().split("\n");
    const why = lines.findIndex((line) => line.startsWith("  why"));
    expect(lines[why]?.[lines[why + 1]?.indexOf("^") ?? 0]).toBe(",");
    expect(lines[why]?.length).toBeLessThan(100);
  });
  test("the specification's bad sample", () => {
    write(readFileSync("fixtures/oci-schema/config/bad/invalid-json.json"));
    expect(failure()).toContain("is not JSON");
  });
  test.each([101, 100_000])("nested %i deep", (depth) => {
    write("[".repeat(depth) + "]".repeat(depth));
    expect(failure()).toContain(
      "config.json is not JSON: nested deeper than 100\n  from  BASE/bundle/config.json:1:101\n",
    );
  });
  test("nested 100 deep is JSON", () => {
    write("[".repeat(100) + "]".repeat(100));
    expect(failure()).toContain("the document must be an object");
  });
});

describe("validation", () => {
  test("all mistakes are told", () => {
    write({ ...good, ociVersion: 1, process: { cwd: "x", args: 42 } });
    expect(failure()).toBe(
      "tguard: config.json is not valid: 3 mistakes\n" +
        "  from  BASE/bundle/config.json\n" +
        "  why   /ociVersion must be a string, found a number (1)\n" +
        "        /process/args must be an array of strings, found a number (42)\n" +
        '        /process/cwd must be an absolute path, found "x"\n' +
        "  try   correct these entries; `tguard spec` writes a config.json to compare with\n",
    );
  });
  test("but at most 20 of them", () => {
    write({ ...good, mounts: Array.from({ length: 50 }, () => 1) });
    const lines = failure().split("\n");
    expect(lines[0]).toBe("tguard: config.json is not valid: 51 mistakes");
    expect(lines.filter((line) => line.includes("/mounts/"))).toHaveLength(20);
    expect(lines).toContain("        and 31 more");
  });
  test("without process: enough to be audited, not to be started", () => {
    const { process: _process, ...config } = good;
    write(config);
    expect(failure()).toContain("/process is missing");
    expect(readBundle(dir, { start: false }).config).toEqual(config);
  });
});

describe("numbers of seccomp rules", () => {
  const withValue = (literal: string): string =>
    JSON.stringify({
      ...good,
      linux: {
        seccomp: {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [
            {
              names: ["clone"],
              action: "SCMP_ACT_ERRNO",
              args: [{ index: 0, value: "LITERAL", op: "SCMP_CMP_EQ" }],
            },
          ],
        },
      },
    }).replace('"LITERAL"', literal);

  test.each(["9007199254740991", "9223372036854775808", "18446744073709551615"])(
    "%s is taken",
    (literal) => {
      write(withValue(literal));
      expect(readBundle(dir).config.linux?.seccomp?.syscalls?.[0]?.args?.[0]?.value).toBe(
        Number(literal),
      );
    },
  );
  test.each(["9007199254740993", "18446744073709551614"])("%s would be rounded", (literal) => {
    write(withValue(literal));
    expect(failure()).toContain(
      `/linux/seccomp/syscalls/0/args/0/value must be a number up to 2^53, a rounder one, or 18446744073709551615, found ${literal}\n`,
    );
  });
});

describe("the root filesystem", () => {
  const withRoot = (path: string): void => write({ ...good, root: { path } });

  test("may be absolute, anywhere", () => {
    mkdirSync(join(base, "other"));
    withRoot(join(base, "other"));
    expect(readBundle(dir).rootfs).toBe(join(base, "other"));
  });
  test("an absolute path is followed through links", () => {
    mkdirSync(join(base, "other"));
    symlinkSync("other", join(base, "link"));
    withRoot(join(base, "link"));
    expect(readBundle(dir).rootfs).toBe(join(base, "other"));
  });
  test("may be a link inside of the bundle", () => {
    symlinkSync("rootfs", join(dir, "link"));
    withRoot("./link");
    expect(readBundle(dir).rootfs).toBe(join(dir, "rootfs"));
  });
  test.each(["..", "../other", "rootfs/../../other"])("%s leaves the bundle", (path) => {
    mkdirSync(join(base, "other"));
    withRoot(path);
    expect(failure()).toContain(
      `tguard: the root filesystem "${path}" leaves the bundle\n  from  config.json /root/path\n`,
    );
  });
  test("a sibling whose name begins like the bundle's is outside", () => {
    mkdirSync(join(base, "bundle2"));
    withRoot("../bundle2");
    expect(failure()).toContain("leaves the bundle");
  });
  test("a link out of the bundle", () => {
    symlinkSync("/", join(dir, "link"));
    withRoot("link");
    expect(failure()).toBe(
      'tguard: the root filesystem "link" leaves the bundle\n  from  config.json /root/path\n' +
        "  why   a symbolic link leads to /, outside of BASE/bundle\n" +
        "  try   put it into the bundle, or give its absolute path\n",
    );
  });
  test("a folder above it is a link out of the bundle", () => {
    symlinkSync("/", join(dir, "link"));
    withRoot("link/tmp");
    expect(failure()).toContain("leaves the bundle");
  });
  test("is missing", () => {
    withRoot("no");
    expect(failure()).toContain(
      "tguard: there is no root filesystem at BASE/bundle/no\n  from  config.json /root/path\n",
    );
  });
  test("is a file", () => {
    writeFileSync(join(dir, "file"), "");
    withRoot("file");
    expect(failure()).toContain("the root filesystem BASE/bundle/file is not a directory\n");
  });
  test("is below a file", () => {
    writeFileSync(join(dir, "file"), "");
    withRoot("file/x");
    expect(failure()).toContain("there is no root filesystem at");
  });
  test("is a loop of links", () => {
    symlinkSync("loop", join(dir, "loop"));
    withRoot("loop");
    expect(failure()).toMatch(/cannot reach the root filesystem.*ELOOP/s);
  });
});

test("whatever config.json holds, nothing but a UserError comes out", () => {
  const json = fc.json().map((text) => Buffer.from(text));
  const broken = fc.tuple(fc.nat(200), fc.string()).map(([at, junk]) => {
    const text = JSON.stringify(good);
    return Buffer.from(text.slice(0, at) + junk + text.slice(at + 1));
  });
  const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.oneof(json, broken, bytes), (content) => {
      write(content);
      try {
        readBundle(dir);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 300 },
  );
});

describe("writing config.json", () => {
  test("is read back the same, and leaves nothing else", () => {
    writeConfig(dir, defaultSpec({}));
    expect(readBundle(dir).config).toEqual(defaultSpec({}));
    expect(readdirSync(dir).sort()).toEqual(["config.json", "rootfs"]);
    expect(readFileSync(join(dir, "config.json"), "utf8")).toMatch(
      /^\{\n {2}"ociVersion": .*\}\n$/s,
    );
  });
  test("never replaces one", () => {
    write("mine");
    expect(() => writeConfig(dir, defaultSpec({}))).toThrow(`${dir}/config.json exists already`);
    expect(readFileSync(join(dir, "config.json"), "utf8")).toBe("mine");
    expect(readdirSync(dir).sort()).toEqual(["config.json", "rootfs"]);
  });
  test("needs a directory", () => {
    expect(() => writeConfig(join(base, "no"), defaultSpec({}))).toThrow("there is no bundle at");
  });
});
