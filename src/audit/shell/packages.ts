import type { Span } from "../../base/text.ts";
import { argumentsOf } from "./flags.ts";
import type { ShellWord, SimpleCommand } from "./model.ts";

/** Package managers that are told apart; `apt` stands for apt-get, apt and aptitude, `dnf` for yum and its kin. */
export type Manager =
  | "apt"
  | "dnf"
  | "zypper"
  | "apk"
  | "pacman"
  | "pip"
  | "npm"
  | "yarn"
  | "pnpm"
  | "gem"
  | "conda"
  | "cargo"
  | "go"
  | "composer";

/** One package that a command installs. */
export interface PackageArgument {
  /** Without version; as written when unknown parts are in it. */
  readonly name: string;
  /** `1.2` of `curl=1.2`, `flask==1.2`, `left-pad@1.2`; may hold variables when `isKnown` is false. */
  readonly version: string | undefined;
  /** `=`, `==`, `>=`, `~=`, `@`, `:`, `-`; `undefined` without version. */
  readonly operator: string | undefined;
  /** `package`, a local `file`, a `url`, version control (`git+https:`), an rpm `group`. */
  readonly kind: "package" | "file" | "url" | "vcs" | "group";
  /** False when a variable of unknown value is in it. */
  readonly isKnown: boolean;
  readonly word: ShellWord;
  readonly span: Span;
}

/** What an installing command installs. */
export interface Installation {
  readonly manager: Manager;
  /** Tool as in `argumentsOf`: `apt-get`, `yum`, `pip`. */
  readonly tool: string;
  readonly command: SimpleCommand;
  readonly packages: readonly PackageArgument[];
}

const MANAGERS: Readonly<Record<string, readonly [Manager, ...string[]]>> = {
  "apt-get": ["apt", "install", "reinstall"],
  apt: ["apt", "install", "reinstall"],
  aptitude: ["apt", "install", "reinstall"],
  yum: ["dnf", "install", "reinstall", "localinstall", "groupinstall", "module"],
  dnf: ["dnf", "install", "reinstall", "localinstall", "groupinstall", "in", "module"],
  dnf5: ["dnf", "install", "reinstall"],
  microdnf: ["dnf", "install", "reinstall", "module"],
  tdnf: ["dnf", "install", "reinstall"],
  zypper: ["zypper", "install", "in"],
  apk: ["apk", "add"],
  pip: ["pip", "install"],
  pipx: ["pip", "install"],
  npm: ["npm", "install", "i", "add", "in", "ins", "inst", "isntall", "install-test", "it"],
  yarn: ["yarn", "add", "global"],
  pnpm: ["pnpm", "add", "install", "i"],
  gem: ["gem", "install", "i"],
  conda: ["conda", "install", "create"],
  mamba: ["conda", "install", "create"],
  micromamba: ["conda", "install", "create"],
  cargo: ["cargo", "install"],
  go: ["go", "install", "get"],
  composer: ["composer", "require"],
};

const known = new WeakMap<SimpleCommand, Installation | "none">();

/** What the command installs; `undefined` when it installs nothing (another subcommand, another program). */
export function installation(command: SimpleCommand): Installation | undefined {
  let found = known.get(command);
  if (found === undefined) {
    found = readInstallation(command) ?? "none";
    known.set(command, found);
  }
  return found === "none" ? undefined : found;
}

function readInstallation(command: SimpleCommand): Installation | undefined {
  const { tool, subcommand, operands, flags } = argumentsOf(command);
  if (tool === "pacman") {
    const isSync = flags.some(({ name }) => name === "-S" || name === "--sync");
    return isSync ? build("pacman", tool, command, operands) : undefined;
  }
  const entry = Object.hasOwn(MANAGERS, tool) ? MANAGERS[tool] : undefined;
  const action = subcommand?.value;
  if (entry === undefined || action === undefined) return undefined;
  const [manager, ...actions] = entry;
  if (!actions.includes(action)) return undefined;
  let words = operands;
  if (action === "global" || action === "module") {
    if (!["add", "install"].includes(words[0]?.text ?? "")) return undefined;
    words = words.slice(1);
  }
  return build(manager, tool, command, words);
}

const NO_PACKAGES: readonly PackageArgument[] = [];

/** Packages of `installation`; empty when the command installs nothing. */
export function packages(command: SimpleCommand): readonly PackageArgument[] {
  return installation(command)?.packages ?? NO_PACKAGES;
}

function build(
  manager: Manager,
  tool: string,
  command: SimpleCommand,
  words: readonly ShellWord[],
): Installation {
  return {
    manager,
    tool,
    command,
    packages: words.map((word) => readPackage(manager, word, command)),
  };
}

function readPackage(manager: Manager, word: ShellWord, command: SimpleCommand): PackageArgument {
  const text = word.value ?? word.text;
  const common = { word, span: word.span, isKnown: word.value !== undefined };
  const kind = packageKind(manager, text);
  if (kind !== "package" && kind !== "file")
    return { ...common, name: text, version: undefined, operator: undefined, kind };
  const split = kind === "file" ? undefined : splitVersion(manager, text);
  // `gem install rails -v 7`, `cargo install --version 1 x`: the flag is for every package.
  if (split === undefined && (manager === "gem" || manager === "cargo")) {
    const flag = argumentsOf(command).flags.findLast(({ name }) =>
      manager === "gem"
        ? name === "-v" || name === "--version"
        : ["--version", "--vers", "--tag", "--rev"].includes(name),
    );
    const given = flag?.valueWord?.text;
    if (flag !== undefined && given !== undefined)
      return { ...common, name: text, version: flag.value ?? given, operator: flag.name, kind };
  }
  return {
    ...common,
    name: split?.name ?? text,
    version: split?.version,
    operator: split?.operator,
    kind,
  };
}

function packageKind(manager: Manager, text: string): PackageArgument["kind"] {
  if (/^(?:git\+|hg\+|svn\+|bzr\+)/.test(text) || /^(?:git|ssh):\/\//.test(text)) return "vcs";
  if (/^(?:https?|ftp|file):\/\//.test(text)) return "url";
  if (manager === "go" || manager === "composer") return text.startsWith(".") ? "file" : "package";
  if (manager === "dnf" && (text.startsWith("@") || text.startsWith("'@"))) return "group";
  if (manager === "npm" && /^(?:github|gitlab|bitbucket):/.test(text)) return "vcs";
  if (/^\.{0,2}\/|^\.{1,2}$|^~\//.test(text)) return "file";
  if (/\.(?:deb|rpm|apk|whl|tgz|tar\.gz|tar\.bz2|zip|gem)$/.test(text)) return "file";
  return "package";
}

interface Split {
  readonly name: string;
  readonly operator: string;
  readonly version: string;
}

/** Where name and version part, by the manager's own syntax. */
function splitVersion(manager: Manager, text: string): Split | undefined {
  switch (manager) {
    case "apt":
      return match(text, /^([^=]+)(=)(.+)$/s);
    case "apk":
      return match(text, /^([^=<>~]+)(=~|~=|[<>]=?|[=~])(.+)$/s);
    case "zypper":
      return match(text, /^([^=<>]+)([<>]=?|=)(.+)$/s);
    case "pip":
      return match(text, /^([^=<>~!@;]+?)\s*(===|==|~=|!=|[<>]=?|@)\s*(.+)$/s);
    case "conda":
      return match(text, /^([^=<>]+)([<>]=?|==?)(.+)$/s);
    case "npm":
    case "yarn":
    case "pnpm":
    case "go":
    case "cargo":
      return match(text, /^(@?[^@]+)(@)(.+)$/s);
    case "gem":
    case "composer":
      return match(text, /^([^:]+)(:)(.+)$/s);
    case "pacman":
      return match(text, /^([^=<>]+)(=)(.+)$/s);
    case "dnf":
      // NAME-[EPOCH:]VERSION[-RELEASE][.ARCH]: a dash, then a digit (or a variable).
      return match(text, /^(.+?)(-)((?:\d+:)?\d[^/]*|[$*].*)$/s);
  }
}

function match(text: string, pattern: RegExp): Split | undefined {
  const [, name, operator, version] = pattern.exec(text) ?? [];
  return name === undefined || operator === undefined || version === undefined
    ? undefined
    : { name, operator, version };
}
