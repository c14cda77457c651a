import { isContextKnown } from "../../audit/dockerfile/helpers-context.ts";
import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { walkStages } from "../../audit/dockerfile/helpers-fetched.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { cleanPath, isIgnoredPath } from "../../audit/dockerfile/ignore.ts";
import type {
  CopyInstruction,
  CopySource,
  Dockerfile,
  RunInstruction,
  Word,
} from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  findFlag,
  hasFlag,
  operands,
  packages,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1418",
    name: "install-without-lockfile",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Dependencies are installed without the lock file",
    why: "Without it every build resolves anew: dependencies of dependencies come in versions that nobody tested, and a release that was taken over an hour ago goes straight into the image.",
    howToFix:
      "Copy the lock file beside the manifest, and install what it says: `npm ci`, `yarn install --immutable`, `pnpm install --frozen-lockfile`, `composer install`, `cargo install --locked`.",
    bad: "FROM node:22\nCOPY package.json ./\nRUN npm install\n",
    good: "FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-1357", "CWE-494"],
    references: [
      "https://docs.npmjs.com/cli/configuring-npm/package-lock-json",
      "https://doc.rust-lang.org/cargo/commands/cargo-install.html#dealing-with-the-lockfile",
      "https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of scriptOf(dockerfile, run).commands) {
        const ecosystem = ECOSYSTEMS.find((one) => one.installs(command));
        const flag = findFlag(command, ...IGNORING);
        const { tool, subcommand } = argumentsOf(command);
        const word = subcommand ?? command.words[0];
        if (word === undefined) continue;
        if (ecosystem !== undefined && flag !== undefined && flag.value !== "false")
          report(flag.word.span, `"${flag.name}" leaves the lock file out`, {
            ...(run.command.form !== "exec" && { fix: without(dockerfile, flag.word.span) }),
          });
        else if (isUpdate(command))
          report(word.span, `"${tool} ${word.text}" ignores the lock file`);
        else if (tool === "cargo" && isUnlockedCargo(command)) {
          const edit = insertAfter(run.command, command, word, "--locked");
          report(word.span, '"cargo install" ignores the lock file of the package', {
            severity: "low",
            ...(edit && { fix: { title: 'add "--locked"', safe: false, edits: [edit] } }),
          });
        } else if (ecosystem !== undefined) {
          const manifest = loneManifest(dockerfile, run, ecosystem);
          if (manifest !== undefined)
            report(word.span, `"${manifest.text}" is copied without "${ecosystem.locks[0]}"`, {
              related: [{ span: manifest.span, message: "copied here" }],
            });
        }
      }
  },
});

interface Ecosystem {
  readonly manifest: string;
  readonly locks: readonly string[];
  /** True when the command installs what the manifest asks for. */
  installs(command: SimpleCommand): boolean;
}

const runs =
  (tool: string, ...actions: readonly string[]) =>
  (command: SimpleCommand): boolean => {
    const { tool: given, subcommand } = argumentsOf(command);
    if (given !== tool || operands(command).length > 0 || hasFlag(command, "-g", "--global"))
      return false;
    return subcommand === undefined
      ? actions.includes("") &&
          argumentsOf(command).flags.every(({ name }) => !/^-{1,2}v(?:ersion)?$/.test(name))
      : actions.includes(subcommand.text);
  };

const NODE_LOCKS = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
];

const ECOSYSTEMS: readonly Ecosystem[] = [
  { manifest: "package.json", locks: NODE_LOCKS, installs: runs("npm", "install", "i", "ci") },
  {
    manifest: "package.json",
    locks: ["yarn.lock", ...NODE_LOCKS],
    installs: runs("yarn", "install", ""),
  },
  {
    manifest: "package.json",
    locks: ["pnpm-lock.yaml", ...NODE_LOCKS],
    installs: runs("pnpm", "install", "i"),
  },
  {
    manifest: "package.json",
    locks: ["bun.lock", ...NODE_LOCKS],
    installs: named("bun", "install"),
  },
  { manifest: "Gemfile", locks: ["Gemfile.lock"], installs: runs("bundle", "install") },
  { manifest: "composer.json", locks: ["composer.lock"], installs: runs("composer", "install") },
  { manifest: "pyproject.toml", locks: ["poetry.lock"], installs: named("poetry", "install") },
  { manifest: "pyproject.toml", locks: ["uv.lock"], installs: named("uv", "sync") },
  {
    manifest: "Cargo.toml",
    locks: ["Cargo.lock"],
    installs: runs("cargo", "build", "fetch", "test"),
  },
  { manifest: "go.mod", locks: ["go.sum"], installs: named("go", "mod") },
];

/** For tools whose arguments the model does not read. */
function named(tool: string, action: string) {
  return ({ name, args }: SimpleCommand): boolean => name === tool && args[0]?.text === action;
}

const IGNORING = [
  "--no-frozen-lockfile",
  "--no-lockfile",
  "--no-package-lock",
  "--no-shrinkwrap",
  "--no-immutable",
];

function isUpdate(command: SimpleCommand): boolean {
  const { tool, subcommand } = argumentsOf(command);
  if (tool === "composer") return subcommand?.text === "update" && !hasFlag(command, "--lock");
  return tool === "bundle" && subcommand?.text === "update" && !hasFlag(command, "--bundler");
}

/** `cargo install NAME` resolves anew unless told not to. */
function isUnlockedCargo(command: SimpleCommand): boolean {
  return (
    argumentsOf(command).subcommand?.text === "install" &&
    packages(command).some(({ kind }) => kind === "package") &&
    !hasFlag(command, "--locked", "--frozen", "--list") &&
    !mayHideFlags(command)
  );
}

/** What the copies of a stage, and of those it is FROM, bring of an ecosystem. */
interface Copied {
  /** The first copy that may bring a lock file. */
  lockAt: number;
  manifest: Word | undefined;
  manifestAt: number;
}

const copied = new WeakMap<Dockerfile, Map<Ecosystem, readonly Copied[]>>();

/** Of each stage; worked out once a file and ecosystem. */
function copiedInStages(dockerfile: Dockerfile, ecosystem: Ecosystem): readonly Copied[] {
  let tables = copied.get(dockerfile);
  if (tables === undefined) {
    tables = new Map();
    copied.set(dockerfile, tables);
  }
  let table = tables.get(ecosystem);
  if (table === undefined) {
    const list: Copied[] = [];
    const start = (): Copied => ({
      lockAt: Number.POSITIVE_INFINITY,
      manifest: undefined,
      manifestAt: Number.POSITIVE_INFINITY,
    });
    walkStages(
      dockerfile,
      start,
      (before) => ({ ...before }),
      ({ instructions }, state) => {
        for (const node of instructions)
          if (node.kind === "copy" || node.kind === "add") note(dockerfile, node, ecosystem, state);
        list.push(state);
      },
    );
    table = list;
    tables.set(ecosystem, table);
  }
  return table;
}

function note(
  dockerfile: Dockerfile,
  node: CopyInstruction,
  ecosystem: Ecosystem,
  state: Copied,
): void {
  const bare = node.sources.find((source) => isKnownWithout(dockerfile, node, source, ecosystem));
  if (bare === undefined && mayBringLock(node, ecosystem))
    state.lockAt = Math.min(state.lockAt, node.index);
  const found =
    bare ?? node.sources.find(({ word }) => lastPart(word.value ?? "") === ecosystem.manifest);
  if (found === undefined || state.manifest !== undefined) return;
  state.manifest = found.word;
  state.manifestAt = node.index;
}

/** The manifest, when what was copied before the step brings it and cannot bring a lock file. */
function loneManifest(
  dockerfile: Dockerfile,
  run: RunInstruction,
  ecosystem: Ecosystem,
): Word | undefined {
  if (run.stageIndex === undefined) return undefined;
  if (run.mounts.some(({ type, source }) => type === "bind" && mayBeLock(source, ecosystem)))
    return undefined;
  const state = copiedInStages(dockerfile, ecosystem)[run.stageIndex];
  if (state === undefined || state.lockAt < run.index || state.manifestAt > run.index)
    return undefined;
  return state.manifest;
}

/** A folder or pattern of the build context that has the manifest and, as far as it can be seen, no lock file. */
function isKnownWithout(
  dockerfile: Dockerfile,
  { from, sources }: CopyInstruction,
  { word, kind }: CopySource,
  { manifest, locks }: Ecosystem,
): boolean {
  const { context } = dockerfile;
  if (
    context === undefined ||
    from !== undefined ||
    sources.length !== 1 ||
    kind !== "local" ||
    word.value === undefined
  )
    return false;
  if (!isContextKnown(dockerfile)) return false;
  const path = cleanPath(word.value).replace(/^\/+/, "");
  const isPattern = /[*?[]/.test(path);
  const folder = isPattern
    ? path.slice(0, path.lastIndexOf("/") + 1)
    : path === "." || path === ""
      ? ""
      : `${path}/`;
  if (/[*?[]/.test(folder)) return false;
  const { ignore } = context;
  const isThere = (name: string): boolean => context.at(`${folder}${name}`) === "file";
  const isGone = (name: string): boolean =>
    context.at(`${folder}${name}`) === "missing" ||
    (ignore.state === "read" && isIgnoredPath(ignore.patterns, `${folder}${name}`));
  return isThere(manifest) && locks.every(isGone);
}

/** A lock file itself, a pattern or name that is not known, or a whole folder. */
function mayBringLock({ sources, destination }: CopyInstruction, ecosystem: Ecosystem): boolean {
  if (sources.some(({ word, kind }) => kind !== "heredoc" && mayBeLock(word, ecosystem)))
    return true;
  return ecosystem.locks.includes(lastPart(destination?.value ?? ""));
}

function mayBeLock(word: Word | undefined, { locks }: Ecosystem): boolean {
  if (word?.value === undefined) return true;
  const name = lastPart(word.value);
  // A name without a dot is a folder, and may be the project's.
  if (/[*?[]/.test(name)) return !/\.(?:[jt]sx?|rb|php|py|rs|go|toml|mod|md)$/.test(name);
  return (
    locks.includes(name) ||
    name === "" ||
    name === "." ||
    name === ".." ||
    (!name.includes(".") && name !== "Gemfile")
  );
}

function lastPart(path: string): string {
  return path.split("/").findLast((part) => part !== "") ?? "";
}

/** Take a flag away with the blank before it. */
function without(
  { text }: Dockerfile,
  { start, end }: { readonly start: number; readonly end: number },
): Fix {
  const from = text.charAt(start - 1) === " " ? start - 1 : start;
  return {
    title: "take the flag away",
    safe: false,
    edits: [{ span: { start: from, end }, text: "" }],
  };
}

export default rule;
