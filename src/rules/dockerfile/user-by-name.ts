import type { Dockerfile, UserInstruction } from "../../audit/dockerfile/model.ts";
import {
  effectiveUser,
  finalChain,
  finalStage,
  isWindows,
  stageInstructions,
  wordSpan,
} from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, flagValue, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1216",
    name: "user-by-name",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "USER is a name, which Kubernetes cannot check",
    why: "With `runAsNonRoot: true` the kubelet starts an image only when the user is a number that is not 0: it does not look into `/etc/passwd` of the image. A name makes the pod fail, or makes people turn the check off.",
    howToFix: "Write the number that the user has: `USER 10001:10001`.",
    bad: "FROM debian:12\nRUN useradd -u 10001 app\nUSER app\n",
    good: "FROM debian:12\nRUN useradd -u 10001 app\nUSER 10001\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3066"],
    cwe: [],
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#implicit-group-memberships-defined-in-etc-group-in-the-container-image",
      "https://docs.docker.com/reference/dockerfile/#user",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const user = stage && effectiveUser(dockerfile, stage);
    if (stage === undefined || user?.user === undefined || isWindows(dockerfile, stage)) return;
    const name = user.user;
    // What a build argument gives may be a number there.
    if (user.word.variables.length > 0 || name === "" || name === "root" || /^\d+$/.test(name))
      return;
    if (/^[{<%]/.test(name)) return;
    const fix = numbered(dockerfile, user, name);
    report(user.word.span, `user "${name}" is not a number`, fix && { fix });
  },
});

/** The number that useradd or adduser gave to the user in this file. */
function numbered(
  dockerfile: Dockerfile,
  { word }: UserInstruction,
  name: string,
): Fix | undefined {
  if (!word.raw.startsWith(name) || word.isQuoted) return undefined;
  for (const stage of finalChain(dockerfile))
    for (const run of stageInstructions(stage, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), ["useradd", "adduser"])) {
        const uid = flagValue(command, "-u", "--uid");
        if (
          uid === undefined ||
          !/^\d+$/.test(uid) ||
          !operands(command).some(({ value }) => value === name)
        )
          continue;
        return {
          title: `write "${uid}"`,
          safe: true,
          edits: [{ span: wordSpan(word, 0, name.length), text: uid }],
        };
      }
  return undefined;
}

export default rule;
