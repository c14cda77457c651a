import { replaceWithin } from "../../audit/dockerfile/helpers-edit.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsAfter, pipeReaders, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1430",
    name: "ssh-mount-without-known-hosts",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "SSH takes any server for the right one",
    why: "Whoever sits between the builder and the server answers in its place: the build gets his repository, and a forwarded agent signs what he asks for. `ssh-keyscan` at build time asks the network who the network is.",
    howToFix:
      "Put the server's public key into the build: `COPY known_hosts /etc/ssh/ssh_known_hosts`, or `echo 'github.com ssh-ed25519 AAAA…' >> /etc/ssh/ssh_known_hosts`. Forges publish theirs.",
    bad: "FROM alpine:3.22\nRUN --mount=type=ssh ssh-keyscan github.com >> ~/.ssh/known_hosts && git clone git@github.com:a/b.git\n",
    good: "FROM alpine:3.22\nCOPY known_hosts /etc/ssh/ssh_known_hosts\nRUN --mount=type=ssh git clone git@github.com:a/b.git\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-322", "CWE-295"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run---mounttypessh",
      "https://man.openbsd.org/ssh_config#StrictHostKeyChecking",
      "https://docs.github.com/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        if (command.runs !== undefined) continue;
        const place = uncheckedWord(command) ?? scannedKeys(dockerfile, run, script, command);
        if (place === undefined) continue;
        const fix = place.message === MESSAGE ? checked(dockerfile, place.span) : undefined;
        report(place.span, place.message, fix && { fix });
      }
      for (const { name, value } of script.assignments)
        if (name === "GIT_SSH_COMMAND" && value !== undefined && turnsOff(value)) {
          const fix = checked(dockerfile, value.span);
          report(value.span, MESSAGE, fix && { fix });
        }
    }
    for (const { pairs } of instructionsOf(dockerfile, "env"))
      for (const { key, value } of pairs)
        if (key.text === "GIT_SSH_COMMAND" && OFF.test(value.value ?? "")) {
          const fix = checked(dockerfile, value.span);
          report(value.span, MESSAGE, fix && { fix });
        }
  },
});

const MESSAGE = "host keys are not checked";
const OFF = /StrictHostKeyChecking[= ]+["']?(?:no|off)\b|UserKnownHostsFile[= ]+["']?\/dev\/null/i;

const turnsOff = ({ value, text }: ShellWord): boolean => OFF.test(value ?? text);

/** `yes` for `no`; the other option is left to people, as the keys must come from somewhere. */
function checked(dockerfile: Dockerfile, span: ShellWord["span"]): Fix | undefined {
  const written = dockerfile.text.slice(span.start, span.end);
  if (/UserKnownHostsFile/i.test(written)) return undefined;
  const edit = replaceWithin(
    dockerfile,
    span,
    /(?<=StrictHostKeyChecking[= ]["']?)(?:no|off)\b/i,
    "yes",
  );
  return edit && { title: "let SSH check host keys", safe: false, edits: [edit] };
}

interface Place {
  readonly span: ShellWord["span"];
  readonly message: string;
}

/** `-o StrictHostKeyChecking=no` of ssh, scp, git, and the same written into a configuration. */
function uncheckedWord({ args, assignments, redirects, name }: SimpleCommand): Place | undefined {
  // The commands of a shell's string are seen on their own, what `export` sets as assignments.
  if (["grep", "sh", "bash", "export", "declare", "readonly"].includes(name ?? ""))
    return undefined;
  const word = [...args, ...assignments.flatMap(({ value }) => value ?? [])].find(turnsOff);
  if (word !== undefined) return { span: word.span, message: MESSAGE };
  const heredoc = redirects.find(({ body }) => body !== undefined && OFF.test(body));
  return heredoc && { span: heredoc.span, message: MESSAGE };
}

/** `ssh-keyscan host >> known_hosts`, unless the keys are compared with known ones. */
function scannedKeys(
  dockerfile: Dockerfile,
  run: RunInstruction,
  script: Script,
  command: SimpleCommand,
): Place | undefined {
  if (command.name !== "ssh-keyscan") return undefined;
  const [word = command] = command.words;
  const readers = pipeReaders(script, command);
  const isKept =
    [command, ...readers].some(
      ({ redirects, name }) =>
        name === "tee" ||
        redirects.some(
          ({ operator, fileDescriptor }) => operator.startsWith(">") && fileDescriptor !== 2,
        ),
    ) || command.nestedIn !== undefined;
  // `ssh-keygen -lf keys | grep SHA256:…`, `sha256sum -c`, a comparison.
  const isCompared = [...readers, ...commandsAfter(script, command)].some(({ name, args }) =>
    name === "ssh-keygen"
      ? args.some(({ text }) => /^-[a-z]*l/.test(text))
      : ["cmp", "diff", "sha256sum"].includes(name ?? ""),
  );
  if (!isKept || isCompared || !isForBuild(dockerfile, run)) return undefined;
  return { span: word.span, message: '"ssh-keyscan" believes the server that answers' };
}

/** Something in the file talks SSH: a mount, or a repository. */
function isForBuild(dockerfile: Dockerfile, { mounts }: RunInstruction): boolean {
  return (
    mounts.some(({ type }) => type === "ssh") ||
    instructionsOf(dockerfile, "run").some(
      (other) =>
        other.mounts.some(({ type }) => type === "ssh") ||
        scriptOf(dockerfile, other).commands.some(({ name }) =>
          ["git", "ssh", "scp", "rsync", "ssh-keyscan"].includes(name ?? ""),
        ),
    )
  );
}

export default rule;
