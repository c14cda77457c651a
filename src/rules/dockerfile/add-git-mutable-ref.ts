import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import type { CopySource, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  findFlag,
  flagValue,
  isSubcommand,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1402",
    name: "add-git-mutable-ref",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "Source of a Git repository is taken without naming a commit",
    why: "A branch moves with every push, and a tag is moved by whoever may push: the next build gets other source without a trace in the Dockerfile, an attacker's after one stolen password.",
    howToFix:
      "Name the commit: `ADD https://github.com/o/r.git#<40 hex digits> /src`, or in a step `git clone URL src && git -C src checkout <commit>`.",
    bad: "FROM debian:12\nADD https://github.com/o/r.git /src\n",
    good: "FROM debian:12\nADD https://github.com/o/r.git#4b825dc642cb6eb9a060e54bf8d69288fbee4904 /src\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-494", "CWE-1357"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#add-private-git-repository",
      "https://git-scm.com/docs/git-clone",
    ],
  },

  check(dockerfile, report) {
    for (const { sources, checksum } of instructionsOf(dockerfile, "add"))
      for (const source of sources) {
        const ref = source.kind === "git" && checksum === undefined ? addedRef(source) : undefined;
        if (ref !== undefined)
          report(source.word.span, ...toldAs(source.word.value ?? "", ref.name));
      }
    for (const run of instructionsOf(dockerfile, "run"))
      for (const { word, ref } of clones(dockerfile, run))
        report(word.span, ...toldAs(word.value ?? word.text, ref));
  },
});

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i;
/** `v1.2`, `release-3.4.5`, `jdk-21+35`: what tags look like; branches have such names seldom. */
const TAG = /^(?:refs\/tags\/)?[\w./-]*\d+[._]\d[\w.+-]*$|^(?:refs\/tags\/)?v?\d+$/;

function toldAs(
  url: string,
  ref: string | undefined,
): [message: string, details?: { readonly severity: "medium" }] {
  const shown = shownUrl(url);
  if (ref === undefined) return [`"${shown}" is taken from its default branch`];
  const message = `"${ref}" of "${shown}" can be moved`;
  // A tag is meant to stay; it takes a stolen account to move it.
  return ref.length < 200 && TAG.test(ref) && !ref.startsWith("origin/")
    ? [message, { severity: "medium" }]
    : [message];
}

interface Ref {
  readonly name: string | undefined;
}

/** What `#ref:folder` or `?ref=` names; `undefined` when it is a commit, or not known. */
function addedRef({ word }: CopySource): Ref | undefined {
  const { value } = word;
  if (value === undefined) return undefined;
  const query = /\?(.*)$/s.exec(value.replace(/#.*$/s, ""))?.[1] ?? "";
  const asked = /(?:^|&)(?:ref|branch|tag|commit|checksum)=([^&]+)/.exec(query)?.[1];
  const fragment = /#([^:]*)/.exec(value)?.[1];
  const name = [asked, fragment].find((one) => one !== undefined && one !== "");
  const isFixed =
    (name !== undefined && COMMIT.test(name)) || /(?:commit|checksum)=[0-9a-f]{7,}/i.test(query);
  return isFixed ? undefined : { name };
}

interface Clone {
  readonly word: ShellWord;
  readonly ref: string | undefined;
}

/** `git clone` of other machines' repositories, after which the same step chooses no commit. */
function clones(dockerfile: Dockerfile, run: RunInstruction): Clone[] {
  const found: Clone[] = [];
  /** What the commands behind the one that is looked at choose. */
  let named: string | undefined;
  for (const command of [...scriptOf(dockerfile, run).commands].reverse()) {
    const chosen = chosenCommit(command);
    // One commit that is taken counts for all that was cloned before it.
    if (chosen === "fixed") break;
    named = chosen ?? named;
    if (!isSubcommand(command, ["git"], ["clone"])) continue;
    const [word] = operands(command);
    if (word === undefined || !isRemote(word)) continue;
    const given = findFlag(command, "-b", "--branch");
    const revision = revisionOf(command);
    if (revision === undefined || COMMIT.test(revision)) continue;
    // A branch or tag whose name is not known.
    if (given !== undefined && given.value === undefined) continue;
    found.push({ word, ref: named ?? given?.value });
  }
  return found;
}

/** `--revision=<commit>`; empty without, `undefined` when not known. */
function revisionOf({ args }: SimpleCommand): string | undefined {
  const at = args.findIndex(({ text }) => /^--revision(?:=|$)/.test(text));
  const word = args[at];
  if (at === -1 || word === undefined) return "";
  return word.text === "--revision" ? args[at + 1]?.value : word.value?.slice("--revision=".length);
}

/** The repository of another machine, as far as it is known: not `$REPO`, not `/src`. */
function isRemote({ prefix, value }: ShellWord): boolean {
  const known = value ?? prefix;
  return (
    /^(?:https?|git|ssh):\/\/[^$]|^[\w.-]+@[\w.-]+:/i.test(known) &&
    !/^\w+:\/\/localhost/.test(known)
  );
}

/** `fixed` when a later command takes a commit, checks a signature, or takes what is not known; else the name it takes. */
function chosenCommit(command: SimpleCommand): string | undefined {
  const { tool, subcommand } = argumentsOf(command);
  if (tool !== "git") return undefined;
  const action = subcommand?.value;
  const list = operands(command);
  switch (action) {
    case "checkout":
    case "switch":
    case "reset":
    case "fetch":
    case "rev-parse":
    case "cat-file": {
      if (action === "reset" && flagValue(command, "--hard") === undefined && list.length === 0)
        return undefined;
      if (
        list.some(
          ({ value, text }) =>
            value === undefined || COMMIT.test(value) || /^[0-9a-f]{7,40}$/i.test(text),
        )
      )
        return "fixed";
      const last = list.at(-1)?.value;
      if (action === "rev-parse") return command.context.isSubstitution ? "fixed" : undefined;
      return action === "checkout" || action === "switch" ? last : undefined;
    }
    case "verify-tag":
    case "verify-commit":
      return "fixed";
    default:
      return undefined;
  }
}

export default rule;
