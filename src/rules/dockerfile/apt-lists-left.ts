import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted, joinPath } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsNamed,
  isSubcommand,
  operands,
  removals,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1029",
    name: "apt-lists-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`apt-get update` leaves the package lists in the layer",
    why: "The lists take some 20 to 50 MB and are of no use in the image: they are out of date when somebody installs by them. Removed in a later `RUN` they stay in the layer below; `apt-get clean` does not remove them.",
    howToFix:
      "End the same `RUN` with `rm -rf /var/lib/apt/lists/*`, or mount caches on `/var/lib/apt` and `/var/cache/apt`.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3009",
      "kics:df746b39-6564-4fed-bf85-e9c44382303c",
      "semgrep:remove-package-lists",
      "dockerfilelint:apt-get_missing_rm",
      "dockle:DKL-DI-0005",
      "droast:DF004",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#apt-get",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInShippedLayers(dockerfile, run)) continue;
      const script = scriptOf(dockerfile, run);
      const last = commandsNamed(script, TOOLS).findLast((command) =>
        isSubcommand(command, TOOLS, ["update"]),
      );
      if (last === undefined || isMounted(dockerfile, run) || areRemoved(script, last)) continue;
      const { tool, subcommand } = argumentsOf(last);
      if (subcommand === undefined) continue;
      const edit = appendCommand(dockerfile, run, script, last, `rm -rf ${LISTS}/*`);
      report(
        subcommand.span,
        `nothing removes "${LISTS}" behind "${tool} update"`,
        edit && {
          fix: {
            title: "remove the lists",
            safe: !areUsedLater(dockerfile, run),
            edits: [edit],
          },
        },
      );
    }
  },
});

const TOOLS = ["apt-get", "apt", "aptitude"];
const LISTS = "/var/lib/apt/lists";

/** A cache that holds the lists alone, or one of each of APT's directories: they are used together. */
function isMounted(dockerfile: Dockerfile, run: RunInstruction): boolean {
  return isCacheMounted(dockerfile, run, "/var/lib/apt")
    ? isCacheMounted(dockerfile, run, "/var/cache/apt")
    : isCacheMounted(dockerfile, run, LISTS);
}

function areRemoved(script: Script, update: SimpleCommand): boolean {
  if (isEmptiedAfter(script, update, [LISTS])) return true;
  if (
    commandsAfter(script, update).some(
      (command) =>
        isSubcommand(command, TOOLS, ["dist-clean", "distclean"]) ||
        (command.name === "find" &&
          operands(command)[0]?.value?.startsWith("/var/lib/apt") === true &&
          command.args.some(({ text }) => text === "-delete" || text === "rm")),
    )
  )
    return true;
  // `cd /var/lib && rm -rf apt`
  return removals(script).some(({ command, path }) => {
    if (command.index < update.index || path === undefined || command.directory === undefined)
      return false;
    const whole = joinPath(command.directory, path.replace(/\/?\*$/, "") || ".");
    return LISTS === whole || LISTS.startsWith(`${whole}/`);
  });
}

/** True when a later RUN uses APT without an update of its own. */
function areUsedLater(dockerfile: Dockerfile, run: RunInstruction): boolean {
  const used = lastUse.get(dockerfile) ?? lastUseOf(dockerfile);
  lastUse.set(dockerfile, used);
  return used > run.index;
}

/** Asked for every finding; worked out once a file. */
const lastUse = new WeakMap<Dockerfile, number>();

function lastUseOf(dockerfile: Dockerfile): number {
  const uses = (run: RunInstruction): boolean => {
    const [first] = commandsNamed(scriptOf(dockerfile, run), [...TOOLS, "apt-cache"]);
    return first !== undefined && !isSubcommand(first, TOOLS, ["update"]);
  };
  return instructionsOf(dockerfile, "run").findLast(uses)?.index ?? -1;
}

export default rule;
