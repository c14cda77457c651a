import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import type { ArgInstruction, Dockerfile, Word } from "../../audit/dockerfile/model.ts";
import { instructionsOf, stageOf, unwrapped } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { findCredentials, isSecretName, mayBeSecretValue } from "../../audit/image/secrets.ts";
import { defineRule, type ReportDetails, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1009",
    name: "secret-in-env-or-arg",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "ENV or ARG holds a secret, going by its name",
    why: "The values of `ENV` stand in the image, those of `ARG` in its history and in the provenance of the build: everybody who can pull the image reads them. Unsetting them in a later step changes nothing.",
    howToFix:
      "Hand a secret of the build to the step that needs it: `RUN --mount=type=secret,id=token,env=TOKEN …`. Give a secret of the running program to the container when it starts. Change a secret that was in an image.",
    bad: "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n",
    good: "FROM node:22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3064",
      "buildkit:SecretsUsedInArgOrEnv",
      "trivy:DS031",
      "semgrep:secret-in-build-arg",
      "droast:DF013",
      "droast:DF014",
      "dockerfile-sec:core-009",
      "dockerfile-sec:core-002",
      "dockle:CIS-DI-0010",
      "docker-bench:4.10",
      "tally:ruby/secrets-in-arg-or-env",
      "tally:ruby/prefer-secret-mounts-for-build-credentials",
    ],
    cwe: ["CWE-522", "CWE-538"],
    benchmarks: ["CIS-Docker-4.10", "NIST-800-190-4.1.4"],
    references: [
      "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
      "https://docs.docker.com/build/building/secrets/",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "arg", "env")) {
      if (node.kind === "env") {
        for (const { key, value } of node.pairs) {
          const name = key.value ?? key.text;
          const found = isSecretName(name) ? inEnvironment(value) : undefined;
          if (found !== undefined) report(key.span, `ENV "${name}" ${found.fact}`, found.details);
        }
        continue;
      }
      for (const { name, nameSpan, default: value } of node.arguments) {
        if (!isSecretName(name)) continue;
        const text = value?.value ?? value?.text ?? "";
        if (value === undefined || text === "") {
          const fix = secretMountFor(dockerfile, node, name);
          report(nameSpan, `ARG "${name}" takes a secret, going by its name`, fix && { fix });
        } else if (isSecret(text))
          report(nameSpan, `ARG "${name}" has a secret as its default, going by its name`, {
            masked: [value.span],
          });
      }
    }
  },
});

function inEnvironment(
  value: Word,
): { readonly fact: string; readonly details: ReportDetails } | undefined {
  const fact = "holds a secret, going by its name";
  const source = value.variables.find(({ declaration }) => declaration?.kind === "arg");
  if (source !== undefined) {
    // An ARG without default, or an empty one, gets its value when the image is built; a switch is known now.
    if (value.value !== undefined && value.value !== "" && !isSecret(value.value)) return undefined;
    const at = source.declaration?.span;
    const related = at && [{ span: at, message: "the build argument" }];
    return {
      fact: `keeps build argument "${source.name}", a secret going by its name`,
      details: related === undefined ? {} : { related },
    };
  }
  return value.value !== undefined && isSecret(value.value)
    ? { fact, details: { masked: [value.span] } }
    : undefined;
}

/** A secret mount in place of an ARG that one RUN of the stage uses, and nothing else. */
function secretMountFor(
  dockerfile: Dockerfile,
  node: ArgInstruction,
  name: string,
): Fix | undefined {
  const stage = stageOf(dockerfile, node);
  if (stage === undefined || node.isTrigger || node.arguments.length !== 1) return undefined;
  const all = unwrapped(dockerfile);
  const users = stage.instructions.filter(({ index }) => {
    const other = all[index];
    if (other === undefined || index <= node.index) return false;
    if (other.kind !== "run") return other.logical.text.includes(name);
    return scriptOf(dockerfile, other).commands.some(
      ({ args, words, assignments }) =>
        [...words, ...args].some(({ variables }) => variables.includes(name)) ||
        assignments.some(({ value }) => value?.variables.includes(name) === true),
    );
  });
  const [run] = users;
  if (users.length !== 1 || run?.kind !== "run") return undefined;
  const { end } = run.keywordSpan;
  return {
    title: `mount the secret "${name.toLowerCase()}" instead`,
    // The build must be called with --secret in place of --build-arg.
    safe: false,
    edits: [
      deleteInstruction(dockerfile, node),
      {
        span: { start: end, end },
        text: ` --mount=type=secret,id=${name.toLowerCase()},env=${name}`,
      },
    ],
  };
}

/** Also what looks like a path is none: it says where the secret is. */
function isSecret(value: string): boolean {
  const isPath = /^\/[\w.-]+(?:\/[\w.-]+)+$/.test(value);
  return mayBeSecretValue(value) && (!isPath || findCredentials(value).length > 0);
}

export default rule;
