import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf, isCacheMounted, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsOf,
  isSubcommand,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1029",
    name: "apt-lists-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Package lists stay in the layer",
    why: "What `apt-get update` downloads is of no use in the image and out of date within days: megabytes in every layer that has them. Removed in a later `RUN` they stay in the layer below.",
    howToFix:
      "End the same `RUN` with `rm -rf /var/lib/apt/lists/*`, or mount a cache: `RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt`.",
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
      // What a build stage leaves behind does not reach the image.
      if (!run.isTrigger && !isInFinalChain(dockerfile, run)) continue;
      if (isCacheMounted(dockerfile, run, LISTS)) continue;
      const script = scriptOf(dockerfile, run);
      const last = commandsOf(script, ["apt-get", "apt", "aptitude"]).findLast((command) =>
        isSubcommand(command, ["apt-get", "apt", "aptitude"], ["update"]),
      );
      const subcommand = last && argumentsOf(last).subcommand;
      if (last === undefined || subcommand === undefined) continue;
      const isCleaned = commandsAfter(script, last).some((command) =>
        isSubcommand(command, ["apt-get", "apt"], ["dist-clean", "distclean"]),
      );
      if (isCleaned || isEmptiedAfter(script, last, [LISTS])) continue;
      const edit = appendCommand(dockerfile, run, script, last, `rm -rf ${LISTS}/*`);
      report(
        subcommand.span,
        `nothing removes "${LISTS}" behind "${argumentsOf(last).tool} update"`,
        edit && { fix: { title: `add "rm -rf ${LISTS}/*"`, safe: true, edits: [edit] } },
      );
    }
  },
});

// sources.list(5): where apt-get update puts what it fetches.
const LISTS = "/var/lib/apt/lists";

export default rule;
