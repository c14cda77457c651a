/**
 * Build dist/tguard (one executable) and dist/tguard-init (embedded in it): `npm run build`, run by Bun.
 *
 *   bun scripts/build.ts                          for this machine
 *   bun scripts/build.ts --target bun-linux-arm64 for the other kind: dist/linux-arm64/tguard
 *   bun scripts/build.ts --analyze                compile init under gcc's analyzer, write nothing
 *
 * Steps: generators, init, door, executable. Each is skipped while the content of its inputs is what it was the last time
 * and its outputs are there. Outputs are renamed into place: a build that is cut short leaves the old ones whole.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { addDoorToFile } from "./add-door.ts";

/** The part of Bun's bundler that is used here; its types are no dependency of the project. */
declare const Bun: {
  build(options: Record<string, unknown>): Promise<{
    success: boolean;
    logs: readonly unknown[];
    outputs: readonly { path: string }[];
  }>;
};
interface Loading {
  onLoad(on: { filter: RegExp }, load: () => { loader: "js" | "ts"; contents: string }): void;
}

/**
 * The generators a build runs, in this order, each with the files and folders that its outputs are made from (the
 * script itself is meant too). Generated files are committed; one that is edited or lost makes all of them run.
 */
const GENERATORS: Readonly<Record<string, readonly string[]>> = {
  "scripts/gen-plan-header.ts": ["src/sandbox/ops.ts", "src/sandbox/encode.ts"],
  "scripts/gen-front-commands.ts": ["src/cli", "src/sandbox/kept-plan.ts", "src/base/look.ts"],
  "scripts/gen-validators.ts": [
    "scripts/oci-schema.ts",
    "src/oci/schema",
    "src/audit/config.schema.json",
    "src/audit/custom/custom-rules.schema.json",
    "src/sandbox/policy.schema.json",
  ],
  "scripts/gen-policies.ts": [
    "profiles",
    "src/sandbox/policy-file.ts",
    "src/sandbox/policy-model.ts",
    "src/sandbox/policy.schema.json",
  ],
  "scripts/gen-rules-index.ts": ["src/rules"],
  "scripts/gen-rule-docs.ts": ["src/rules", "src/report/explain.ts", "src/report/rule-text.ts"],
};

const root = join(import.meta.dirname, "..");
process.chdir(root);

class BuildError extends Error {}

const say = (line: string): boolean => process.stdout.write(`build: ${line}\n`);

/** @throws BuildError when the program cannot be run or fails; what it prints goes to standard error. */
function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (result.error !== undefined) throw new BuildError(`${command}: ${result.error.message}`);
  if (result.status !== 0) throw new BuildError(`${command} failed (status ${result.status})`);
}

/** Every file under the paths, sorted; a path that does not exist has none. */
function filesUnder(paths: readonly string[], keep: (file: string) => boolean): string[] {
  return paths
    .flatMap((path) => {
      if (!existsSync(path)) return [];
      if (!statSync(path).isDirectory()) return [path];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    })
    .filter(keep)
    .sort();
}

function hashOf(files: readonly string[], ...more: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of more) hash.update(`${text}\0`);
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

const stampFile = ".cache/build.json";

function readStamps(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8")) as Record<string, string>;
  } catch {
    return {}; // absent or cut short: everything is built
  }
}

function writeStamps(stamps: Readonly<Record<string, string>>): void {
  mkdirSync(".cache", { recursive: true });
  const temporary = `${stampFile}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify({ ...readStamps(), ...stamps }, null, 1));
  renameSync(temporary, stampFile);
}

/** Do `work` and tell how long it took. */
async function timed(name: string, work: () => void | Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  say(`${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** Make `output` with `work` unless it was made from the same inputs. */
async function step(
  output: string,
  inputs: string,
  work: (temporary: string) => void | Promise<void>,
): Promise<void> {
  if (readStamps()[output] === inputs && existsSync(output)) return;
  const temporary = `${output}.${process.pid}.tmp`;
  try {
    await timed(output, () => work(temporary));
    renameSync(temporary, output);
  } finally {
    rmSync(temporary, { force: true });
  }
  writeStamps({ [output]: inputs });
}

async function generate(): Promise<void> {
  const isGenerated = (file: string): boolean =>
    file.includes(".generated.") || file.startsWith("docs/rules/");
  const generated = (): string => hashOf(filesUnder(["src", "docs/rules"], isGenerated));
  const stamps = readStamps();
  const areIntact = stamps["generated"] === generated();
  let hasRun = false;
  for (const [script, inputs] of Object.entries(GENERATORS)) {
    if (!existsSync(script)) throw new BuildError(`${script} is missing`);
    const hash = hashOf(filesUnder([script, ...inputs], (file) => !isGenerated(file)));
    if (areIntact && stamps[script] === hash) continue;
    await timed(script, () => run(process.execPath, [script]));
    writeStamps({ [script]: hash });
    hasRun = true;
  }
  if (hasRun) writeStamps({ generated: generated() });
}

// --- the platform built for ----------------------------------------------------

interface Platform {
  readonly bunTarget: string;
  /** Debian's multiarch name, which the cross compiler carries. */
  readonly triplet: string;
  /** Packages of the registry that hold Bun and koffi's native part. */
  readonly bunPackage: string;
  readonly koffiPackage: string;
  readonly koffiFile: string;
  /** Debian's packages for compiling init on another processor. */
  readonly crossPackages: string;
}

const PLATFORMS: Readonly<Record<"x64" | "arm64", Platform>> = {
  x64: {
    bunTarget: "bun-linux-x64",
    triplet: "x86_64-linux-gnu",
    bunPackage: "@oven/bun-linux-x64",
    koffiPackage: "@koromix/koffi-linux-x64",
    koffiFile: "linux_x64/koffi.node",
    crossPackages: "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
  },
  arm64: {
    bunTarget: "bun-linux-arm64",
    triplet: "aarch64-linux-gnu",
    bunPackage: "@oven/bun-linux-aarch64",
    koffiPackage: "@koromix/koffi-linux-arm64",
    koffiFile: "linux_arm64/koffi.node",
    crossPackages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
  },
};

function platformFor(target: string | undefined): { platform: Platform; isNative: boolean } {
  const own = arch();
  const platforms = Object.entries(PLATFORMS);
  const found = platforms.find(([name, { bunTarget }]) =>
    target === undefined ? name === own : bunTarget === target,
  );
  if (found === undefined) {
    const known = platforms.map(([, { bunTarget }]) => bunTarget).join(", ");
    throw new BuildError(`no build for ${target ?? `this processor (${own})`}; known are ${known}`);
  }
  return { platform: found[1], isNative: found[0] === own };
}

/** Folder of a platform package: in node_modules, or fetched by npm when it is another platform's. */
function packageFolder(name: string, version: string): string {
  const installed = join(root, "node_modules", name);
  if (existsSync(installed)) return installed;
  const folder = join(root, ".cache/platform", `${name.replace("/", "-")}-${version}`);
  if (existsSync(folder)) return folder;
  say(`fetching ${name}@${version}`);
  const unpacked = `${folder}.${process.pid}.tmp`;
  mkdirSync(unpacked, { recursive: true });
  try {
    run("npm", ["pack", `${name}@${version}`, "--loglevel=error", "--pack-destination", unpacked]);
    const archive = readdirSync(unpacked).find((file) => file.endsWith(".tgz"));
    if (archive === undefined) throw new BuildError(`npm pack ${name}@${version} left no archive`);
    run("tar", ["-xzf", join(unpacked, archive), "-C", unpacked, "--strip-components=1"]);
    rmSync(join(unpacked, archive));
    renameSync(unpacked, folder);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
  return folder;
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join("node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

// --- init ----------------------------------------------------------------------

const INIT_FOLDER = "src/sandbox/init";
const INIT_WARNINGS = ["-std=c17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"];
const INIT_FLAGS = [
  ...["-O2", "-static-pie", "-fPIE", "-ffunction-sections", "-fdata-sections"],
  ...["-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"],
  ...["-s", "-Wl,--gc-sections", "-Wl,--build-id=none"],
  ...["-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"],
];

function compilerFor({ triplet, crossPackages }: Platform, isNative: boolean): string {
  const own = ".cache/bin/cc"; // where scripts/setup.sh had to unpack one
  const candidates = isNative
    ? [process.env["CC"], existsSync(own) ? own : undefined, "cc", "gcc"]
    : [`${triplet}-gcc`];
  for (const compiler of candidates) {
    if (compiler === undefined || compiler === "") continue;
    if (spawnSync(compiler, ["--version"], { stdio: "ignore" }).status === 0) return compiler;
  }
  throw new BuildError(
    isNative
      ? "no C compiler; scripts/setup.sh gets one"
      : `no C compiler for ${triplet}; on Debian: apt-get install ${crossPackages}`,
  );
}

const initSources = (): string[] => filesUnder([INIT_FOLDER], (file) => file.endsWith(".c"));

async function buildInit(platform: Platform, isNative: boolean, output: string): Promise<void> {
  const inputs = filesUnder([INIT_FOLDER], (file) => /\.[ch]$/.test(file));
  const flags = [...INIT_WARNINGS, ...INIT_FLAGS];
  const hash = hashOf(inputs, ...flags, platform.triplet, process.env["CC"] ?? "");
  await step(output, hash, (temporary) =>
    run(compilerFor(platform, isNative), [...flags, "-o", temporary, ...initSources()]),
  );
}

function analyzeInit(platform: Platform): void {
  const compiler = compilerFor(platform, true);
  for (const file of initSources())
    run(compiler, [...INIT_WARNINGS, "-O2", "-fanalyzer", "-c", "-o", "/dev/null", file]);
}

// --- the door ------------------------------------------------------------------

const DOOR_FOLDER = "src/sandbox/door";
const DOOR_FLAGS = [
  ...["-std=gnu17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"],
  ...["-Os", "-ffreestanding", "-fPIE", "-fno-stack-protector", "-fno-asynchronous-unwind-tables"],
  ...[
    "-fno-tree-loop-distribute-patterns",
    "-nostdlib",
    "-static",
    `-Wl,-T,${DOOR_FOLDER}/door.ld`,
  ],
  ...["-Wl,--build-id=none"],
];

async function buildDoor(platform: Platform, isNative: boolean): Promise<string> {
  const output = `.cache/door-${platform.bunTarget}.elf`;
  const inputs = filesUnder([DOOR_FOLDER], () => true);
  await step(output, hashOf(inputs, ...DOOR_FLAGS), (temporary) =>
    run(compilerFor(platform, isNative), [
      ...[...DOOR_FLAGS, "-o", temporary],
      ...inputs.filter((file) => file.endsWith(".c")),
    ]),
  );
  return output;
}

// --- the executable --------------------------------------------------------------

/** The Bun executable that becomes a program for another platform. */
function bunOf(platform: Platform): string {
  return join(packageFolder(platform.bunPackage, installedVersion("bun")), "bin/bun");
}

async function buildExecutable(
  platform: Platform,
  isNative: boolean,
  init: string,
  door: string,
  output: string,
): Promise<void> {
  const sources = filesUnder(["src", "profiles"], (file) => !/\.(c|h|ld)$/.test(file));
  const scripts = ["scripts/build.ts", "scripts/add-door.ts"];
  const inputs = [...sources, "package.json", "package-lock.json", ...scripts, init, door];
  const hash = hashOf(inputs, platform.bunTarget);
  await step(output, hash, async (temporary) => {
    const koffi = packageFolder(platform.koffiPackage, installedVersion("koffi"));
    const koffiNative = join(koffi, platform.koffiFile);
    // koffi looks for its .node file at run time, which the bundler cannot see: answer with a static require.
    const embed = {
      name: "embed",
      setup(build: Loading): void {
        build.onLoad({ filter: /koffi\/src\/koffi\/src\/static\.js$/ }, () => ({
          loader: "js",
          contents: `export const loadStatic = () => require(${JSON.stringify(koffiNative)});`,
        }));
        build.onLoad({ filter: /src\/sandbox\/init\/embedded\.ts$/ }, () => ({
          loader: "ts",
          contents: [
            `import file from ${JSON.stringify(join(root, init))} with { type: "file" };`,
            "export const embeddedInit: string | undefined = file;",
          ].join("\n"),
        }));
      },
    };
    const result = await Bun.build({
      entrypoints: ["src/cli/main.ts"],
      compile: {
        outfile: temporary,
        target: platform.bunTarget,
        ...(isNative ? {} : { executablePath: bunOf(platform) }),
        // The folder a runtime is started in belongs to someone else: read no configuration from it.
        autoloadDotenv: false,
        autoloadBunfig: false,
        autoloadTsconfig: false,
        autoloadPackageJson: false,
      },
      minify: true,
      bytecode: true,
      // Each command loads only its own part: measured, `state` 13 ms instead of 19.
      splitting: true,
      format: "esm",
      // What one build keeps in a cache is no other build's.
      define: { TGUARD_BUILD: JSON.stringify(hash) },
      plugins: [embed],
    });
    if (!result.success) throw new BuildError(`bundling failed:\n${result.logs.join("\n")}`);
    addDoorToFile(temporary, door, init, hash);
  });
}

// --- all of it -------------------------------------------------------------------

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { target: { type: "string" }, analyze: { type: "boolean", default: false } },
  });
  const { platform, isNative } = platformFor(values.target);
  await generate();
  if (values.analyze) return analyzeInit(platform);

  const folder = isNative ? "dist" : join("dist", platform.bunTarget.replace("bun-", ""));
  mkdirSync(folder, { recursive: true });
  const init = join(folder, "tguard-init");
  await buildInit(platform, isNative, init);
  const door = await buildDoor(platform, isNative);
  await buildExecutable(platform, isNative, init, door, join(folder, "tguard"));
}

try {
  await main();
} catch (error) {
  if (error instanceof BuildError || error instanceof AggregateError) {
    const problems = error instanceof AggregateError ? error.errors.map(String) : [];
    process.stderr.write(`build: ${[error.message, ...problems].join("\n")}\n`);
    process.exitCode = 1;
  } else throw error;
}
