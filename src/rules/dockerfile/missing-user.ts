import { setsUser } from "../../audit/dockerfile/helpers-base-user.ts";
import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  effective,
  effectiveUser,
  externalBase,
  finalStage,
  isWindows,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1007",
    name: "missing-user",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Image has no USER, so it runs as root",
    why: "Without `USER` the program runs as the user of the base image, which is root for nearly all of them. When the program is taken over, root changes every file of the container, and a flaw in the kernel or the runtime is root on the host.",
    howToFix:
      "End the last stage with `USER` and a numeric ID, so that Kubernetes' `runAsNonRoot` can check it: `USER 65532:65532`. Give the files that the program writes to that user: `COPY --chown=65532:65532`.",
    bad: 'FROM node:22\nCOPY . /app\nCMD ["node", "/app/server.js"]\n',
    good: 'FROM node:22\nCOPY . /app\nUSER 1000:1000\nCMD ["node", "/app/server.js"]\n',
    since: "0.1.0",
    aliases: [
      "trivy:DS002",
      "kics:fd54f200-402c-4333-a5a4-36ef6709af2f",
      "checkov:CKV_DOCKER_3",
      "semgrep:missing-user",
      "semgrep:missing-user-entrypoint",
      "droast:DF020",
      "dockerfile-sec:core-001",
      "dockle:CIS-DI-0001",
      "docker-bench:4.1",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-4.1", "NIST-800-190-4.1.2"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#user",
      "https://docs.docker.com/build/building/best-practices/#user",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || effectiveUser(dockerfile, stage) !== undefined) return;
    const base = externalBase(dockerfile, stage);
    if (setsUser(base)) return;
    const runsSomething =
      effective(dockerfile, stage, "cmd") !== undefined ||
      effective(dockerfile, stage, "entrypoint") !== undefined;
    // What is built FROM scratch and starts nothing is a set of files, not an image to run.
    if (base.kind === "scratch" && !runsSomething) return;
    const fix = appendUser(dockerfile, stage);
    report(
      stage.from.image?.span ?? stage.from.keywordSpan,
      base.kind === "scratch"
        ? `image from "scratch" has no "USER", so it runs as root`
        : `no "USER" follows base image "${base.reference}", which is not known to set one`,
      fix && { fix },
    );
  },
});

/** `USER` above CMD and ENTRYPOINT at the end of the stage, or as the last line. */
function appendUser(dockerfile: Dockerfile, stage: Stage): Fix | undefined {
  if (isWindows(dockerfile, stage)) return undefined;
  const title = 'append "USER 65532:65532"';
  // Instructions that may need root stay above.
  const work = stage.instructions.findLastIndex(({ kind }) =>
    ["run", "copy", "add", "workdir", "unknown"].includes(kind),
  );
  const start = stage.instructions
    .slice(work + 1)
    .find(({ kind }) => kind === "cmd" || kind === "entrypoint");
  if (start !== undefined) {
    const above = start.commentsAbove[0]?.span ?? start.span;
    const at = dockerfile.text.lastIndexOf("\n", above.start - 1) + 1;
    return {
      title,
      safe: false,
      edits: [{ span: { start: at, end: at }, text: "USER 65532:65532\n" }],
    };
  }
  const end = (stage.instructions.at(-1) ?? stage.from).span.end;
  return { title, safe: false, edits: [{ span: { start: end, end }, text: "\nUSER 65532:65532" }] };
}

export default rule;
