import type { Declaration, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, lookupVariable } from "../../audit/dockerfile/query.ts";
import { isSecretName } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, innermostCommands, pipeReaders, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1431",
    name: "build-arg-secret-in-run",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "A secret from a build argument is used to log in",
    why: "The history of the image keeps the values of build arguments beside each `RUN`, and the provenance of the build keeps them too: everybody who can pull the image reads the password that this step uses.",
    howToFix:
      "Mount it: `RUN --mount=type=secret,id=token,env=TOKEN …`, and build with `--secret id=token`. Revoke what an image had in its history.",
    bad: "FROM alpine:3.22\nARG TOKEN\nRUN git clone https://oauth2:$TOKEN@git.example/app.git\n",
    good: "FROM alpine:3.22\nRUN --mount=type=secret,id=token,env=TOKEN git clone https://oauth2:$TOKEN@git.example/app.git\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-522", "CWE-538"],
    benchmarks: ["CIS-Docker-4.10"],
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/build/metadata/attestations/slsa-provenance/",
    ],
  },

  check(dockerfile, report) {
    const names = new Set<string>();
    for (const { arguments: list } of instructionsOf(dockerfile, "arg"))
      for (const { name } of list) if (isSecretName(name)) names.add(name);
    if (names.size === 0) return;
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of innermostCommands(script)) {
        const use = loginUse(dockerfile, run, script, command, names);
        if (use === undefined) continue;
        const { name, span } = use.declaration;
        report(use.word.span, `build argument "${name}" is used to log in`, {
          ...(span && { related: [{ span, message: "the build argument" }] }),
        });
      }
    }
  },
});

interface Use {
  readonly word: ShellWord;
  readonly declaration: Declaration;
}

/** The word of a command that carries such an argument where a login goes. */
function loginUse(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
  names: ReadonlySet<string>,
): Use | undefined {
  for (const word of command.args)
    for (const name of word.variables) {
      if (!names.has(name) || isMounted(run, name) || isAssigned(script, command, name)) continue;
      const declaration = lookupVariable(dockerfile, run, name);
      if (declaration?.kind !== "arg" && declaration?.kind !== "global-arg") continue;
      if (isLogin(script, command, word, name)) return { word, declaration };
    }
  return undefined;
}

/** A secret of the same name is mounted: the step sees that one. */
function isMounted({ mounts }: RunInstruction, name: string): boolean {
  return mounts.some(
    ({ type, env, id }) =>
      type === "secret" && (env?.value === name || id?.value?.toLowerCase() === name.toLowerCase()),
  );
}

/** The script gives the name another value first. */
function isAssigned({ assignments }: Script, { span }: SimpleCommand, name: string): boolean {
  return assignments.some(
    (other) => other.name === name && other.value !== undefined && other.span.start < span.start,
  );
}

function isLogin(script: Script, command: SimpleCommand, word: ShellWord, name: string): boolean {
  const { raw } = word;
  const at = raw.search(new RegExp(`\\$\\{?${name}\\b`));
  const before = at === -1 ? "" : raw.slice(0, at);
  const after = at === -1 ? "" : raw.slice(at + name.length + 1);
  // `https://user:$TOKEN@host`
  if (/:\/\/[^/\s]{0,200}$/.test(before) && /^[^/\s]{0,200}@/.test(after)) return true;
  // `-H "Authorization: Bearer $TOKEN"`, `//registry/:_authToken=$TOKEN`
  if (/(?:authorization|token|api-?key|cookie)["']?:\s*(?:\w+\s+)?$/i.test(before)) return true;
  if (/(?:_auth(?:Token)?|_password)\s*=\s*["']?$/i.test(before)) return true;
  const { flags } = argumentsOf(command);
  const flag = flags.find((given) => given.valueWord === word || given.word === word);
  if (flag !== undefined && isLoginFlag(command, flag.name)) return true;
  // Of tools whose flags are not known the word before tells.
  const previous = command.args[command.args.indexOf(word) - 1]?.text ?? "";
  if (isLoginFlag(command, previous)) return true;
  return pipeReaders(script, command).some(({ args }) =>
    args.some(({ text }) => /^--(?:password|token)-stdin$|^--with-token$/.test(text)),
  );
}

function isLoginFlag({ name }: SimpleCommand, flag: string): boolean {
  if (
    /^--?(?:(?:http-|proxy-|store)?password|passwd|token|auth-token|api-?key|secret|pat)$/i.test(
      flag,
    )
  )
    return true;
  if (name === "curl")
    return ["-u", "--user", "-U", "--proxy-user", "--oauth2-bearer"].includes(flag);
  return (
    flag === "-p" &&
    ["docker", "podman", "helm", "az", "sshpass", "skopeo", "oras"].includes(name ?? "")
  );
}

export default rule;
