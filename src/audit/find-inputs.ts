import {
  closeSync,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { decide, type IgnorePattern, parseGitignore, readGitignore } from "./gitignore.ts";

/** One thing to audit. */
export type Input =
  | {
      readonly kind: "dockerfile" | "compose";
      /** As the user named it, or the named folder plus the way down. */
      readonly path: string;
      /** False when it was found by searching a folder; only those can be excluded. */
      readonly isNamed: boolean;
    }
  | { readonly kind: "stdin" }
  | { readonly kind: "image"; readonly spec: string }
  | { readonly kind: "bundle"; readonly path: string };

/** What the targets of a command line stand for, in their order; folders give files in path order. */
export interface FoundInputs {
  readonly inputs: readonly Input[];
  /** Targets that cannot be audited. */
  readonly errors: readonly UserError[];
}

/** Bounds of a search, against endless trees. */
const maxDepth = 64;
const maxEntries = 2_000_000;
const maxFiles = 100_000;

const skippedFolders = new Set([".git", "node_modules"]);

/** Names that builders and people give to Dockerfiles; not the ignore file that belongs to one. */
export function isDockerfileName(name: string): boolean {
  if (name.endsWith(".dockerignore")) return false;
  return (
    /^(?:Dockerfile|Containerfile)(?:\..+)?$/.test(name) ||
    /.\.(?:Dockerfile|dockerfile)$/.test(name)
  );
}

/** Names of compose files: those that `docker compose` looks for, and what people call further ones. */
export function isComposeName(name: string): boolean {
  return (
    /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(name) ||
    /^docker-compose[-_].+\.ya?ml$/.test(name) ||
    /.\.(?:docker-)?compose\.ya?ml$/.test(name)
  );
}

const isAuditedName = (name: string): boolean => isDockerfileName(name) || isComposeName(name);

/** How folders are searched. */
export interface SearchOptions {
  /** Leave out what the repository's .gitignore files leave out; what is named is audited all the same. */
  readonly isGitignoreRead: boolean;
  /** True for a named file that need not be on disk: an editor has it. */
  readonly isKnownFile?: (path: string) => boolean;
}

/** Turn TARGET arguments into inputs. An input that is named twice is audited once. */
export function findInputs(
  targets: readonly string[],
  options: SearchOptions = { isGitignoreRead: true },
): FoundInputs {
  const inputs: Input[] = [];
  const errors: UserError[] = [];
  const seen = new Set<string>();
  for (const target of targets) {
    try {
      for (const input of inputsOf(target, errors, options)) {
        const key = identityOf(input);
        if (!seen.has(key)) inputs.push(input);
        seen.add(key);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.push(error);
    }
  }
  return { inputs, errors };
}

function identityOf(input: Input): string {
  switch (input.kind) {
    case "dockerfile":
    case "compose":
    case "bundle":
      return `${input.kind} ${resolve(input.path)}`;
    case "image":
      return `image ${input.spec}`;
    case "stdin":
      return "stdin";
  }
}

/** Inputs of one target; folders below it that cannot be read are added to `errors`. */
function inputsOf(target: string, errors: UserError[], options: SearchOptions): readonly Input[] {
  if (target === "") throw new UserError("a target is empty", { hint: "name a file or a folder" });
  if (target === "-") return [{ kind: "stdin" }];
  if (/^(?:oci|oci-archive|docker-archive):/.test(target)) return [{ kind: "image", spec: target }];
  const path = target;
  if (options.isKnownFile?.(path))
    return [{ kind: kindOfName(basename(path)), path, isNamed: true }];
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw cannotRead(path, error);
  }
  if (!isFolder) {
    const isConfig = basename(path) === "config.json" && isBundleConfig(path);
    return isConfig
      ? [{ kind: "bundle", path: dirname(path) }]
      : [{ kind: isComposeFile(path) ? "compose" : "dockerfile", path, isNamed: true }];
  }
  if (isBundleConfig(join(path, "config.json"))) return [{ kind: "bundle", path }];
  const before = errors.length;
  const files = searchFolder(path, errors, options);
  if (files.length === 0 && errors.length === before) {
    throw new UserError(`nothing to audit in "${path}"`, {
      cause: new Error(
        "it holds no Dockerfile, Containerfile or compose file, and it is not a bundle",
      ),
      hint: isFile(join(path, "oci-layout"))
        ? `it is an OCI image layout: tguard audit oci:${path}`
        : "name the file itself if it is called otherwise",
    });
  }
  return files.map((path) => ({ kind: kindOfName(basename(path)), path, isNamed: false }));
}

const kindOfName = (name: string): "dockerfile" | "compose" =>
  isComposeName(name) ? "compose" : "dockerfile";

/** Wording for what keeps a path from being read. */
export function cannotRead(path: string, error: unknown): UserError {
  if (!isErrno(error)) throw error;
  const why: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ELOOP: "its symbolic links go in a circle",
    ENOTDIR: "a part of the path is not a folder",
  };
  return new UserError(`cannot read "${path}"`, {
    cause: new Error(why[error.code ?? ""] ?? error.message),
  });
}

/**
 * Dockerfiles and compose files below a folder, in path order. Linked folders are not entered, so loops cannot happen; a linked
 * file counts if its target lies in the folder and would not be found by itself.
 */
function searchFolder(
  root: string,
  errors: UserError[],
  { isGitignoreRead }: SearchOptions,
): readonly string[] {
  const found: string[] = [];
  const realRoot = realpathSync(root);
  let entries = 0;

  const visit = (folder: string, depth: number, above: readonly IgnoreFile[]): void => {
    if (depth > maxDepth) {
      throw new UserError(`folders are nested more than ${maxDepth} deep`, {
        where: folder,
        hint: "name the folders that hold Dockerfiles",
      });
    }
    let content: readonly Dirent[];
    try {
      content = readFolder(folder);
    } catch (error) {
      errors.push(cannotRead(folder, error));
      return;
    }
    const ignores =
      isGitignoreRead && content.some(({ name }) => name === ".gitignore")
        ? withFile(above, resolve(folder))
        : above;
    for (const entry of content) {
      const path = folder === "." ? entry.name : join(folder, entry.name);
      if (++entries > maxEntries || found.length > maxFiles) {
        throw new UserError(`"${root}" holds too many files to search`, {
          cause: new Error(`the limit is ${maxEntries} files, and ${maxFiles} Dockerfiles`),
          hint: "name the folders that hold Dockerfiles",
        });
      }
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !isIgnored(ignores, resolve(path), true))
          visit(path, depth + 1, ignores);
      } else if (isAuditedName(entry.name) && !isIgnored(ignores, resolve(path), false)) {
        if (entry.isFile() || (entry.isSymbolicLink() && isLinkWithin(path, realRoot)))
          found.push(path);
      }
    }
  };
  visit(root, 0, isGitignoreRead ? ignoreFilesAbove(resolve(root)) : []);
  return found;
}

/** The patterns of one ignore file and the folder that they count from. */
interface IgnoreFile {
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
}

function withFile(above: readonly IgnoreFile[], folder: string): readonly IgnoreFile[] {
  const patterns = readGitignore(folder);
  return patterns.length === 0 ? above : [...above, { folder, patterns }];
}

/** Ignore files from the root of the repository down to above a folder; none outside a repository. */
function ignoreFilesAbove(folder: string): readonly IgnoreFile[] {
  const chain: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (statSync(join(at, ".git"), { throwIfNoEntry: false }) !== undefined) {
      const start: IgnoreFile[] = [{ folder: at, patterns: readExclude(at) }];
      // The folder's own file is read when it is visited.
      const parents = at === folder ? [] : [at, ...chain.slice(1).reverse()];
      return parents.reduce<readonly IgnoreFile[]>(withFile, start);
    }
    if (dirname(at) === at) return [];
    chain.push(at);
  }
}

/** `.git/info/exclude`, whose patterns count from the root of the work tree. */
function readExclude(root: string): readonly IgnorePattern[] {
  try {
    const text = readFileSync(join(root, ".git", "info", "exclude"), "utf8");
    return parseGitignore(text);
  } catch (error) {
    if (isErrno(error)) return [];
    throw error;
  }
}

/** The nearest file that says something decides; a folder that is left out is not entered, as in git. */
function isIgnored(ignores: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  for (let i = ignores.length - 1; i >= 0; i--) {
    const file = ignores[i];
    if (file === undefined) continue;
    const inside = relative(file.folder, path).split(sep).join("/");
    const decision = decide(file.patterns, inside, isFolder);
    if (decision !== undefined) return decision;
  }
  return false;
}

function readFolder(folder: string): readonly Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** A link out of the tree would let a repository show any file of the machine in the report. */
function isLinkWithin(path: string, realRoot: string): boolean {
  let target: string;
  try {
    target = realpathSync(path);
    if (!statSync(target).isFile()) return false;
  } catch (error) {
    // A dangling or circular link is no file to audit.
    if (isErrno(error)) return false;
    throw error;
  }
  const inside = relative(realRoot, target);
  if (inside === ".." || inside.startsWith(`..${sep}`)) return false;
  const isFoundAnyway =
    isAuditedName(basename(target)) &&
    !inside.split(sep).some((folder) => skippedFolders.has(folder));
  return !isFoundAnyway;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** A config.json is a bundle's when it says `ociVersion` (runtime-spec, config.md); the first 8 MiB decide. */
const isBundleConfig = (path: string): boolean => startsWith(path, 8 * 1024 * 1024, /"ociVersion"/);

/** A file that is named is a compose file by its name, or as YAML with `services` at its top level. */
function isComposeFile(path: string): boolean {
  const name = basename(path);
  if (isComposeName(name)) return true;
  return /\.ya?ml$/.test(name) && startsWith(path, 1024 * 1024, /^["']?services["']?\s*:/m);
}

/** Does the first part of a file, read as Latin-1, hold the pattern? */
function startsWith(path: string, limit: number, pattern: RegExp): boolean {
  let fd: number | undefined;
  try {
    if (!isFile(path)) return false;
    fd = openSync(path, "r");
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, limit));
    return pattern.test(bytes.toString("latin1", 0, readSync(fd, bytes)));
  } catch (error) {
    // Unreadable: the folder is searched, and what cannot be read is told then.
    if (isErrno(error)) return false;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
