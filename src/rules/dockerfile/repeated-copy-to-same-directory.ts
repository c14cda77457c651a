import { isArchiveName } from "../../audit/dockerfile/helpers-archive.ts";
import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import type { CopyInstruction, Dockerfile } from "../../audit/dockerfile/model.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1317",
    name: "repeated-copy-to-same-directory",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Neighbouring COPY or ADD instructions write to the same place",
    why: "Each is a layer of its own, which is stored, sent and unpacked for itself.",
    howToFix: "Name all sources in one instruction: `COPY a.txt b.txt /app/`.",
    bad: "FROM debian:12\nCOPY a.txt /app/\nCOPY b.txt /app/\n",
    good: "FROM debian:12\nCOPY a.txt b.txt /app/\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["kics:0008c003-79aa-42d8-95b8-1c2fe37dbfe6"],
    cwe: ["CWE-710"],
    references: ["https://docs.docker.com/reference/dockerfile/#copy"],
  },

  check(dockerfile, report) {
    for (const { instructions } of dockerfile.stages)
      instructions.forEach((node, i) => {
        const before = instructions[i - 1];
        if (!isCopy(node) || !isCopy(before) || !areAlike(before, node)) return;
        const fix = merge(dockerfile, before, node);
        report(
          node.keywordSpan,
          `"${node.keyword}" writes to "${node.destination?.text}" as the one above`,
          fix && { fix },
        );
      });
  },
});

const isCopy = (node: { kind: string } | undefined): node is CopyInstruction =>
  node?.kind === "copy" || node?.kind === "add";

/** True when both differ in their sources alone; one file copied over another is no pair. */
function areAlike(a: CopyInstruction, b: CopyInstruction): boolean {
  const flags = (node: CopyInstruction): string =>
    node.flags
      .map(({ raw }) => raw)
      .sort()
      .join(" ");
  const to = a.destination?.text;
  return (
    a.kind === b.kind &&
    !unpacks(a) &&
    !unpacks(b) &&
    to !== undefined &&
    to === b.destination?.text &&
    flags(a) === flags(b) &&
    /(?:^|\/)\.{0,2}$|(?:^|\/)[^./]+$/.test(to)
  );
}

/** ADD of an archive is told apart from ADD of files on purpose: it unpacks. */
const unpacks = ({ kind, sources }: CopyInstruction): boolean =>
  kind === "add" && sources.some(({ word }) => isArchiveName(word.value ?? word.text));

function merge(
  dockerfile: Dockerfile,
  before: CopyInstruction,
  node: CopyInstruction,
): Fix | undefined {
  const { destination } = before;
  const isPlain = (copy: CopyInstruction): boolean => !copy.isJson && copy.heredocs.length === 0;
  // Only what ends like a folder may have several sources, and none that is a folder itself is told here.
  if (!isPlain(before) || !isPlain(node) || destination?.text.match(/(?:\/|^\.{1,2})$/) === null)
    return undefined;
  const sources = node.sources.map(({ word }) => word.raw).join(" ");
  if (destination === undefined || node.sources.some(({ word }) => word.raw.includes("\n")))
    return undefined;
  return {
    title: "name all sources in one instruction",
    safe: true,
    edits: [
      {
        span: { start: destination.span.start, end: destination.span.start },
        text: `${sources} `,
      },
      deleteInstruction(dockerfile, node),
    ],
  };
}

export default rule;
