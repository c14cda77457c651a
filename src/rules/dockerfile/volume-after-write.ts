import { walkStages } from "../../audit/dockerfile/helpers-fetched.ts";
import type {
  CopyInstruction,
  Dockerfile,
  VolumeInstruction,
} from "../../audit/dockerfile/model.ts";
import { effectiveWorkdir, isWindows, joinPath } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1445",
    name: "volume-after-write",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Path is changed after VOLUME, or VOLUME hides code",
    why: "The classic builder throws away what a step changes in a volume: an owner, a mode, a file is missing, and only with some builders. A volume on code or configuration outlives the image: an update leaves the old program running.",
    howToFix:
      "Write `VOLUME` behind everything that fills the path, and only for data. Better leave it out: who runs the container knows where data goes.",
    bad: "FROM debian:12\nVOLUME /data\nRUN mkdir -p /data/db && chown 1000 /data/db\n",
    good: "FROM debian:12\nRUN mkdir -p /data/db && chown 1000 /data/db\nVOLUME /data\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-665"],
    references: ["https://docs.docker.com/reference/dockerfile/#volume"],
  },

  check(dockerfile, report) {
    const start = (): Volume[] => [];
    walkStages(
      dockerfile,
      start,
      (volumes) => [...volumes],
      (stage, volumes) => {
        if (isWindows(dockerfile, stage)) return;
        for (const node of stage.instructions) {
          if (node.kind === "volume") {
            const added = volumesOf(node);
            volumes.push(...added.slice(0, MAX_VOLUMES - volumes.length));
            for (const { path, span } of added)
              if (CODE.has(path)) report(span, `"${path}" holds programs or configuration`);
            continue;
          }
          if (volumes.length === 0) continue;
          for (const { path, span } of changedBy(dockerfile, node)) {
            const volume = volumes.find(
              (one) => path === one.path || path.startsWith(`${one.path}/`),
            );
            if (volume === undefined) continue;
            report(span, `"${path}" is changed after "VOLUME"`, {
              related: [{ span: volume.span, message: "declared here" }],
            });
            break;
          }
        }
      },
    );
  },
});

const MAX_VOLUMES = 100;

interface Volume {
  readonly path: string;
  readonly span: Span;
}

// Filesystem Hierarchy Standard 3.0, and where images keep the program.
const CODE: ReadonlySet<string> = new Set(
  "/ /app /etc /usr /usr/bin /usr/sbin /usr/lib /usr/local /usr/local/bin /usr/local/lib /bin /sbin /lib /lib64 /code /src /usr/src/app".split(
    " ",
  ),
);

function volumesOf({ paths }: VolumeInstruction): Volume[] {
  return paths.flatMap(({ value, span }) =>
    value?.startsWith("/") === true ? [{ path: joinPath("/", value), span }] : [],
  );
}

function changedBy(dockerfile: Dockerfile, node: { readonly kind: string }): Volume[] {
  if (isCopy(node)) {
    const to = absolute(node.destination?.value, effectiveWorkdir(dockerfile, node).path);
    return to === undefined || node.destination === undefined
      ? []
      : [{ path: to, span: node.destination.span }];
  }
  return isRun(node) ? scriptOf(dockerfile, node).commands.flatMap(written) : [];
}

const isCopy = (node: { readonly kind: string }): node is CopyInstruction =>
  node.kind === "copy" || node.kind === "add";
const isRun = (node: {
  readonly kind: string;
}): node is Parameters<typeof scriptOf>[1] & { kind: "run" } => node.kind === "run";

function absolute(path: string | undefined, directory: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (path.startsWith("/")) return joinPath("/", path);
  return directory === undefined ? undefined : joinPath(directory, path);
}

/** Paths that a command makes or changes. */
function written(command: SimpleCommand): Volume[] {
  const { tool } = argumentsOf(command);
  const list = operands(command);
  const words: ShellWord[] = command.redirects.flatMap(({ operator, target }) =>
    [">", ">>", ">|"].includes(operator) && target !== undefined ? [target] : [],
  );
  if (["mkdir", "touch", "tee"].includes(tool)) words.push(...list);
  else if (["chown", "chmod", "chgrp"].includes(tool)) words.push(...list.slice(1));
  else if (["cp", "mv", "install", "ln"].includes(tool)) words.push(...list.slice(-1));
  else if (tool === "sed" && hasFlag(command, "-i", "--in-place")) words.push(...list.slice(-1));
  return words.flatMap((word) => {
    const path = absolute(word.value, command.directory);
    return path === undefined ? [] : [{ path, span: word.span }];
  });
}

export default rule;
