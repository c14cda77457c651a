import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsNamed,
  isSubcommand,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1034",
    name: "zypper-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`zypper` leaves its cache in the layer",
    why: "Metadata and packages that were downloaded are of no use in the image and make it larger. Removed in a later `RUN` they stay in the layer below.",
    howToFix:
      "End the same `RUN` with `zypper clean -a`, or mount a cache: `RUN --mount=type=cache,target=/var/cache/zypp`.",
    bad: "FROM opensuse/leap:15.6\nRUN zypper -n install curl\n",
    good: "FROM opensuse/leap:15.6\nRUN zypper -n install curl && zypper clean -a\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3036",
      "trivy:DS020",
      "kics:38300d1a-feb2-4a48-936a-d1ef1cd24313",
      "semgrep:missing-zypper-clean",
      "droast:DF045",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://en.opensuse.org/SDB:Zypper_manual",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInShippedLayers(dockerfile, run)) continue;
      if (isCacheMounted(dockerfile, run, DIRECTORY)) continue;
      const script = scriptOf(dockerfile, run);
      // What cleans up behind the last one cleans up behind all.
      const last = commandsNamed(script, "zypper").findLast((command) =>
        isSubcommand(command, ["zypper"], CHANGING),
      );
      const subcommand = last && argumentsOf(last).subcommand;
      if (last === undefined || subcommand === undefined) continue;
      const isCleaned = commandsAfter(script, last).some((command) =>
        isSubcommand(command, ["zypper"], ["clean", "cc"]),
      );
      if (isCleaned || isEmptiedAfter(script, last, [DIRECTORY])) continue;
      const edit = appendCommand(dockerfile, run, script, last, "zypper clean -a");
      report(
        subcommand.span,
        `no "zypper clean" follows "zypper ${subcommand.text}"`,
        edit && { fix: { title: 'add "zypper clean -a"', safe: true, edits: [edit] } },
      );
    }
  },
});

// Each reads the repositories anew, and most download packages.
const CHANGING = "install in remove rm patch source-install si update up".split(" ");

const DIRECTORY = "/var/cache/zypp";

export default rule;
