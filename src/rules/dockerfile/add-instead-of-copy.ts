import type { CopyInstruction, CopySource } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1005",
    name: "add-instead-of-copy",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "ADD is used where COPY does the work",
    why: "`ADD` downloads what looks like an address and unpacks what looks like an archive. A file that changes its kind changes what the image contains, with no line of the Dockerfile changed; an archive from outside may write where nobody expects it.",
    howToFix:
      "Write `COPY`. `ADD` is for addresses, Git repositories and archives that are to be unpacked.",
    bad: "FROM debian:12\nADD app.py /app/\n",
    good: "FROM debian:12\nCOPY app.py /app/\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3020",
      "trivy:DS005",
      "kics:9513a694-aa0d-41d8-be61-3271e056f36b",
      "checkov:CKV_DOCKER_4",
      "semgrep:prefer-copy-over-add",
      "terrascan:AC_DOCKER_0032",
      "droast:DF006",
      "dockerfile-sec:core-004",
      "dockle:CIS-DI-0009",
      "docker-bench:4.9",
    ],
    cwe: ["CWE-610"],
    benchmarks: ["CIS-Docker-4.9"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#add",
      "https://docs.docker.com/build/building/best-practices/#add-or-copy",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "add")) {
      const plain = node.sources.find(isPlain);
      if (plain === undefined) continue;
      const fix = copyInstead(node);
      report(
        node.keywordSpan,
        `"${node.keywordText}" of "${plain.word.value ?? plain.word.text}" does no more than "COPY"`,
        fix && { fix },
      );
    }
  },
});

// Suffixes of what ADD unpacks: Dockerfile reference, "Adding local tar archives", and moby's archive detection.
const ARCHIVE =
  /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|tlz|tzst|gz|bz2|xz|Z|lz|lzma)\*?$|\.tar(?:\.\w*)?\*$/;

/** A local file or folder that is no archive, as far as its written name tells. */
function isPlain({ kind, word }: CopySource): boolean {
  if (kind === "heredoc") return true;
  if (kind !== "local") return false;
  const { value, text, variables } = word;
  if (value !== undefined) return value !== "" && !ARCHIVE.test(value);
  // `$URL` may be an address, `app$SUFFIX` an archive; `conf/$NAME.json` is neither.
  const last = variables.at(-1);
  const hasKnownEnds =
    last !== undefined && !text.startsWith("$") && !word.raw.endsWith(lastPart(word, last));
  return hasKnownEnds && !ARCHIVE.test(text);
}

const lastPart = (
  { raw }: CopySource["word"],
  { rawStart, rawEnd }: { rawStart: number; rawEnd: number },
): string => raw.slice(rawStart, rawEnd);

// The builder looks into a file for what it is, whatever its name: only for these the fix is sure to change nothing.
const NO_FILE_TO_UNPACK =
  /(?:^|\/)\.{0,2}$|\/$|\.(?:sh|py|rb|js|ts|json|ya?ml|toml|ini|conf|cfg|cnf|env|txt|md|html|css|xml|sql|properties|service|list|pem|crt|jar|war|zip|go|java|php|lock)$/i;

function copyInstead(node: CopyInstruction): Fix | undefined {
  const hasAddFlag = node.flags.some(({ name }) =>
    ["checksum", "keep-git-dir", "unpack"].includes(name),
  );
  // COPY neither downloads nor unpacks: what else is in the list needs its own ADD.
  if (hasAddFlag || !node.sources.every(isPlain)) return undefined;
  const isSafe = node.sources.every(
    ({ kind, word }) => kind === "heredoc" || NO_FILE_TO_UNPACK.test(word.value ?? ""),
  );
  return {
    title: 'write "COPY"',
    safe: isSafe,
    edits: [{ span: node.keywordSpan, text: /[a-z]/.test(node.keywordText) ? "copy" : "COPY" }],
  };
}

export default rule;
