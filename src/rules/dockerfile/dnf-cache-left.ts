import { appendCommand } from "../../audit/dockerfile/helpers-edit.ts";
import { isEmptiedAfter } from "../../audit/dockerfile/helpers-packages.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script } from "../../audit/shell/model.ts";
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
    id: "DF1020",
    name: "dnf-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`dnf` or microdnf leaves its cache in the layer",
    why: "Metadata and packages that were downloaded are of no use in the image and make it larger. Removed in a later `RUN` they stay in the layer below. dnf and microdnf clean only what is their own.",
    howToFix:
      "End the same `RUN` with `dnf clean all` (`microdnf clean all` for microdnf), or mount a cache: `RUN --mount=type=cache,target=/var/cache/libdnf5`.",
    bad: "FROM fedora:42\nRUN dnf install -y curl\n",
    good: "FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3040",
      "trivy:DS019",
      "trivy:DS027",
      "kics:295acb63-9246-4b21-b441-7c1f1fb62dc0",
      "semgrep:missing-dnf-clean-all",
      "terrascan:AC_DOCKER_00025",
      "dockerfile_lint:no_dnf_clean_all",
      "droast:DF046",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://dnf5.readthedocs.io/en/latest/commands/clean.8.html",
      "https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (MOUNTS.some((directory) => isCacheMounted(dockerfile, run, directory))) continue;
      const script = scriptOf(dockerfile, run);
      // On newer systems dnf is a link to dnf5.
      for (const tools of [["dnf", "dnf5"], ["microdnf"]])
        checkTool(dockerfile, run, script, tools, report);
    }
  },
});

const INSTALLING = [
  ...["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"],
];

const DIRECTORIES = ["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"];
const MOUNTS = [...DIRECTORIES, ".cache/libdnf5"];

function checkTool(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  tools: readonly string[],
  report: Parameters<typeof rule.check>[1],
): void {
  // What cleans up behind the last one cleans up behind all.
  const last = commandsNamed(script, tools).findLast((command) =>
    isSubcommand(command, tools, INSTALLING),
  );
  if (last === undefined) return;
  const { tool, subcommand } = argumentsOf(last);
  if (subcommand === undefined) return;
  const isCleaned = commandsAfter(script, last).some(
    (command) =>
      isSubcommand(command, tools, ["clean"]) &&
      operands(command).some(({ value }) => value === "all"),
  );
  if (isCleaned || isEmptiedAfter(script, last, DIRECTORIES)) return;
  const edit = appendCommand(dockerfile, run, script, last, `${tool} clean all`);
  report(
    subcommand.span,
    `no "${tool} clean all" follows "${tool} ${subcommand.text}"`,
    edit && { fix: { title: `add "${tool} clean all"`, safe: true, edits: [edit] } },
  );
}

export default rule;
