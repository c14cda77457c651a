import { credentialKind } from "../../audit/dockerfile/helpers-credential-files.ts";
import { walkStages } from "../../audit/dockerfile/helpers-fetched.ts";
import type { CopyInstruction, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveWorkdir, isCacheMounted, joinPath } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { downloadsOf } from "../../audit/shell/downloads.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, flagValue, operands, removals, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1426",
    name: "secret-removed-in-later-layer",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "A file of credentials is removed in a later layer than the one that holds it",
    why: "Each instruction makes a layer, and `rm` in a later one only hides the file: `docker save` and every tool that looks at layers takes it out of the one below.",
    howToFix:
      "Mount the file for the step that needs it: `RUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa …`. What a step makes itself it removes itself, in the same `RUN`. Change the credentials that an image had.",
    bad: "FROM alpine:3.22\nCOPY id_rsa /root/.ssh/id_rsa\nRUN git clone git@github.com:a/b.git\nRUN rm /root/.ssh/id_rsa\n",
    good: "FROM alpine:3.22\nRUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa git clone git@github.com:a/b.git\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-538", "CWE-459"],
    benchmarks: ["CIS-Docker-4.10"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/",
    ],
  },

  check(dockerfile, report) {
    const start = (): Written[] => [];
    walkStages(
      dockerfile,
      start,
      (written) => [...written],
      ({ instructions }, written) => {
        for (const node of instructions) {
          if (node.kind === "run" && written.length > 0)
            for (const { word, path, command } of removals(scriptOf(dockerfile, node))) {
              const place = path === undefined ? undefined : absolute(path, command.directory);
              const hit = written.find((entry) => isUnder(entry.path, place));
              if (hit !== undefined)
                report(word.span, `"${hit.path}" stays in the layer that wrote it`, {
                  related: [{ span: hit.span, message: "written here" }],
                });
            }
          if (written.length >= MAX_WRITTEN) continue;
          if (node.kind === "copy" || node.kind === "add")
            written.push(...writtenByCopy(dockerfile, node));
          else if (node.kind === "run") written.push(...writtenByRun(dockerfile, node));
        }
      },
    );
  },
});

/** More files of credentials than any honest file has; bounds the search. */
const MAX_WRITTEN = 100;

interface Written {
  readonly path: string;
  readonly span: Span;
}

function isUnder(path: string, removed: string | undefined): boolean {
  if (removed === undefined || removed === "" || removed === "/") return false;
  return path === removed || path.startsWith(`${removed}/`);
}

/** `~` is root's home: steps run as root unless USER says otherwise, and then both sides mean the same folder. */
function absolute(path: string, directory: string | undefined): string {
  const bare = path.replace(/^~(?=\/)/, "/root");
  return bare.startsWith("/") || directory === undefined
    ? joinPath("", bare)
    : joinPath(directory, bare);
}

function writtenByCopy(dockerfile: Dockerfile, node: CopyInstruction): Written[] {
  const to = node.destination?.value;
  if (to === undefined) return [];
  const { path: directory } = effectiveWorkdir(dockerfile, node);
  const isFolder = to.endsWith("/") || to === "." || node.sources.length > 1;
  return node.sources.flatMap(({ word }) => {
    const name = word.value?.split("/").at(-1) ?? "";
    const direct = absolute(to, directory);
    // `COPY id_rsa /root/.ssh`: a folder or a file, both are possible.
    const whole = isFolder ? joinPath(direct, name) : direct;
    const path =
      credentialKind(whole) === undefined && credentialKind(name) !== undefined
        ? joinPath(direct, name)
        : whole;
    return credentialKind(path) === undefined ? [] : [{ path, span: word.span }];
  });
}

/** Files that redirects, downloads, copies and key generators make. */
function writtenByRun(dockerfile: Dockerfile, run: RunInstruction): Written[] {
  return scriptOf(dockerfile, run).commands.flatMap((command) =>
    writtenBy(command).flatMap(({ text, span }) => {
      const path = absolute(text, command.directory);
      const isOutside = run.mounts.length > 0 && isCacheMounted(dockerfile, run, path);
      return credentialKind(path) === undefined || isOutside ? [] : [{ path, span }];
    }),
  );
}

function writtenBy(command: SimpleCommand): { readonly text: string; readonly span: Span }[] {
  const files = command.redirects.flatMap(({ operator, target }) =>
    [">", ">>", ">|"].includes(operator) && target?.value !== undefined
      ? [{ text: target.value, span: target.span }]
      : [],
  );
  const { tool } = argumentsOf(command);
  if (["cp", "mv", "install", "tee"].includes(tool)) {
    const last = operands(command).at(-1);
    if (last?.value !== undefined) files.push({ text: last.value, span: last.span });
  }
  const key = tool === "ssh-keygen" ? flagValue(command, "-f") : undefined;
  if (key !== undefined) files.push({ text: key, span: command.span });
  for (const { file, word } of downloadsOf(command))
    if (file !== undefined) files.push({ text: file, span: word.span });
  return files;
}

export default rule;
