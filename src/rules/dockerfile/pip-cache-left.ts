import { insertAfter } from "../../audit/dockerfile/helpers-edit.ts";
import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import { mayHideFlags } from "../../audit/dockerfile/helpers-packages.ts";
import { type AnswerSetting, isSetBefore } from "../../audit/dockerfile/helpers-prompt.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsAfter,
  commandsOf,
  flagValue,
  hasFlag,
  isRemovedAfter,
  isSubcommand,
  operands,
  removals,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1035",
    name: "pip-cache-left",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`pip install` leaves its cache in the layer",
    why: "pip keeps what it downloads and builds for the next installation. In an image there is none: the files double the size of what was installed.",
    howToFix:
      "Say `pip install --no-cache-dir`, set `ENV PIP_NO_CACHE_DIR=1`, or mount a cache: `RUN --mount=type=cache,target=/root/.cache/pip`.",
    bad: "FROM python:3.13\nRUN pip install flask==3.1.0\n",
    good: "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3042",
      "kics:f2f903fb-b977-461e-98d7-b3e2185c6118",
      "semgrep:missing-pip-no-cache-dir",
      "terrascan:AC_DOCKER_0031",
      "droast:DF030",
    ],
    cwe: ["CWE-459"],
    references: [
      "https://pip.pypa.io/en/stable/topics/caching/",
      "https://docs.astral.sh/uv/concepts/cache/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, "pip")) {
        const { subcommand } = argumentsOf(command);
        if (subcommand?.value !== "install" || mayHideFlags(command)) continue;
        const cache = command.name === "uv" ? UV : PIP;
        if (hasFlag(command, ...cache.flags)) continue;
        if (isTurnedOff(dockerfile, run, script, command, cache)) continue;
        if (isElsewhere(dockerfile, run, script, command, cache)) continue;
        if (isCleanedAfter(script, command, cache)) continue;
        const edit = insertAfter(run.command, command, subcommand, "--no-cache-dir");
        report(
          subcommand.span,
          `"${cache.tool} install" keeps a cache in the layer`,
          edit && { fix: { title: 'add "--no-cache-dir"', safe: true, edits: [edit] } },
        );
      }
    }
  },
});

/** One of the two programs that understand `pip install`. */
interface Cache {
  readonly tool: string;
  readonly flags: readonly string[];
  /** Variable that switches the cache off. */
  readonly off: string;
  /** Variable that moves the cache. */
  readonly directory: string;
  /** Where the cache lies in the home directory. */
  readonly home: string;
}

const PIP: Cache = {
  tool: "pip",
  // optparse takes a beginning for the whole.
  flags: ["--no-cache-dir", "--no-cache"],
  off: "PIP_NO_CACHE_DIR",
  directory: "PIP_CACHE_DIR",
  home: ".cache/pip",
};

const UV: Cache = {
  tool: "uv pip",
  flags: ["--no-cache", "--no-cache-dir", "-n"],
  off: "UV_NO_CACHE",
  directory: "UV_CACHE_DIR",
  home: ".cache/uv",
};

// pip's strtobool.
const TRUTHY = /^(?:1|true|on|yes|y|t)$/i;

const SETTING: AnswerSetting = {
  text: /(?:^|[.\s"'])no-cache-dir\s*(?:=\s*|\s)["']?(?:1|true|on|yes)\b/i,
  tools: [],
  file: /(?:^|\/)pip\.conf$/,
};

/** By the variable, or by pip's configuration. */
function isTurnedOff(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  { off }: Cache,
): boolean {
  const given = environmentValue(dockerfile, run, script, command, off);
  if (given.state === "set" && TRUTHY.test(given.value)) return true;
  return given.state === "unknown" || isSetBefore(dockerfile, run, script, command, SETTING);
}

/** True when the cache lies in a mount, or in a directory that the script removes. */
function isElsewhere(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  { directory, home }: Cache,
): boolean {
  const moved = environmentValue(dockerfile, run, script, command, directory);
  const path = moved.state === "set" ? moved.value : flagValue(command, "--cache-dir");
  if (path !== undefined && path !== "")
    return isCacheMounted(dockerfile, run, path) || isRemovedAfter(script, command, path);
  if (moved.state === "unknown") return true;
  return [home, ".cache", `/root/${home}`].some((place) => isCacheMounted(dockerfile, run, place));
}

/** `rm -rf ~/.cache`, `rm -rf $HOME/.cache/pip/*`, `pip cache purge`. */
function isCleanedAfter(script: Script, command: SimpleCommand, { tool, home }: Cache): boolean {
  const isHome = (text: string): boolean => {
    const path = text.replace(/\/+\*?$|\/\.\[.*$/, "");
    return path.endsWith(`/${home}`) || path.endsWith("/.cache") || path === "/root";
  };
  if (
    removals(script).some(
      ({ command: by, word }) =>
        by.index > command.index && (isHome(word.value ?? word.text) || isHome(word.text)),
    )
  )
    return true;
  return commandsAfter(script, command).some((other) =>
    tool === "pip"
      ? isSubcommand(other, ["pip"], ["cache"]) &&
        operands(other).some(({ text }) => text === "purge")
      : other.name === "uv" && other.args[0]?.text === "cache" && other.args[1]?.text === "clean",
  );
}

export default rule;
