import type { CopyInstruction, Dockerfile, Word } from "../../audit/dockerfile/model.ts";
import {
  effectiveWorkdir,
  instructionsOf,
  isInFinalChain,
  joinPath,
  stageChain,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1214",
    name: "copy-chown-to-ordinary-user",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "COPY gives what runs to the user that runs it",
    why: "A program that can write to its own code, or a library that it loads, turns one flaw into a lasting one: what an attacker writes there runs at every start. Only data needs to be the user's.",
    howToFix:
      "Leave code to root (no `--chown`), readable for all, and give the user only the directories that it writes to.",
    bad: "FROM node:22\nCOPY --chown=node:node dist /app\n",
    good: "FROM node:22\nCOPY dist /app\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["kics:aa93e17f-b6db-4162-9334-c70334e7ac28", "terrascan:AC_DOCKER_00024"],
    cwe: ["CWE-732", "CWE-282"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
      "https://rules.sonarsource.com/docker/RSPEC-6504/",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      const { chown, chmod } = node;
      if ((chown === undefined && chmod === undefined) || !isInFinalChain(dockerfile, node))
        continue;
      if (isForData(dockerfile, node)) continue;
      const user = chown?.value?.split(":")[0]?.toLowerCase();
      if (
        chown !== undefined &&
        user !== undefined &&
        user !== "" &&
        user !== "root" &&
        !/^0+$/.test(user)
      )
        report(
          chown.span,
          `"${chown.value}" may change what is copied to "${node.destination?.text ?? ""}"`,
        );
      if (chmod !== undefined && isWritableByOthers(chmod))
        report(chmod.span, `mode "${chmod.value}" lets others change what is copied`);
    }
  },
});

/** `775`, `0666`, `o+w`: group or others may write. */
function isWritableByOthers({ value = "" }: Word): boolean {
  if (/^[0-7]{3,5}$/.test(value))
    return value
      .slice(-2)
      .split("")
      .some((digit) => (Number(digit) & 2) !== 0);
  return value
    .split(",")
    .some(
      (part) => /^[ugoa]*[goa][ugoa]*[+=][rwxXst]*w/.test(part) || /^[+=][rwxXst]*w/.test(part),
    );
}

/** Directories that hold what programs write, and the volumes of the stage. */
function isForData(dockerfile: Dockerfile, node: CopyInstruction): boolean {
  const given = node.destination?.value;
  const directory = effectiveWorkdir(dockerfile, node).path;
  if (given === undefined || (!given.startsWith("/") && directory === undefined)) return true;
  const path = joinPath(directory ?? "/", given);
  if (
    /^\/(?:data|tmp|home|root|run|srv|mnt|media|var\/(?:lib|cache|log|tmp|run|spool|opt|www)|etc)(?:\/|$)/.test(
      path,
    )
  )
    return true;
  const stage = stageOf(dockerfile, node);
  const volumes = (stage === undefined ? [] : stageChain(dockerfile, stage)).flatMap(
    ({ instructions }) =>
      instructions.flatMap((other) => (other.kind === "volume" ? other.paths : [])),
  );
  return volumes.some(
    ({ value }) => value !== undefined && `${path}/`.startsWith(`${joinPath("/", value)}/`),
  );
}

export default rule;
