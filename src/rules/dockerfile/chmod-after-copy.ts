import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { addInstructionFlag } from "../../audit/dockerfile/helpers-instruction-edit.ts";
import type {
  CopyInstruction,
  Dockerfile,
  RunInstruction,
  Word,
} from "../../audit/dockerfile/model.ts";
import { effectiveWorkdir, joinPath } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { hasFlag, innermostCommands, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1316",
    name: "chmod-after-copy",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "`chmod` changes what the COPY above it has just written",
    why: "A change of mode writes every file anew into a layer of its own: the image holds them twice.",
    howToFix:
      "Give the mode where the files are copied: `COPY --chmod=755 run.sh /usr/local/bin/`.",
    bad: "FROM debian:12\nCOPY run.sh /usr/local/bin/\nRUN chmod 755 /usr/local/bin/run.sh\n",
    good: "FROM debian:12\nCOPY --chmod=755 run.sh /usr/local/bin/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:prefer-copy-chmod"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
  },

  check(dockerfile, report) {
    for (const { instructions } of dockerfile.stages)
      instructions.forEach((run, i) => {
        const copy = instructions[i - 1];
        if (run.kind !== "run" || (copy?.kind !== "copy" && copy?.kind !== "add")) return;
        const commands = innermostCommands(scriptOf(dockerfile, run));
        const [chmod] = commands;
        if (chmod?.name !== "chmod" || commands.length > 1 || copy.chmod !== undefined) return;
        const [mode, ...paths] = operands(chmod);
        const isRecursive = hasFlag(chmod, "-R", "--recursive");
        if (mode?.value === undefined || (isRecursive && mode.value.includes("X"))) return;
        const written = pathsOf(dockerfile, copy);
        const changed = paths.map(({ value }) => resolve(chmod, value));
        if (
          changed.length === 0 ||
          !changed.every((path) => path !== undefined && written.has(path))
        )
          return;
        const isWhole = changed.length >= copy.sources.length || changed.includes(written.root);
        const fix = isWhole ? withMode(dockerfile, copy, run, mode.value, isRecursive) : undefined;
        report(
          run.keywordSpan,
          `"chmod" writes again what "${copy.keyword}" has written`,
          fix && { fix },
        );
      });
  },
});

const resolve = ({ directory }: SimpleCommand, path: string | undefined): string | undefined =>
  path === undefined || (!path.startsWith("/") && directory === undefined)
    ? undefined
    : joinPath(directory ?? "/", path);

interface Written {
  readonly root: string | undefined;
  has(path: string): boolean;
}

/** What a COPY or ADD writes, by its destination and the names of its sources. */
function pathsOf(dockerfile: Dockerfile, copy: CopyInstruction): Written {
  const { path: workdir } = effectiveWorkdir(dockerfile, copy);
  const to = copy.destination?.value;
  if (to === undefined || (!to.startsWith("/") && workdir === undefined))
    return { root: undefined, has: () => false };
  const root = joinPath(workdir ?? "/", to);
  const names = copy.sources.map(({ word }: { word: Word }) => {
    const path = word.value?.replace(/(?<!\/)\/+$/, "") ?? "";
    return joinPath(root, path.slice(path.lastIndexOf("/") + 1));
  });
  // The root itself, or `/usr`, holds more than was copied.
  const isOwn = root.split("/").length > 2 || names[0] === root + root;
  return { root, has: (path) => names.includes(path) || (isOwn && path === root) };
}

function withMode(
  dockerfile: Dockerfile,
  copy: CopyInstruction,
  run: RunInstruction,
  mode: string,
  isRecursive: boolean,
): Fix | undefined {
  if (!/^[0-7]{3,4}$/.test(mode)) return undefined;
  // `COPY x /dir/`, `chmod /dir/x`: x is a file. Of other forms it may be a folder, whose files get the mode too.
  const isFile = copy.destination?.value?.endsWith("/") === true && copy.sources.length === 1;
  return {
    title: `write "--chmod=${mode}"`,
    safe: isFile && !isRecursive && copy.kind === "copy",
    edits: [addInstructionFlag(copy, `--chmod=${mode}`), deleteInstruction(dockerfile, run)],
  };
}

export default rule;
