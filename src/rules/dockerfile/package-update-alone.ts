import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted, stageOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  isShell,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1014",
    name: "package-update-alone",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Package index is refreshed, but that RUN installs nothing",
    why: "The builder caches the layer with the index. A later `RUN` that installs takes the cached index, months old: it installs versions with known flaws, or fails because they are gone.",
    howToFix:
      "Refresh and install in one `RUN`: `RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*`.",
    bad: "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
    since: "0.1.0",
    aliases: [
      "trivy:DS017",
      "kics:9bae49be-0aa3-4de5-bab2-4c3a069e40cd",
      "checkov:CKV_DOCKER_5",
      "terrascan:AC_DOCKER_0049",
      "dockerfilelint:apt-get-update_require_install",
      "droast:DF028",
      "dockle:CIS-DI-0007",
      "docker-bench:4.7",
    ],
    cwe: ["CWE-710"],
    benchmarks: ["CIS-Docker-4.7"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#apt-get",
      "https://docs.docker.com/build/cache/invalidation/",
    ],
  },

  check(dockerfile, report) {
    const runs = instructionsOf(dockerfile, "run");
    for (const run of runs) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const refresh = refreshOf(command);
        if (refresh === undefined || isUsedAfter(script, command, refresh.manager)) continue;
        if (refresh.manager.lists.some((list) => isCacheMounted(dockerfile, run, list))) continue;
        const later = staleInstallation(dockerfile, runs, run, refresh.manager);
        const fix = mergedWithNext(dockerfile, run, script);
        report(refresh.span, `"${refresh.name}" is followed by no installation in this "RUN"`, {
          ...(later && { related: [{ span: later.span, message: "installs by that index" }] }),
          ...(fix && { fix }),
        });
      }
    }
  },
});

interface Manager {
  readonly tools: readonly string[];
  /** Subcommands that refresh the index. */
  readonly refresh: readonly string[];
  /** Subcommands that use it. */
  readonly use: readonly string[];
  /** Where it lies. */
  readonly lists: readonly string[];
  /** Programs that install by this manager, whatever their arguments. */
  readonly installers: readonly string[];
}

// yum and dnf `update` upgrades packages: another rule's matter.
const MANAGERS: readonly Manager[] = [
  {
    tools: ["apt-get", "apt", "aptitude"],
    refresh: ["update"],
    use: [
      ..."install reinstall upgrade safe-upgrade dist-upgrade full-upgrade build-dep".split(" "),
      ..."satisfy download source dselect-upgrade".split(" "),
    ],
    lists: ["/var/lib/apt/lists"],
    installers: ["apt-fast", "gdebi", "mk-build-deps", "rosdep", "tasksel", "unattended-upgrade"],
  },
  {
    tools: ["apk"],
    refresh: ["update"],
    use: ["add", "upgrade", "fix", "fetch"],
    lists: ["/var/cache/apk", "/etc/apk/cache"],
    installers: ["abuild"],
  },
  {
    tools: ["dnf", "dnf5", "yum", "microdnf", "tdnf"],
    refresh: ["makecache"],
    use: [
      ..."install in reinstall rei localinstall groupinstall group module update upgrade".split(
        " ",
      ),
      ..."up upgrade-minimal up-min update-minimal distro-sync builddep download".split(" "),
    ],
    lists: ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"],
    installers: ["yum-builddep", "yumdownloader", "dnf-3"],
  },
  {
    tools: ["zypper"],
    refresh: ["refresh", "ref"],
    use: [
      ..."install in update up patch dist-upgrade dup source-install si verify ve".split(" "),
      "install-new-recommends",
    ],
    lists: ["/var/cache/zypp"],
    installers: [],
  },
  {
    tools: ["pacman"],
    refresh: [],
    use: [],
    lists: ["/var/lib/pacman/sync"],
    installers: ["makepkg", "yay"],
  },
];

interface Refresh {
  readonly manager: Manager;
  readonly name: string;
  readonly span: ShellWord["span"];
}

/** `apt-get update`, `pacman -Sy`; what refreshes and installs at once is none. */
function refreshOf(command: SimpleCommand): Refresh | undefined {
  const { tool, subcommand } = argumentsOf(command);
  const manager = MANAGERS.find(({ tools }) => tools.includes(tool));
  const [program] = command.words;
  if (manager === undefined || program === undefined) return undefined;
  if (tool === "pacman") {
    const flag = command.args.find(({ text }) => /^-S\w*y|^-y\w*S/.test(text));
    const isAlone = !usesIndex(command, manager) && operands(command).length === 0;
    return flag !== undefined && isAlone
      ? { manager, name: `pacman ${flag.text}`, span: flag.span }
      : undefined;
  }
  const action = subcommand?.value;
  if (subcommand === undefined || action === undefined || !manager.refresh.includes(action))
    return undefined;
  return { manager, name: `${tool} ${action}`, span: subcommand.span };
}

function usesIndex(command: SimpleCommand, manager: Manager): boolean {
  const { tool, subcommand, flags } = argumentsOf(command);
  if (manager.installers.includes(tool)) return true;
  if (!manager.tools.includes(tool)) return false;
  if (tool === "pacman")
    return (
      flags.some(({ name }) => name === "-S" || name === "--sync") &&
      (operands(command).length > 0 || flags.some(({ name }) => /^(?:-u|--sysupgrade)$/.test(name)))
    );
  // `apt-get $ACTION` may be anything.
  const action = subcommand?.value;
  return subcommand !== undefined && (action === undefined || manager.use.includes(action));
}

/** True when the rest of the script uses the index, or runs what cannot be looked into. */
function isUsedAfter(script: Script, command: SimpleCommand, manager: Manager): boolean {
  return commandsAfter(script, command).some(
    (later) => usesIndex(later, manager) || isForeignScript(later),
  );
}

/** `./install.sh`, `bash setup.sh`, `. ./lib.sh`, `$INSTALL`: it may well install. */
function isForeignScript(command: SimpleCommand): boolean {
  const { name, words } = command;
  if (name === undefined) return true;
  const path = words[0]?.value ?? "";
  if (
    /\.(?:sh|bash|py|rb|pl)$/.test(path) ||
    /^(?:\.{1,2}|\/(?:tmp|opt|root|home|src|app))\//.test(path)
  )
    return true;
  if (name === "." || name === "source") return true;
  // `sh -c '…'` is read; `… | sh` and `sh file` are not.
  return (
    isShell(command) &&
    !command.args.some(({ text }) => /^-[A-Za-z]*c/.test(text)) &&
    !command.redirects.some(({ body }) => body !== undefined)
  );
}

/** The first later RUN of the stage that installs by this manager without a refresh of its own. */
function staleInstallation(
  dockerfile: Dockerfile,
  runs: readonly RunInstruction[],
  run: RunInstruction,
  manager: Manager,
): SimpleCommand | undefined {
  const stage = stageOf(dockerfile, run);
  for (const later of runs) {
    if (later.index <= run.index || stageOf(dockerfile, later) !== stage) continue;
    const { commands } = scriptOf(dockerfile, later);
    const use = commands.find((command) => usesIndex(command, manager));
    const refresh = commands.findIndex((command) => refreshOf(command)?.manager === manager);
    if (use !== undefined && (refresh === -1 || refresh > use.index)) return use;
  }
  return undefined;
}

/** One RUN of this and the next one, when this one only refreshes and nothing stands between. */
function mergedWithNext(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { commands, state }: Script,
): Fix | undefined {
  const next = dockerfile.instructions[run.index + 1];
  if (commands.length !== 1 || state !== "parsed" || run.isTrigger) return undefined;
  if (next?.kind !== "run" || next.stageIndex !== run.stageIndex) return undefined;
  const isShellOnly = [run, next].every(
    ({ command, flags, heredocs }) =>
      command.form === "shell" && flags.length === 0 && heredocs.length === 0,
  );
  const script = scriptOf(dockerfile, next);
  const manager = commands[0] && refreshOf(commands[0])?.manager;
  const [first] = script.commands;
  if (!isShellOnly || manager === undefined || first === undefined) return undefined;
  if (script.state !== "parsed" || !script.commands.some((command) => usesIndex(command, manager)))
    return undefined;
  // `update && a || b` would run b after a failed update.
  if (script.commands.some(({ context }) => context.isFallback || context.isBackground))
    return undefined;
  const { text } = dockerfile;
  const start = run.span.start + text.slice(run.span.start, run.span.end).trimEnd().length;
  const isClose = text.slice(start, next.span.start).trim() === "";
  if (!isClose || /[;&|]$/.test(run.rest.raw) || /(?:^|\s)#/.test(run.rest.raw)) return undefined;
  return {
    title: "merge it into the next RUN",
    safe: true,
    edits: [{ span: { start, end: next.rest.span.start }, text: " && " }],
  };
}

export default rule;
