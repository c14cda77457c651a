import { startOf } from "../../audit/dockerfile/helpers-start.ts";
import type { CopyInstruction, Dockerfile, Heredoc, Stage } from "../../audit/dockerfile/model.ts";
import {
  effectiveWorkdir,
  finalStage,
  joinPath,
  stageChain,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf, scriptOfHeredoc } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1447",
    name: "entrypoint-script-without-exec",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "The entry point's script starts the program without exec",
    why: "The shell stays process 1 and does not pass signals on: `docker stop` waits for ten seconds and kills the program in the middle of its work, and data that it has not written is lost.",
    howToFix: 'End the script with `exec program` (`exec "$@"`), or pass signals on with `trap`.',
    bad: 'FROM debian:12\nCOPY --chmod=755 <<"EOF" /entry.sh\n#!/bin/sh\nprepare\napp --port 80\nEOF\nENTRYPOINT ["/entry.sh"]\n',
    good: 'FROM debian:12\nCOPY --chmod=755 <<"EOF" /entry.sh\n#!/bin/sh\nprepare\nexec app --port 80\nEOF\nENTRYPOINT ["/entry.sh"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-573"],
    references: [
      "https://docs.docker.com/build/building/best-practices/#entrypoint",
      "https://docs.docker.com/reference/dockerfile/#exec-form-entrypoint-example",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const start = stage && startOf(dockerfile, stage);
    if (stage === undefined || start === undefined) return;
    const paths = scriptOf(dockerfile, start).commands.flatMap(({ words }) =>
      words.slice(0, 2).map(({ value }) => value),
    );
    const heredoc = scriptBehind(dockerfile, stage, paths);
    if (heredoc === undefined) return;
    const script = scriptOfHeredoc(heredoc);
    const last = serviceOf(script);
    if (last === undefined) return;
    const [word = last] = last.words;
    report(word.span, `"${last.name}" runs below the shell, which keeps its signals`, {
      related: [{ span: start.keywordSpan, message: "the script is started here" }],
      fix: withExec(last),
    });
  },
});

/** The heredoc that the file writes to one of the paths that are started. */
function scriptBehind(
  dockerfile: Dockerfile,
  stage: Stage,
  paths: readonly (string | undefined)[],
): Heredoc | undefined {
  const { path: directory } = effectiveWorkdir(dockerfile, stage);
  const wanted = new Set(paths.flatMap((path) => absolute(path, directory) ?? []));
  for (const { instructions } of stageChain(dockerfile, stage))
    for (const node of [...instructions].reverse()) {
      if (node.kind !== "copy" && node.kind !== "add") continue;
      const found = node.sources.find(
        ({ heredoc }) =>
          heredoc !== undefined && wanted.has(targetOf(dockerfile, node, heredoc) ?? ""),
      );
      if (found?.heredoc !== undefined) return found.heredoc;
    }
  return undefined;
}

function targetOf(
  dockerfile: Dockerfile,
  node: CopyInstruction,
  { name }: Heredoc,
): string | undefined {
  const to = node.destination?.value;
  const path = absolute(to, effectiveWorkdir(dockerfile, node).path);
  return to?.endsWith("/") === true && path !== undefined ? joinPath(path, name) : path;
}

function absolute(path: string | undefined, directory: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (path.startsWith("/")) return joinPath("/", path);
  return directory === undefined || !path.includes("/") ? undefined : joinPath(directory, path);
}

// These end by themselves, and supervisors pass signals on to what they started.
const NO_SERVICE = new Set(
  "echo printf true false : cp mv rm mkdir chmod chown ln cat test [ [[ exit return cd export set wait trap exec source . sleep tail supervisord s6-svscan runsvdir tini dumb-init catatonit eval sed grep kill umask ulimit read".split(
    " ",
  ),
);

/** The last command, when it is the program that the container is for. */
function serviceOf({ state, commands }: Script): SimpleCommand | undefined {
  if (state !== "parsed") return undefined;
  if (commands.some(({ name }) => name === "exec" || name === "trap" || name === "wait"))
    return undefined;
  const last = commands.findLast(
    ({ runBy, nestedIn }) => runBy === undefined && nestedIn === undefined,
  );
  if (last?.name === undefined || NO_SERVICE.has(last.name)) return undefined;
  const { isSubshell, isConditional, isBackground, functionName, isSubstitution } = last.context;
  return isSubshell || isConditional || isBackground || isSubstitution || functionName !== undefined
    ? undefined
    : last;
}

function withExec(last: SimpleCommand): Fix {
  const { start } = last.span;
  const isPlain = last.assignments.length === 0;
  const at = isPlain ? start : (last.words[0]?.span.start ?? start);
  return {
    title: 'begin with "exec"',
    safe: false,
    edits: [{ span: { start: at, end: at }, text: "exec " }],
  };
}

export default rule;
