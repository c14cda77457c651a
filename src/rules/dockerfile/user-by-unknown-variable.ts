import { effectiveUser, finalStage, isWindows } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1910",
    name: "user-by-unknown-variable",
    target: "dockerfile",
    severity: "info",
    confidence: "low",
    summary: "USER is a variable that nothing in this file sets",
    why: "Whether the image runs as root, and whether Kubernetes' `runAsNonRoot` can tell, depends on what the base image puts into the variable; unset, it is an error or root.",
    howToFix: "Write the numeric ID, or give the variable a default: `${APP_UID:-1654}`.",
    bad: "FROM mcr.microsoft.com/dotnet/aspnet:10.0\nUSER $APP_UID\n",
    good: "FROM mcr.microsoft.com/dotnet/aspnet:10.0\nUSER 1654\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["hadolint:DL3066"],
    cwe: ["CWE-250"],
    references: ["https://docs.docker.com/reference/dockerfile/#user"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const user = stage && effectiveUser(dockerfile, stage);
    if (stage === undefined || user === undefined || isWindows(dockerfile, stage)) return;
    const { word, stageIndex } = user;
    if (word.value !== undefined || stageIndex !== stage.index) return;
    const unknown = word.variables.find(
      ({ declaration, operator }) => declaration === undefined && operator === "",
    );
    if (unknown !== undefined) report(word.span, `nothing in this file sets "${unknown.name}"`);
  },
});

export default rule;
