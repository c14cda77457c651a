import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import { externalBase, stageChain, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1218",
    name: "named-user-without-passwd",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "User is named in an image without `/etc/passwd`",
    why: 'An image from `scratch` knows no names: the build or the start of the container fails with "unable to find user". The quick way out is to run as root.',
    howToFix:
      "Write numbers (`USER 65532:65532`), or copy `/etc/passwd` and `/etc/group` from an earlier stage.",
    bad: "FROM scratch\nCOPY app /app\nUSER app\n",
    good: "FROM scratch\nCOPY app /app\nUSER 65532\n",
    since: "0.1.0",
    aliases: ["tally:named-identity-in-passwdless-stage"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#user",
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      if (externalBase(dockerfile, stage).kind !== "scratch" || mayHavePasswd(dockerfile, stage))
        continue;
      for (const node of stageInstructions(stage, "user", "copy", "add")) {
        const word = node.kind === "user" ? node.word : node.chown;
        if (word?.value === undefined) continue;
        const name = word.value.split(":").find((part) => part !== "" && !/^\d+$/.test(part));
        if (name !== undefined)
          report(word.span, `image from "scratch" has no "/etc/passwd" that knows "${name}"`);
      }
    }
  },
});

/** True when something brings the file, or cannot be told: an archive, a whole tree, a program. */
function mayHavePasswd(dockerfile: Dockerfile, stage: Stage): boolean {
  return stageChain(dockerfile, stage).some(({ instructions }) =>
    instructions.some((node) => {
      if (node.kind === "run" || node.kind === "onbuild") return true;
      if (node.kind !== "copy" && node.kind !== "add") return false;
      const to = node.destination?.value;
      if (to === undefined) return true;
      const isTree = /^\/?(?:etc\/?)?$|^\.\/?$|^\/etc\/(?:passwd|group)$/.test(to);
      return (
        isTree &&
        node.sources.some(
          ({ word }) =>
            word.value === undefined ||
            !/^\/?[\w-]+$/.test(word.value) ||
            /^\/?(?:etc|rootfs|root|passwd|group|out|dist|target|install)$/.test(word.value),
        )
      );
    }),
  );
}

export default rule;
