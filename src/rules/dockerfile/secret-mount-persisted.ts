import {
  type MountedSecret,
  mountedSecrets,
  namesPath,
  usersOf,
} from "../../audit/dockerfile/helpers-secret-use.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted, joinPath } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  hasFlag,
  isRemovedAfter,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1427",
    name: "secret-mount-persisted",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "A mounted secret is written into the layer",
    why: "The mount keeps the secret out of the image, and the step puts it back in: everybody who can pull the image, or the cache of the build, reads it.",
    howToFix:
      "Let the tool read the mount: put it where the tool looks (`target=/root/.npmrc`), or name the file. What must be written goes into a `--mount=type=tmpfs`, or is removed in the same `RUN`.",
    bad: "FROM node:22\nRUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci\n",
    good: "FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-522", "CWE-538"],
    benchmarks: ["CIS-Docker-4.10"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const secrets = mountedSecrets(run);
      if (secrets.length === 0) continue;
      const script = scriptOf(dockerfile, run);
      for (const secret of secrets)
        for (const user of usersOf(script, secret)) {
          const writer = outerOf(script, user);
          const kept =
            keptBy(script, user, secret) ??
            (writer === user ? undefined : keptBy(script, writer, secret));
          if (kept === undefined || isGone(dockerfile, run, script, writer, kept)) continue;
          report(
            (writer.words[0] ?? writer).span,
            `"${writer.name ?? "this"}" keeps secret "${secret.path ?? secret.variable}" in "${kept}"`,
          );
          break;
        }
    }
  },
});

/** The command in whose words a substitution stands: `echo` of `echo "$(cat FILE)"`. */
function outerOf({ commands }: Script, command: SimpleCommand): SimpleCommand {
  const outer = command.nestedIn === undefined ? undefined : commands[command.nestedIn];
  return outer !== undefined && command.context.isSubstitution ? outer : command;
}

/** Where a command puts the secret that it names. */
function keptBy(script: Script, command: SimpleCommand, secret: MountedSecret): string | undefined {
  const { tool, subcommand } = argumentsOf(command);
  const list = operands(command);
  if (["cp", "install", "mv"].includes(tool)) {
    const destination = list.at(-1);
    if (list.length < 2 || destination === undefined || namesPath(destination, secret))
      return undefined;
    return list.slice(0, -1).some((word) => namesPath(word, secret)) ? destination.text : undefined;
  }
  if (tool === "ln") return undefined;
  if (tool === "sed" && hasFlag(command, "-i", "--in-place")) return list.at(-1)?.text;
  if (
    SETTERS[tool]?.test(
      [subcommand?.text ?? "", ...list.slice(0, 2).map(({ text }) => text)].join(" "),
    ) === true
  ) {
    if (tool !== "git" || hasFlag(command, "--global", "--system")) return CONFIGURATION[tool];
    return undefined;
  }
  return writtenFile(script, command);
}

/** `echo "$TOKEN" > file`, `cat FILE | tee file`, `cat FILE | base64 -d > file`. */
function writtenFile(script: Script, command: SimpleCommand): string | undefined {
  if (!WRITERS.includes(command.name ?? "")) return undefined;
  const parts = script.pipelines[command.pipeline]?.parts.slice(command.place).flat() ?? [command];
  for (const part of parts) {
    // What another program makes of the secret is not the secret.
    if (!WRITERS.includes(part.name ?? "")) return undefined;
    const file =
      part.name === "tee"
        ? operands(part)[0]
        : part.redirects.findLast(
            ({ operator, fileDescriptor }) =>
              [">", ">>", ">|"].includes(operator) && (fileDescriptor ?? 1) === 1,
          )?.target;
    if (file !== undefined && !file.text.startsWith("/dev/")) return file.text;
  }
  return undefined;
}

const WRITERS = [
  "echo",
  "printf",
  "cat",
  "tee",
  "base64",
  "tr",
  "head",
  "envsubst",
  "sed",
  "grep",
  "cut",
  "jq",
];

const SETTERS: Readonly<Record<string, RegExp>> = {
  npm: /^(?:config set|set)\b/,
  pnpm: /^(?:config set|set)\b/,
  yarn: /^config set\b/,
  pip: /^config set\b/,
  git: /^config\b/,
  composer: /^config\b/,
  poetry: /^config\b/,
  bundle: /^config\b/,
  cargo: /^login\b/,
};
const CONFIGURATION: Readonly<Record<string, string>> = {
  npm: "~/.npmrc",
  pnpm: "~/.npmrc",
  yarn: "~/.yarnrc",
  pip: "pip.conf",
  git: "~/.gitconfig",
  composer: "auth.json",
  poetry: "auth.toml",
  bundle: ".bundle/config",
  cargo: "credentials.toml",
};

/** True when the file is removed before the step ends, or lies outside of the layer. */
function isGone(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  kept: string,
): boolean {
  const path =
    kept.startsWith("/") || command.directory === undefined
      ? kept
      : joinPath(command.directory, kept);
  if (/^\/(?:dev|proc)\//.test(path) || isCacheMounted(dockerfile, run, path)) return true;
  const name = kept.split("/").at(-1) ?? kept;
  return (
    isRemovedAfter(script, command, kept) ||
    isRemovedAfter(script, command, path) ||
    script.commands.some(
      (later) =>
        later.index > command.index &&
        (["rm", "shred", "unlink"].includes(later.name ?? "")
          ? later.args.some(({ text }) => text === kept || text.split("/").at(-1) === name)
          : later.name === "trap" ||
            // `npm config delete`, `git config --unset`
            later.args.some(({ text }) =>
              /^(?:delete|rm|unset|--unset(?:-all)?|--remove-section)$/.test(text),
            )),
    )
  );
}

export default rule;
