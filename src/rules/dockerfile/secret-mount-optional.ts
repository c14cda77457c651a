import { addMountOptions } from "../../audit/dockerfile/helpers-mount.ts";
import {
  type MountedSecret,
  mountedSecrets,
  usersOf,
} from "../../audit/dockerfile/helpers-secret-use.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1428",
    name: "secret-mount-optional",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Secret mount may be missing, and the step uses it without a test",
    why: "Without `--secret` on the command line the step runs all the same, with an empty password or token: it signs with nothing, falls back to a public registry of the same name, or fails far from the cause.",
    howToFix:
      "Add `required=true`: the build stops and names the secret. Where it is optional, test it: `if [ -s /run/secrets/token ]; then …`.",
    bad: "FROM node:22\nRUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) npm ci\n",
    good: "FROM node:22\nRUN --mount=type=secret,id=token,required=true TOKEN=$(cat /run/secrets/token) npm ci\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-636", "CWE-1188"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
      "https://docs.docker.com/build/building/secrets/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const secrets = mountedSecrets(run).filter(({ mount }) => mayBeMissing(mount));
      if (secrets.length === 0) continue;
      const script = scriptOf(dockerfile, run);
      for (const secret of secrets) {
        const users = usersOf(script, secret);
        const [first] = users;
        if (first === undefined || users.some((user) => isTest(user, secret))) continue;
        if (!users.some((user) => goesOn(script, user, secret) && !mayFail(script, user))) continue;
        const { mount, path, variable } = secret;
        const fix = required(dockerfile, secret);
        report(mount.span, `nothing asks whether "${path ?? variable}" is there`, fix && { fix });
      }
    }
  },
});

function mayBeMissing({ options }: MountedSecret["mount"]): boolean {
  const option = options.findLast(({ key }) => key === "required");
  return option === undefined || option.value?.value?.toLowerCase() === "false";
}

/** `[ -f FILE ]`, `test -n "$VAR"`, `if grep -q . FILE`, `${VAR:?}`. */
function isTest({ name, context, words }: SimpleCommand, { variable }: MountedSecret): boolean {
  return (
    ["[", "[[", "test"].includes(name ?? "") ||
    context.isCondition ||
    (variable !== undefined &&
      words.some(({ raw }) => ["?", "-", "+"].some((sign) => hasOperator(raw, variable, sign))))
  );
}

function hasOperator(raw: string, variable: string, sign: string): boolean {
  return raw.includes(`\${${variable}:${sign}`) || raw.includes(`\${${variable}${sign}`);
}

/** True when the step goes on without the secret: an empty variable, or a `cat FILE` whose status nobody asks for. */
function goesOn(
  { commands, pipelines }: Script,
  { index, context, nestedIn, options, pipeline, place }: SimpleCommand,
  { path }: MountedSecret,
): boolean {
  if (path === undefined) return !options.nounset;
  // `TOKEN=$(cat FILE) npm ci`, `curl -H "$(cat FILE)"`: the status is that of the program.
  if (context.isSubstitution && nestedIn !== undefined) return true;
  const isInPipe = place + 1 < (pipelines[pipeline]?.parts.length ?? 0);
  if (isInPipe) return !options.pipefail;
  return commands[index + 1]?.operator === ";" && !options.errexit;
}

/** The author expects a failure: `|| true` behind it, or its complaints thrown away. */
function mayFail({ commands }: Script, { index, redirects }: SimpleCommand): boolean {
  return (
    commands[index + 1]?.operator === "||" ||
    redirects.some(
      ({ fileDescriptor, target }) => fileDescriptor === 2 && target?.value === "/dev/null",
    )
  );
}

function required(dockerfile: Dockerfile, { mount }: MountedSecret): Fix | undefined {
  const value = mount.options.findLast(({ key }) => key === "required")?.value;
  const edit =
    value === undefined
      ? addMountOptions(dockerfile, mount, "required=true")
      : { span: value.span, text: "true" };
  return edit && { title: 'add "required=true"', safe: false, edits: [edit] };
}

export default rule;
