import { addInstructionFlag } from "../../audit/dockerfile/helpers-instruction-edit.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1325",
    name: "package-manager-without-cache-mount",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A package manager runs without a cache mount",
    why: "Without one each build downloads all packages again as soon as one changes: builds take longer, and fail when the registry does.",
    howToFix:
      "Mount a cache on the manager's directory: `RUN --mount=type=cache,target=/root/.npm npm ci`. What lies in it is not in the image.",
    bad: "FROM node:22\nRUN npm ci\n",
    good: "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    since: "0.1.0",
    profile: "all",
    aliases: [
      "tally:prefer-package-cache-mounts",
      "tally:ruby/prefer-bundler-cache-mount",
      "tally:js/node-gyp-cache-mounts",
    ],
    cwe: [],
    references: ["https://docs.docker.com/build/cache/optimize/#use-cache-mounts"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const seen = new Set<string>();
      for (const command of scriptOf(dockerfile, run).commands) {
        const manager = managerOf(command);
        if (manager === undefined || seen.has(manager.tool)) continue;
        seen.add(manager.tool);
        const [first = ""] = manager.directories;
        // Relative ones lie in the home directory, mostly that of root.
        const places = manager.directories.flatMap((place) =>
          place.startsWith("/") ? [place] : [place, `/root/${place}`],
        );
        if (places.some((place) => isCacheMounted(dockerfile, run, place))) continue;
        const target = first.startsWith("/") ? first : `/root/${first}`;
        // `--no-cache`: a mount alone would not be used.
        const isRefused = command.args.some(({ text }) => /^--no-cache(?:-dir)?$/.test(text));
        report(
          (command.words[0] ?? command).span,
          `"${manager.tool}" has no cache mount`,
          isRefused
            ? undefined
            : {
                fix: {
                  title: `mount a cache on "${target}"`,
                  safe: false,
                  edits: [
                    addInstructionFlag(
                      run,
                      `--mount=type=cache,target=${target}${manager.sharing}`,
                    ),
                  ],
                },
              },
        );
      }
    }
  },
});

interface Manager {
  readonly tool: string;
  readonly directories: readonly string[];
  readonly sharing: string;
}

// Tool: subcommands that download, then its cache directories, the one to mount first.
const MANAGERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  npm: ["ci install i add", ".npm", "node-gyp"],
  yarn: ["install add", "/usr/local/share/.cache/yarn", ".cache/yarn", ".yarn"],
  pnpm: ["install i add fetch", ".local/share/pnpm/store", "pnpm/store", "/pnpm/store"],
  pip: ["install download wheel", ".cache/pip"],
  uv: ["sync add", ".cache/uv"],
  poetry: ["install add", ".cache/pypoetry"],
  go: ["build mod install get", "/go/pkg/mod", "/root/.cache/go-build"],
  cargo: ["build install fetch", "/usr/local/cargo/registry", ".cargo/registry"],
  bundle: ["install", "/usr/local/bundle/cache", ".bundle", "/usr/local/bundle"],
  composer: ["install update require", "/tmp/cache", ".composer/cache", ".cache/composer"],
  mvn: ["package install verify compile", ".m2", ".m2/repository"],
  gradle: ["build assemble", ".gradle"],
  dotnet: ["restore build publish", ".nuget/packages", ".nuget"],
  "apt-get": ["install update upgrade", "/var/cache/apt"],
  apt: ["install update upgrade", "/var/cache/apt"],
  dnf: ["install update upgrade", "/var/cache/dnf", "/var/cache/libdnf5"],
  microdnf: ["install update upgrade", "/var/cache/yum", "/var/cache/dnf"],
  yum: ["install update upgrade", "/var/cache/yum"],
  zypper: ["install in", "/var/cache/zypp"],
  apk: ["add", "/var/cache/apk", "/etc/apk/cache"],
};
// Two builds must not use these at once.
const LOCKED = ["apt-get", "apt"];

function managerOf(command: SimpleCommand): Manager | undefined {
  const { tool, subcommand, operands } = argumentsOf(command);
  const entry = Object.hasOwn(MANAGERS, tool) ? MANAGERS[tool] : undefined;
  const action = subcommand?.value ?? operands.find(({ value }) => value !== undefined)?.value;
  // Bare `yarn` and `bundle` install.
  const given = action ?? (tool === "yarn" || tool === "bundle" ? "install" : "");
  if (entry === undefined || !entry[0].split(" ").includes(given)) return undefined;
  return {
    tool,
    directories: entry.slice(1),
    sharing: LOCKED.includes(tool) ? ",sharing=locked" : "",
  };
}

export default rule;
