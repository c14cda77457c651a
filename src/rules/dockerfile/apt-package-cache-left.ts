import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { type WrittenText, writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import type { Stage } from "../../audit/dockerfile/model.ts";
import { isCacheMounted, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsNamed,
  isSubcommand,
  removals,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1319",
    name: "apt-package-cache-left",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`apt-get install` leaves the packages it downloaded in the layer",
    why: "The images of Debian and Ubuntu delete downloaded packages by a hook, `/etc/apt/apt.conf.d/docker-clean`. Where it is missing or was removed each `.deb` stays in `/var/cache/apt/archives` beside what was installed from it.",
    howToFix: "End the same `RUN` with `apt-get clean`, or mount a cache on `/var/cache/apt`.",
    bad: "FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN apt-get update && apt-get install -y curl\n",
    good: "FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl\n",
    since: "0.1.0",
    aliases: ["dockerfile_lint:no_apt-get_clean", "semgrep:remove-package-cache"],
    cwe: ["CWE-459"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#apt-get",
      "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
    ],
  },

  check(dockerfile, report) {
    const keeping: boolean[] = [];
    const kept = writtenTexts(dockerfile).filter(({ text }) => KEEPS.test(text));
    for (const stage of dockerfile.stages) {
      let keeps = stage.parent === undefined ? isBare(stage) : keeping[stage.parent] === true;
      for (const run of stageInstructions(stage, "run")) {
        const script = scriptOf(dockerfile, run);
        keeps = keeps || dropsHook(kept, script);
        if (!keeps || !isInShippedLayers(dockerfile, run)) continue;
        if (isCacheMounted(dockerfile, run, "/var/cache/apt")) continue;
        const last = commandsNamed(script, TOOLS).findLast((command) =>
          isSubcommand(command, TOOLS, ["install", "upgrade", "dist-upgrade", "full-upgrade"]),
        );
        if (last === undefined || isEmptiedAfter(script, last, ["/var/cache/apt"])) continue;
        const isCleaned = commandsAfter(script, last).some((command) =>
          isSubcommand(command, TOOLS, ["clean", "autoclean", "dist-clean", "distclean"]),
        );
        const { tool, subcommand } = argumentsOf(last);
        if (isCleaned || subcommand === undefined) continue;
        const edit = appendCommand(dockerfile, run, script, last, "apt-get clean");
        report(
          subcommand.span,
          `nothing cleans the package cache behind "${tool} ${subcommand.text}"`,
          edit && { fix: { title: 'add "apt-get clean"', safe: true, edits: [edit] } },
        );
      }
      keeping.push(keeps);
    }
  },
});

const TOOLS = ["apt-get", "apt", "aptitude"];
const HOOK = "/etc/apt/apt.conf.d/docker-clean";

/** A root file system of one's own has no hook. */
const isBare = ({ base }: Stage): boolean => base.kind === "scratch";

const KEEPS = /Keep-Downloaded-Packages[ \t]{1,4}"?(?:true|1|yes)\b/i;

const dropsHook = (kept: readonly WrittenText[], script: Script): boolean =>
  kept.some(({ span }) => script.span.start <= span.start && span.end <= script.span.end) ||
  removals(script).some(({ path }) => path === HOOK);

export default rule;
