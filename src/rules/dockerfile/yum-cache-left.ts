import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsNamed,
  isSubcommand,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1019",
    name: "yum-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`yum` leaves its cache in the layer",
    why: "Metadata and packages that were downloaded are of no use in the image and make it larger. Removed in a later `RUN` they stay in the layer below.",
    howToFix:
      "End the same `RUN` with `yum clean all`, or mount a cache: `RUN --mount=type=cache,target=/var/cache/yum`.",
    bad: "FROM centos:7\nRUN yum install -y curl\n",
    good: "FROM centos:7\nRUN yum install -y curl && yum clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3032",
      "trivy:DS015",
      "kics:00481784-25aa-4a55-8633-3136dfcf4f37",
      "semgrep:missing-yum-clean-all",
      "terrascan:AC_DOCKER_0009",
      "dockerfile_lint:no_yum_clean_all",
      "droast:DF047",
      "droast:DF004",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://man7.org/linux/man-pages/man8/yum.8.html",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (DIRECTORIES.some((directory) => isCacheMounted(dockerfile, run, directory))) continue;
      const script = scriptOf(dockerfile, run);
      // What cleans up behind the last one cleans up behind all.
      const last = commandsNamed(script, "yum").findLast((command) =>
        isSubcommand(command, ["yum"], INSTALLING),
      );
      const subcommand = last && argumentsOf(last).subcommand;
      if (last === undefined || subcommand === undefined) continue;
      const isCleaned = commandsAfter(script, last).some(
        (command) =>
          isSubcommand(command, ["yum", "dnf", "dnf5"], ["clean"]) &&
          operands(command).some(({ value }) => value === "all"),
      );
      if (isCleaned || isEmptiedAfter(script, last, DIRECTORIES)) continue;
      const edit = appendCommand(dockerfile, run, script, last, "yum clean all");
      report(
        subcommand.span,
        `no "yum clean all" follows "yum ${subcommand.text}"`,
        edit && { fix: { title: 'add "yum clean all"', safe: true, edits: [edit] } },
      );
    }
  },
});

const INSTALLING = ["install", "reinstall", "localinstall", "groupinstall"];

// yum.conf(5), cachedir; where yum is dnf, that one's.
const DIRECTORIES = ["/var/cache/yum", "/var/cache/dnf"];

export default rule;
