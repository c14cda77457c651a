import {
  isArchiveName,
  isUnpacking,
  lastPart,
  namedFiles,
} from "../../audit/dockerfile/helpers-archive.ts";
import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import type { CopyInstruction, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, flagValue, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1315",
    name: "copied-archive-unpacked-by-run",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A local archive is copied and then unpacked by RUN",
    why: "The archive stays in the layer of the `COPY`, beside what was unpacked: the image holds both, also when a later `RUN` deletes the archive.",
    howToFix:
      "`ADD archive.tar.gz /dir/` unpacks a local archive by itself; or mount it for the one command: `RUN --mount=type=bind,source=archive.tar.gz,target=/a.tar.gz tar -xf /a.tar.gz -C /dir`.",
    bad: "FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt\n",
    good: "FROM debian:12\nADD app.tar.gz /opt/\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3010", "droast:DF067"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypebind",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const open = new Map<string, CopyInstruction>();
      for (const node of stageInstructions(stage, "copy", "run")) {
        if (node.kind === "copy") {
          for (const name of archivesOf(node)) open.set(name, node);
          continue;
        }
        if (node.kind !== "run" || open.size === 0) continue;
        const unpacking = scriptOf(dockerfile, node).commands.filter(isUnpacking);
        for (const command of unpacking) {
          const name = namedFiles(command).find((file) => open.has(file));
          const copy = name === undefined ? undefined : open.get(name);
          if (copy === undefined) continue;
          for (const other of archivesOf(copy)) open.delete(other);
          const fix = addInstead(dockerfile, copy, node, command);
          report(
            copy.keywordSpan,
            `"${name}" is copied and then unpacked by "${command.name}"`,
            fix && { fix },
          );
        }
      }
    }
  },
});

/** Names under which an archive of the build context lies in the image. */
function archivesOf({ from, sources, destination }: CopyInstruction): string[] {
  if (from !== undefined) return [];
  const names = sources.flatMap(({ kind, word }) => {
    const name = lastPart(word.value ?? "");
    return kind === "local" && isArchiveName(name) ? [name] : [];
  });
  const target = lastPart(destination?.value ?? "");
  const isLocal = sources.every(({ kind }) => kind === "local");
  return isLocal && isArchiveName(target) ? [...names, target] : names;
}

/** ADD into the directory that the one `tar -x … -C DIR` of the RUN unpacks to. */
function addInstead(
  dockerfile: Dockerfile,
  copy: CopyInstruction,
  run: RunInstruction,
  command: SimpleCommand,
): Fix | undefined {
  const directory = flagValue(command, "-C", "--directory");
  const { tool, flags } = argumentsOf(command);
  const isPlain =
    scriptOf(dockerfile, run).commands.length === 1 &&
    tool === "tar" &&
    operands(command).length === 0 &&
    flags.every(({ name }) => /^-[xzjJfCv]$|^--(?:extract|get|file|directory|gzip)$/.test(name));
  if (!isPlain || directory?.startsWith("/") !== true || copy.isJson) return undefined;
  if (copy.sources.length !== 1 || copy.destination === undefined || copy.parents) return undefined;
  return {
    title: 'let "ADD" unpack it',
    safe: false,
    edits: [
      { span: copy.keywordSpan, text: "ADD" },
      { span: copy.destination.span, text: `${directory.replace(/(?<!\/)\/+$/, "")}/` },
      deleteInstruction(dockerfile, run),
    ],
  };
}

export default rule;
