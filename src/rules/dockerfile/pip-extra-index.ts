import { replaceWithin } from "../../audit/dockerfile/helpers-edit.ts";
import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  flagValue,
  type GivenFlag,
  hasFlag,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1416",
    name: "pip-extra-index",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "`pip` looks for every package in two indexes",
    why: "pip takes the highest version that any index has. Whoever publishes the name of an internal package on PyPI with version 99 gets his code into the build: dependency confusion.",
    howToFix:
      "Use one index that serves both (`--index-url`), a proxy that keeps internal names to itself, or `--require-hashes`. uv asks indexes in order and stops at the first that has the name.",
    bad: "FROM python:3.13\nRUN pip install --no-cache-dir --extra-index-url https://pypi.example.com/simple internal==1.0\n",
    good: "FROM python:3.13\nRUN pip install --no-cache-dir --index-url https://pypi.example.com/simple internal==1.0\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-427", "CWE-829"],
    references: [
      "https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url",
      "https://docs.astral.sh/uv/concepts/indexes/#searching-across-multiple-indexes",
    ],
  },

  check(dockerfile, report) {
    const tell = (span: Span, url: string, fix?: Fix): void =>
      report(
        span,
        url === ""
          ? "a second index is searched"
          : `"${shownUrl(url)}" is searched beside the first index`,
        fix && { fix },
      );
    for (const node of instructionsOf(dockerfile, "env", "arg")) {
      const given =
        node.kind === "env"
          ? node.pairs.map(({ key, value }) => ({ name: key.text, value }))
          : node.arguments.map(({ name, default: value }) => ({ name, value }));
      for (const { name, value } of given)
        if (name === VARIABLE && value !== undefined && value.value !== "")
          tell(value.span, value.value ?? "");
    }
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      const set = [
        ...script.assignments,
        ...script.commands.flatMap(({ assignments }) => assignments),
      ];
      for (const { name, value } of set)
        if (name === VARIABLE && value !== undefined && value.value !== "")
          tell(value.span, value.value ?? "");
      for (const command of script.commands) {
        const place = extraIndex(command);
        if (place === undefined) continue;
        const edit =
          place.flag &&
          replaceWithin(dockerfile, place.flag.word.span, /--extra-index-url/, "--index-url");
        tell(
          place.span,
          place.url,
          edit && { title: "search this index alone", safe: false, edits: [edit] },
        );
      }
    }
  },
});

const VARIABLE = "PIP_EXTRA_INDEX_URL";

interface Place {
  readonly span: Span;
  readonly url: string;
  /** The flag, where it may become `--index-url`. */
  readonly flag: GivenFlag | undefined;
}

function extraIndex(command: SimpleCommand): Place | undefined {
  const { tool, subcommand, flags } = argumentsOf(command);
  if (tool !== "pip") return undefined;
  if (subcommand?.value === "config") {
    const at = operands(command).findIndex(({ text }) => /(?:^|\.)extra-index-url$/.test(text));
    const word = operands(command)[at + 1];
    return at === -1 || word === undefined
      ? undefined
      : { span: word.span, url: word.value ?? "", flag: undefined };
  }
  if (!["install", "download", "wheel", "sync"].includes(subcommand?.value ?? "")) return undefined;
  if (hasFlag(command, "--require-hashes")) return undefined;
  // uv takes a package from the first index that has its name, unless told to compare.
  if (
    command.name === "uv" &&
    !/^unsafe-/.test(flagValue(command, "--index-strategy") ?? "") &&
    !command.args.some(({ text }) => text.startsWith("unsafe-"))
  )
    return undefined;
  const flag = flags.find(({ name }) => name === "--extra-index-url");
  if (flag === undefined || flag.value === "") return undefined;
  const isAlone = !hasFlag(command, "--index-url", "-i");
  return {
    span: (flag.valueWord ?? flag.word).span,
    url: flag.value ?? "",
    flag: isAlone ? flag : undefined,
  };
}

export default rule;
