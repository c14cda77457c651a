import { setsUser } from "../../audit/dockerfile/helpers-base-user.ts";
import {
  effective,
  effectiveUser,
  externalBase,
  finalStage,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1905",
    name: "user-left-to-base-image",
    target: "dockerfile",
    severity: "info",
    confidence: "low",
    summary: "Image has no USER and takes that of a base image that likely sets one",
    why: "Who the program runs as is decided elsewhere: by a base image that is known to set an ordinary user, or by one that a variable names. When the base changes, the image may run as root, and nothing in the file shows it.",
    howToFix: "Write `USER` with a numeric ID at the end of the last stage all the same.",
    bad: "FROM cgr.dev/chainguard/node:24\nCOPY . /app\n",
    good: "FROM cgr.dev/chainguard/node:24\nCOPY . /app\nUSER 65532:65532\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["trivy:DS002", "kics:fd54f200-402c-4333-a5a4-36ef6709af2f", "checkov:CKV_DOCKER_3"],
    cwe: ["CWE-250"],
    benchmarks: ["CIS-Docker-4.1"],
    references: ["https://docs.docker.com/reference/dockerfile/#user"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined || effectiveUser(dockerfile, stage) !== undefined) return;
    const base = externalBase(dockerfile, stage);
    const startsNothing =
      effective(dockerfile, stage, "cmd") === undefined &&
      effective(dockerfile, stage, "entrypoint") === undefined;
    const at = stage.from.image?.span ?? stage.from.keywordSpan;
    // All other images without USER are those of missing-user.
    if (setsUser(base)) report(at, `the user is left to base image "${base.reference}"`);
    else if (base.kind === "scratch" && startsNothing)
      report(at, `image from "scratch" has no "USER" for whoever starts something in it`);
  },
});

export default rule;
