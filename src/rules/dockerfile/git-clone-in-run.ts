import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import {
  commandsNamed,
  findFlag,
  flagValue,
  hasFlag,
  isSubcommand,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1113",
    name: "git-clone-in-run",
    target: "dockerfile",
    severity: "info",
    confidence: "medium",
    summary: "`git clone` in a RUN could be an ADD of the repository",
    why: "The layer of a `RUN git clone` is taken from the cache however much the repository changed, and the image needs git. `ADD` asks for the commit behind the name each time, records it in the provenance, and needs no program.",
    howToFix:
      "Write `ADD https://…/repo.git#v1.0 /src` (Dockerfile syntax 1.6), with `--keep-git-dir=true` where .git is used.",
    bad: "FROM golang:1.24\nRUN git clone https://github.com/moby/moby.git /src\n",
    good: "FROM golang:1.24\nADD https://github.com/moby/moby.git#v28.3.0 /src\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:prefer-add-git"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      // Keys and tokens do not reach an ADD in this way.
      if (run.mounts.some(({ type }) => type === "ssh" || type === "secret")) continue;
      for (const command of commandsNamed(script, "git")) {
        const [, word] = command.words;
        const [url] = operands(command);
        if (!isSubcommand(command, ["git"], ["clone"]) || url === undefined || word === undefined)
          continue;
        if (!isAddable(url.value ?? url.prefix) || hasMore(command)) continue;
        const fix = withAdd(dockerfile, run, script);
        report(
          word.span,
          `"git clone" of "${shownUrl(url.value ?? url.prefix)}" could be an ADD`,
          fix && { fix },
        );
      }
    }
  },
});

/** An address without a user's name or token, except `git@`. */
function isAddable(url: string): boolean {
  return (
    /^https:\/\/[^@$]+\/./.test(url) || /^ssh:\/\/git@./.test(url) || /^git@[\w.-]+:./.test(url)
  );
}

/** True for what ADD cannot do. */
function hasMore(command: SimpleCommand): boolean {
  return (
    hasFlag(command, "--recurse-submodules", "--recursive", "--shallow-submodules") ||
    hasFlag(command, "--bare", "--mirror", "--filter", "--sparse", "--reference", "--config") ||
    hasFlag(command, "-c", "--separate-git-dir", "--template", "--shared", "--origin", "-o") ||
    command.context.isLoop
  );
}

/** ADD in place of a RUN that clones, changes into the folder and checks out, and does nothing else. */
function withAdd(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { commands }: Script,
): Fix | undefined {
  const [clone, ...more] = commands;
  const hasComments = dockerfile.comments.some((c) => c.insideInstruction === run.index);
  if (clone === undefined || hasComments || run.isTrigger) return undefined;
  if (run.flags.length > 0 || run.command.form !== "shell" || run.heredocs.length > 0)
    return undefined;
  const [url, folder, ...others] = operands(clone);
  if (url?.value === undefined || others.length > 0 || clone.name !== "git") return undefined;
  const target = folder === undefined ? nameOf(url.value) : folder.value;
  const checkedOut = more.length === 0 ? undefined : checkout(more, target);
  if (target === undefined || (more.length > 0 && checkedOut === undefined)) return undefined;
  const branch = flagValue(clone, "-b", "--branch");
  if (branch === undefined && findFlag(clone, "-b", "--branch") !== undefined) return undefined;
  const ref = checkedOut ?? branch;
  const isPlain = [url.value, target, ref ?? ""].every((part) => /^[\w.:/@~+-]*$/.test(part));
  // Of other addresses BuildKit does not know that they are repositories.
  if (!isPlain || !/\.git$/.test(url.value)) return undefined;
  const keyword = run.keywordText === "run" ? "add" : "ADD";
  const source = ref === undefined ? url.value : `${url.value}#${ref}`;
  return {
    title: "add the repository",
    safe: false,
    edits: [{ span: run.span, text: `${keyword} --keep-git-dir=true ${source} ${target}` }],
  };
}

const nameOf = (url: string): string | undefined => /([\w.-]+?)(?:\.git)?\/?$/.exec(url)?.[1];

/** The revision of `cd folder && git checkout revision`, or `git -C folder checkout revision`. */
function checkout(
  commands: readonly SimpleCommand[],
  folder: string | undefined,
): string | undefined {
  const last = commands.at(-1);
  if (last === undefined || !isSubcommand(last, ["git"], ["checkout", "switch"])) return undefined;
  if (commands.some(({ operator }) => operator !== "&&" && operator !== ";")) return undefined;
  const [cd, ...rest] = commands;
  const isThere =
    commands.length === 1
      ? flagValue(last, "-C") === folder
      : rest.length === 1 && cd?.name === "cd" && operands(cd)[0]?.value === folder;
  const [revision, ...others] = operands(last);
  const isOnlyRevision = others.length === 0 && !hasFlag(last, "-b", "-B", "--orphan", "-c");
  return isThere && isOnlyRevision ? revision?.value : undefined;
}

export default rule;
