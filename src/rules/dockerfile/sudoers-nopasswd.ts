import { replaceWithin } from "../../audit/dockerfile/helpers-edit.ts";
import { membershipsOf } from "../../audit/dockerfile/helpers-groups.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Dockerfile, Instruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { pipeReaders, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1440",
    name: "sudoers-nopasswd",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "A user of the image may become root without a password",
    why: "`USER` is meant to keep a program that was taken over from being root. With this one `sudo sh` is enough, and with groups like `disk` a tool or two.",
    howToFix:
      "Do what needs root before `USER`, in the build, and leave sudo out of the image. An image for development is named in the option `stages`.",
    bad: 'FROM debian:12\nRUN echo "app ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers\nUSER app\n',
    good: "FROM debian:12\nRUN apt-get install -y app-tools\nUSER app\n",
    since: "0.1.0",
    options: {
      stages: {
        default: [],
        description: "Names of stages where that is wanted, as for development",
      },
    },
    aliases: [],
    cwe: ["CWE-250", "CWE-269"],
    references: [
      "https://www.sudo.ws/docs/man/sudoers.man/",
      "https://wiki.debian.org/SystemGroups",
    ],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("stages").map((name) => name.toLowerCase());
    const isMeant = (node: Instruction): boolean =>
      !isInShippedLayers(dockerfile, node) ||
      allowed.includes(stageOf(dockerfile, node)?.alias?.name ?? "");
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      if (isMeant(node) || !isSudoers(node.destination?.value ?? "")) continue;
      for (const { heredoc } of node.sources)
        if (heredoc !== undefined && NOPASSWD.test(heredoc.content))
          report(heredoc.span, '"NOPASSWD" lets a user be root without a password');
    }
    for (const run of instructionsOf(dockerfile, "run")) {
      if (isMeant(run)) continue;
      for (const { span, message } of findRights(dockerfile, run)) {
        const edit = replaceWithin(dockerfile, span, /\bNOPASSWD\s*:[ \t]?/, "");
        const title = "ask for the password";
        report(span, message, edit && { fix: { title, safe: false, edits: [edit] } });
      }
    }
  },
});

// sudoers(5): a tag of a command, `NOPASSWD:`.
const NOPASSWD = /\bNOPASSWD\s*:|!authenticate\b/;
const isSudoers = (path: string): boolean =>
  /^\/etc\/(?:sudoers(?:$|\.d(?:\/|$))|doas\.)/.test(path);

interface Right {
  readonly span: Span;
  readonly message: string;
}

function findRights(dockerfile: Dockerfile, run: Parameters<typeof scriptOf>[1]): Right[] {
  const script = scriptOf(dockerfile, run);
  return script.commands.flatMap((command): Right[] => {
    const rights = membershipsOf(command)
      .filter(({ group }) => STRONG_GROUPS.has(group))
      .map(({ span, group }) => ({ span, message: `group "${group}" is as good as root` }));
    const text = writtenRight(script, command);
    return text === undefined
      ? rights
      : [...rights, { span: text, message: '"NOPASSWD" lets a user be root without a password' }];
  });
}

// wiki.debian.org/SystemGroups: members can become root. The docker group is a rule of its own.
const STRONG_GROUPS = new Set("sudo wheel root disk shadow kmem admin adm-sudo".split(" "));

/** The word, or the heredoc, that writes NOPASSWD into a file of sudo. */
function writtenRight(script: Script, command: SimpleCommand): Span | undefined {
  const word = command.args.find(({ text }) => NOPASSWD.test(text));
  const heredoc = command.redirects.find(({ body }) => body !== undefined && NOPASSWD.test(body));
  const found = word ?? heredoc;
  if (found === undefined) return undefined;
  const isWritten = [command, ...pipeReaders(script, command)].some(
    ({ name, args, redirects }) =>
      redirects.some(
        ({ operator, target }) => operator.startsWith(">") && isSudoers(target?.text ?? ""),
      ) ||
      (["tee", "sed", "perl"].includes(name ?? "") && args.some(({ text }) => isSudoers(text))),
  );
  return isWritten ? found.span : undefined;
}

export default rule;
