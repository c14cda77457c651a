import {
  credentialKind,
  isCertificateKind,
} from "../../audit/dockerfile/helpers-credential-files.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { CopyInstruction, CopySource, Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1425",
    name: "copy-credential-file",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "COPY puts a file of credentials into the image",
    why: "Everybody who can pull the image, or reads its build cache, has the file. Removing it in a later step leaves it in the layer below.",
    howToFix:
      "Mount it for the step that needs it: `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`. Give the running program its secrets when the container starts. Change the credentials that an image had.",
    bad: "FROM node:22\nCOPY .npmrc package.json ./\nRUN npm install\n",
    good: "FROM node:22\nCOPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm install\n",
    since: "0.1.0",
    options: {
      allowed: {
        default: [],
        description: "Names of files that hold no secret in this project (`.npmrc`)",
      },
    },
    aliases: [],
    cwe: ["CWE-538", "CWE-522"],
    benchmarks: ["CIS-Docker-4.10"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
    ],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("allowed");
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      // Of other stages only single files reach an image; their layers stay in the cache of the builder.
      const details = isInShippedLayers(dockerfile, node)
        ? undefined
        : { severity: "medium" as const };
      for (const source of node.sources) {
        const found = credentialIn(node, source);
        if (found === undefined || allowed.includes(found.path.split("/").at(-1) ?? "")) continue;
        if (node.from !== undefined && isCertificateKind(found.kind)) continue;
        report(found.word.span, `"${found.path}" is copied into a layer (${found.kind})`, details);
      }
    }
  },
});

interface Credential {
  readonly word: Word;
  readonly path: string;
  readonly kind: string;
}

/** By the name of the source, else by that of the only file it becomes. */
function credentialIn(
  { destination, sources }: CopyInstruction,
  { word, kind, heredoc }: CopySource,
): Credential | undefined {
  const isNamed = kind === "local" && word.value !== undefined;
  const own = isNamed ? credentialKind(word.value) : undefined;
  if (own !== undefined && word.value !== undefined) return { word, path: word.value, kind: own };
  const path = destination?.value;
  if (destination === undefined || path === undefined || sources.length !== 1 || kind === "http")
    return undefined;
  if (path.endsWith("/")) return undefined;
  const target = credentialKind(path);
  // A source that is called harmless stays so: `COPY .env.example .env`.
  const isSample = isNamed && /example|sample|template|dist$|default/i.test(word.value);
  if (target === undefined || isSample) return undefined;
  if (heredoc !== undefined && !/token|passw|secret|auth|private key/i.test(heredoc.content))
    return undefined;
  return { word: destination, path, kind: target };
}

export default rule;
