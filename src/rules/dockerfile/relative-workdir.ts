import type { Dockerfile, Stage, WorkdirInstruction } from "../../audit/dockerfile/model.ts";
import {
  effective,
  effectiveWorkdir,
  isWindows,
  joinPath,
  unwrapped,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1008",
    name: "relative-workdir",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "First WORKDIR is relative, so the base image chooses the directory",
    why: "A relative path counts from the working directory of the base image. When that changes, files are copied to another place and the program starts in another directory, without an error.",
    howToFix:
      "Begin with an absolute path: `WORKDIR /app`. Relative ones are fine behind it: they count from the one above.",
    bad: "FROM debian:12\nWORKDIR app\n",
    good: "FROM debian:12\nWORKDIR /app\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3000",
      "buildkit:WorkdirRelativePath",
      "trivy:DS009",
      "kics:6b376af8-cfe8-49ab-a08d-f32de23661a4",
      "checkov:CKV_DOCKER_10",
      "semgrep:use-absolute-workdir",
      "terrascan:AC_DOCKER_0013",
      "dockerfile-utils:WORKDIR_IS_NOT_ABSOLUTE",
      "droast:DF009",
    ],
    cwe: ["CWE-665"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#workdir",
      "https://docs.docker.com/reference/build-checks/workdir-relative-path/",
    ],
  },

  check(dockerfile, report) {
    const all = unwrapped(dockerfile);
    for (const stage of dockerfile.stages) {
      const nodes = stage.instructions.flatMap(({ index }) => all[index] ?? []);
      const workdirs = nodes.filter((node) => node.kind === "workdir");
      // A trigger runs behind all that the stage does itself.
      for (const isTrigger of [false, true]) {
        const first = workdirs.find((node) => node.isTrigger === isTrigger);
        if (first === undefined || isSetBefore(dockerfile, stage, first)) continue;
        if (!isRelative(first, isWindows(dockerfile, stage))) continue;
        const fix = joined(dockerfile, first);
        report(
          first.path.span,
          `"${first.path.value ?? first.path.text}" counts from the working directory of the base image`,
          fix && { fix },
        );
      }
    }
  },
});

function isSetBefore(dockerfile: Dockerfile, stage: Stage, node: WorkdirInstruction): boolean {
  const point = node.isTrigger ? stage : node;
  return effective(dockerfile, point, "workdir") !== undefined;
}

/** As BuildKit tells it; a path that begins with an unknown variable passes, as does an empty one. */
function isRelative({ path }: WorkdirInstruction, isOnWindows: boolean): boolean {
  const text = path.value ?? path.text;
  if (text === "" || (isOnWindows && text.startsWith("\\"))) return false;
  // `{{directory}}` of a template is filled in before the builder sees it.
  return !/^(?:\/|\$|[A-Za-z]:|\{\{)/.test(text);
}

/** Above `scratch` the directory is known to be `/`. */
function joined(dockerfile: Dockerfile, node: WorkdirInstruction): Fix | undefined {
  const { path, isTrigger } = node;
  const before = effectiveWorkdir(dockerfile, node).path;
  if (before === undefined || isTrigger || path.value !== path.raw) return undefined;
  const absolute = joinPath(before, path.raw);
  return {
    title: `write "${absolute}"`,
    safe: true,
    edits: [{ span: path.span, text: absolute }],
  };
}

export default rule;
