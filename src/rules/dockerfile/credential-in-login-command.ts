import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1235",
    name: "credential-in-login-command",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "RUN logs in with a credential that stays in the image",
    why: "What a login command writes (`~/.aws/credentials`, `~/.docker/config.json`, `~/.npmrc`) is in the layer, and its arguments are in the history: who pulls the image has the account.",
    howToFix:
      "Give the credential to one `RUN` as a secret: `--mount=type=secret,id=aws,target=/root/.aws/credentials`, or `,env=NAME`.",
    bad: "FROM alpine:3.22\nARG TOKEN\nRUN npm config set //registry.npmjs.org/:_authToken $TOKEN\n",
    good: "FROM alpine:3.22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
    since: "0.1.0",
    aliases: ["tally:require-secret-mounts", "trivy:DS031"],
    cwe: ["CWE-522"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.mounts.some(({ type }) => type === "secret")) continue;
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        const [program] = command.words;
        if (program === undefined || !logsIn(script, command)) continue;
        const masked: Span[] = command.args
          .filter(
            ({ variables, text }) =>
              variables.length === 0 && /[\d=:_-]/.test(text) && text.length > 3,
          )
          .map(({ span }) => span);
        report(program.span, `"${command.name}" keeps a credential in the layer`, { masked });
      }
    }
  },
});

function logsIn(script: Script, command: SimpleCommand): boolean {
  const words = command.args.map(({ text }) => text);
  const has = (...wanted: readonly string[]): boolean =>
    wanted.every((word) => words.includes(word));
  const hasFlag = (...flags: readonly string[]): boolean =>
    words.some((word) =>
      flags.some((flag) => word === flag || (flag.startsWith("--") && word.startsWith(`${flag}=`))),
    );
  switch (command.name) {
    case "aws":
      return (
        has("configure", "set") &&
        words.some((word) =>
          /^(?:[\w.-]+\.)?aws_(?:access_key_id|secret_access_key|session_token)$/.test(word),
        )
      );
    case "gcloud":
      return has("auth", "activate-service-account");
    case "az":
      return has("login") && hasFlag("-p", "--password", "--federated-token");
    case "doctl":
      return has("auth", "init") && hasFlag("-t", "--access-token");
    case "docker":
    case "podman":
    case "buildah":
    case "helm":
    case "oras":
    case "skopeo":
    case "crane":
      return has("login") && hasFlag("-p", "--password", "--password-stdin");
    case "npm":
    case "yarn":
    case "pnpm":
      return (
        has("config", "set") &&
        words.some((word) => /(?:^|:)_(?:authToken|auth|password)(?:=|$)/.test(word))
      );
    case "gh":
      return has("auth", "login") && hasFlag("--with-token") && isGivenText(script, command);
    default:
      return false;
  }
}

/** `echo … | command`, `command <<< …`; a file that is mounted is another matter. */
function isGivenText(
  { pipelines }: Script,
  { pipeline, place, redirects }: SimpleCommand,
): boolean {
  const before = pipelines[pipeline]?.parts.slice(0, place).flat() ?? [];
  return (
    before.some(({ name }) => name === "echo" || name === "printf") ||
    redirects.some(({ operator }) => operator.startsWith("<<"))
  );
}

export default rule;
