import { fetchingTools } from "../../audit/dockerfile/helpers-health.ts";
import type { BaseImage, Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  effectiveHealthcheck,
  externalBase,
  finalStage,
  isWindows,
  stageChain,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1451",
    name: "healthcheck-tool-missing",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "HEALTHCHECK calls a program that the image does not have",
    why: "The check fails always: the container is unhealthy for ever, is restarted again and again by what watches it, or the check is switched off by somebody who is tired of it.",
    howToFix:
      "Use what the image has: BusyBox's `wget -qO-` on Alpine, a check of the program's own, a script in its language. Or install the program.",
    bad: "FROM debian:12-slim\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n",
    good: "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-665"],
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const check = stage && effectiveHealthcheck(dockerfile, stage);
    if (stage === undefined || check?.mode !== "command" || isWindows(dockerfile, stage)) return;
    const tools = fetchingTools(dockerfile, check);
    const base = externalBase(dockerfile, stage);
    const missing = missingIn(base);
    // `curl … || wget …`: one is enough.
    if (tools.length === 0 || !tools.every(({ name }) => missing.includes(name))) return;
    if (tools.some(({ name }) => mayBeAdded(dockerfile, stage, name))) return;
    const [first] = tools;
    if (first !== undefined)
      report(first.span, `nothing brings "${first.name}" to "${base.reference}"`);
  },
});

const ALL = ["curl", "wget", "nc"];

/** Programs that an image of this name is known not to have; empty when nothing is known. */
function missingIn({
  kind,
  registry,
  repository,
  tag = "",
  isNameKnown,
  isResolved,
  reference,
}: BaseImage): readonly string[] {
  if (kind === "scratch") return ALL;
  if (!isNameKnown || !isResolved) return [];
  if (/(?:^|\/)distroless\//.test(reference)) return /debug/.test(tag) ? [] : ALL;
  if (registry === "mcr.microsoft.com") {
    // .NET 8 and later: the Debian and Ubuntu images lost curl.
    const isRuntime =
      /^dotnet\/(?:aspnet|runtime|runtime-deps)$/.test(repository) && /^(?:[89]|1\d)\./.test(tag);
    return isRuntime && !/alpine|azurelinux|cbl/.test(tag) ? ["curl", "wget"] : [];
  }
  if (registry !== undefined && registry !== "docker.io") return [];
  const name = repository.replace(/^library\//, "");
  if (/^(?:debian|ubuntu)$/.test(name)) return ALL;
  if (/^(?:node|python|ruby|perl|rust)$/.test(name) && /(?:^|-)slim(?:-|$)/.test(tag)) return ALL;
  // BusyBox brings wget and nc.
  if (name === "alpine" || name === "busybox") return ["curl"];
  if (/^(?:node|python|ruby|golang|rust|redis|postgres)$/.test(name) && /alpine/.test(tag))
    return ["curl"];
  return /^(?:redis|postgres|mysql|mariadb|httpd)$/.test(name) && !/alpine/.test(tag) && tag !== ""
    ? ["curl", "wget"]
    : [];
}

/** A step installs it, uses it, or cannot be read; a COPY may bring it. */
function mayBeAdded(dockerfile: Dockerfile, stage: Stage, tool: string): boolean {
  const brings = new RegExp(
    `^(?:${tool === "nc" ? "nc|netcat[\\w-]*|nmap-ncat|ncat|busybox[\\w-]*" : `${tool}[\\w-]*|busybox[\\w-]*`})$`,
  );
  return stageChain(dockerfile, stage)
    .flatMap(({ instructions }) => instructions)
    .some((node) => {
      if (node.kind === "run") {
        const { state, commands, reason } = scriptOf(dockerfile, node);
        if (state !== "parsed" && reason !== "empty") return true;
        return commands.some(
          (command) =>
            command.name === tool ||
            packages(command).some(({ name, isKnown }) => !isKnown || brings.test(name)) ||
            // A script of the context may install anything.
            command.words[0]?.value?.includes("/") === true ||
            /\.sh$/.test(command.args[0]?.text ?? ""),
        );
      }
      if (node.kind !== "copy" && node.kind !== "add") return false;
      const paths = [node.destination, ...node.sources.map(({ word }) => word)].map(
        (word) => word?.value,
      );
      return paths.some(
        (path) =>
          path === undefined ||
          brings.test(path.split("/").at(-1) ?? "") ||
          /^\/(?:usr\/?(?:local\/?)?(?:bin\/?)?|bin\/?)?$/.test(path),
      );
    });
}

export default rule;
