import { startOf } from "../../audit/dockerfile/helpers-start.ts";
import type {
  CmdInstruction,
  Dockerfile,
  EntrypointInstruction,
} from "../../audit/dockerfile/model.ts";
import { finalStage, instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, innermost, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1450",
    name: "background-process-in-cmd",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "The program goes into the background, so the container ends",
    why: "A container lives as long as process 1. When that only starts the program in the background, the container ends at once and takes the program with it, or nobody sees when the program dies.",
    howToFix:
      "Run it in the foreground: `nginx -g 'daemon off;'`, `apachectl -D FOREGROUND`, `sshd -D`, `redis-server` without `--daemonize`, no `&` at the end.",
    bad: 'FROM debian:12\nCMD ["/usr/sbin/nginx"]\n',
    good: 'FROM debian:12\nCMD ["/usr/sbin/nginx", "-g", "daemon off;"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-665"],
    references: [
      "https://docs.docker.com/engine/containers/run/",
      "https://nginx.org/en/docs/ngx_core_module.html#daemon",
      "https://man.openbsd.org/sshd#D",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const start = stage && startOf(dockerfile, stage);
    if (start === undefined) return;
    const script = scriptOf(dockerfile, start);
    if (script.state !== "parsed") return;
    const top = script.commands.filter(
      ({ runBy, context }) => runBy === undefined && !context.isSubstitution,
    );
    // Of an exec form the command that `sh -c` runs last.
    const last = top.at(-1);
    if (last === undefined || last.context.functionName !== undefined) return;
    const [word = last] = last.words;
    if (last.context.isBackground) {
      const fix = inForeground(dockerfile, start, last);
      report(
        word.span,
        `"${last.name}" is started in the background, and nothing stays`,
        fix && { fix },
      );
      return;
    }
    const program = innermost(script, last);
    const reason = goesToBackground(dockerfile, program);
    if (reason !== undefined)
      report(
        (program.words[0] ?? program).span,
        `"${program.name}" goes into the background ${reason}`,
      );
  },
});

/** Why a program leaves the foreground; `undefined` when it stays. */
function goesToBackground(dockerfile: Dockerfile, command: SimpleCommand): string | undefined {
  const { name = "", args } = command;
  const texts = args.map(({ value, text }) => value ?? text);
  const has = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text));
  // A variable may hold the flag.
  if (args.some(({ value }) => value === undefined)) return undefined;
  switch (name) {
    case "nginx":
    case "openresty": {
      if (
        has(/daemon\s+off/) ||
        has(/^-[tTvVhs]/) ||
        isConfigured(dockerfile, /daemon\s+off/, /nginx|openresty/)
      )
        return undefined;
      return 'without "daemon off;"';
    }
    case "apachectl":
    case "apache2ctl":
      return has(/FOREGROUND/) || has(/^(?:configtest|-t|-v|-V|-S|-M)$/)
        ? undefined
        : 'without "-D FOREGROUND"';
    case "httpd":
    case "apache2":
      return has(/FOREGROUND/) ||
        has(/^-(?:X|t|v|V|S|M|f)/) ||
        name === "apache2" ||
        isConfigured(dockerfile, /\bnone\b/, /httpd|apache/)
        ? undefined
        : 'without "-D FOREGROUND"';
    case "sshd":
      return has(/^-\w*[DdtT]/) ? undefined : 'without "-D"';
    case "cron":
      return has(/^-\w*f/) ? undefined : 'without "-f"';
    case "crond":
      return has(/^-\w*[fnd]/) ? undefined : 'without "-f"';
    case "service":
      return has(/^(?:re)?start$/) ? "as services do" : undefined;
    case "redis-server": {
      const at = texts.indexOf("--daemonize");
      return at !== -1 && texts[at + 1] === "yes" ? 'with "--daemonize yes"' : undefined;
    }
    case "mongod":
      return has(/^--fork$/) ? 'with "--fork"' : undefined;
    case "gunicorn":
      return has(/^(?:-D|--daemon)$/) ? 'with "--daemon"' : undefined;
    case "uwsgi":
      return has(/^(?:-d|--daemonize\d?)(?:=|$)/) ? 'with "--daemonize"' : undefined;
    case "celery":
      return has(/^--detach$/) ? 'with "--detach"' : undefined;
    case "memcached":
      return has(/^-\w*d$|^--daemon$/) ? 'with "-d"' : undefined;
    default:
      return /^\/etc\/init\.d\/|^\/etc\/rc\.d\//.test(command.words[0]?.text ?? "") &&
        has(/^(?:re)?start$/)
        ? "as services do"
        : argumentsOf(command).tool === "systemctl" && has(/^start$/)
          ? "as services do"
          : undefined;
  }
}

/** A step writes the setting into a configuration, or a configuration is copied that may hold it. */
function isConfigured(dockerfile: Dockerfile, setting: RegExp, file: RegExp): boolean {
  return (
    instructionsOf(dockerfile, "run").some((run) =>
      scriptOf(dockerfile, run).commands.some(
        ({ args, redirects }) =>
          args.some(({ text }) => setting.test(text)) ||
          redirects.some(({ body }) => body !== undefined && setting.test(body)),
      ),
    ) ||
    instructionsOf(dockerfile, "copy", "add").some(
      (node) =>
        isInFinalChain(dockerfile, node) &&
        [node.destination, ...node.sources.map(({ word }) => word)].some(
          (word) =>
            word !== undefined &&
            (file.test(word.value ?? word.text) ||
              /^(?:\.?\/|\.|\/etc\/?)$/.test(word.value ?? word.text) ||
              /\.conf/.test(word.value ?? word.text)),
        ),
    )
  );
}

/** Take the `&` away that ends a shell form. */
function inForeground(
  { text }: Dockerfile,
  { command, span }: CmdInstruction | EntrypointInstruction,
  last: SimpleCommand,
): Fix | undefined {
  const tail = text.slice(last.span.end, span.end);
  if (command.form !== "shell" || !/^\s*&\s*$/.test(tail)) return undefined;
  return {
    title: 'take "&" away',
    safe: false,
    edits: [{ span: { start: last.span.end, end: span.end }, text: "" }],
  };
}

export default rule;
