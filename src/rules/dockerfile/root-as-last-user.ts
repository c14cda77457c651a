import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import type { UserInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveUser, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1003",
    name: "root-as-last-user",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Last USER of the image is root",
    why: "The program of the container runs as the last user. When it is taken over, root changes every file of the container, and a flaw in the kernel or the runtime is root on the host.",
    howToFix:
      "Go back to an ordinary user once the steps that need root are done; a numeric ID lets Kubernetes check `runAsNonRoot`: `USER 65532:65532`.",
    bad: "FROM debian:12\nUSER root\nRUN apt-get update\n",
    good: "FROM debian:12\nUSER root\nRUN apt-get update\nUSER 65532:65532\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3002",
      "kics:67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae",
      "checkov:CKV_DOCKER_8",
      "semgrep:last-user-is-root",
      "terrascan:AC_DOCKER_0005",
      "droast:DF002",
      "dockerfile_lint:root_user",
      "tally:stateful-root-runtime",
      "trivy:DS002",
      "dockle:CIS-DI-0001",
      "anchore:dockerfile.effective_user",
    ],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-4.1", "NIST-800-190-4.1.2"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#user",
      "https://docs.docker.com/build/building/best-practices/#user",
    ],
  },

  check(dockerfile, report) {
    // Build stages may be root; of what is shipped the user that the child inherits counts.
    const stage = finalStage(dockerfile);
    const last = stage === undefined ? undefined : effectiveUser(dockerfile, stage);
    if (last === undefined || !isRoot(last)) return;
    report(
      last.word.span,
      `last user of the image is "${last.word.value ?? last.word.text}"`,
      valuesSetAt(last.word),
    );
  },
});

/** `root` and uid 0; on Windows, where the name cannot be anything else, ContainerAdministrator. */
function isRoot({ user }: UserInstruction): boolean {
  return user !== undefined && /^(?:root|0+|ContainerAdministrator)$/i.test(user);
}

export default rule;
