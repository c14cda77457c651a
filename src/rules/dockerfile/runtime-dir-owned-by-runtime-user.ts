import { ownerEntry, runtimeOwnership } from "../../audit/dockerfile/helpers-ownership.ts";
import { startOf } from "../../audit/dockerfile/helpers-start.ts";
import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import { effectiveWorkdir, finalStage, joinPath } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, innermostCommands, operands, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1444",
    name: "runtime-dir-owned-by-runtime-user",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "The user that runs the program may change the program",
    why: "Somebody who gets the program to write a file writes its code, and is still there after the next restart. Files of root that the user only reads stay what was built.",
    howToFix:
      "Copy code without `--chown`, readable for all, and give the user only what it writes: `RUN install -d -o app /app/data`.",
    bad: 'FROM node:22\nCOPY --chown=node . /app\nUSER node\nCMD ["node", "/app/server.js"]\n',
    good: 'FROM node:22\nCOPY . /app\nRUN install -d -o node /app/data\nUSER node\nCMD ["node", "/app/server.js"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-732", "CWE-281"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
      "https://cwe.mitre.org/data/definitions/732.html",
    ],
  },

  check(dockerfile, report) {
    const ownership = runtimeOwnership(dockerfile);
    const stage = finalStage(dockerfile);
    if (ownership.user === undefined || stage === undefined) return;
    const told = new Set<Span>();
    for (const program of programsOf(dockerfile, stage)) {
      const entry = ownerEntry(ownership, program);
      if (entry === undefined || told.has(entry.span)) continue;
      told.add(entry.span);
      const fix = entry.copy && withoutFlag(dockerfile, entry.span);
      report(
        entry.span,
        `"${program}" belongs to "${ownership.user}", who runs it`,
        fix && { fix },
      );
    }
  },
});

const INTERPRETERS =
  /^(?:node|nodejs|bun|deno|python[\d.]*|pypy3?|ruby|php|perl|java|dotnet|sh|bash|ash|dash)$/;

/** Files that ENTRYPOINT or CMD start: the program, and what an interpreter is given. */
function programsOf(dockerfile: Dockerfile, stage: Stage): string[] {
  const start = startOf(dockerfile, stage);
  if (start === undefined) return [];
  const { path } = effectiveWorkdir(dockerfile, stage);
  return innermostCommands(scriptOf(dockerfile, start)).flatMap((command) => {
    const jar = argumentsOf(command).flags.find(({ name }) => name === "-jar")?.value;
    const script = INTERPRETERS.test(command.name ?? "")
      ? (jar ?? operands(command)[0]?.value)
      : undefined;
    const files = [command.words[0]?.value, script];
    return files.flatMap((file) => {
      if (file === undefined || !/[./]/.test(file)) return [];
      if (file.startsWith("/")) return [joinPath("/", file)];
      return path === undefined ? [] : [joinPath(path, file)];
    });
  });
}

/** Take `--chown=…` away with the blank behind it. */
function withoutFlag({ text }: Dockerfile, { start, end }: Span): Fix | undefined {
  if (text.charAt(end) !== " ") return undefined;
  return {
    title: 'take "--chown" away',
    safe: false,
    edits: [{ span: { start, end: end + 1 }, text: "" }],
  };
}

export default rule;
