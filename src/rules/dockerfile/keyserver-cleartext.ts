import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1414",
    name: "keyserver-cleartext",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A key server is asked without encryption",
    why: "Whoever sits on the way sees which keys the build asks for, and answers with what he likes: old versions of a key that lack its revocation, or with a short id a key of his own.",
    howToFix: "Write `hkps://`: `--keyserver hkps://keys.openpgp.org`.",
    bad: "FROM debian:12\nRUN gpg --keyserver hkp://keyserver.ubuntu.com:80 --recv-keys 14AA40EC0831756756D7F66C4F4EA0AAE5267A6C\n",
    good: "FROM debian:12\nRUN gpg --keyserver hkps://keyserver.ubuntu.com --recv-keys 14AA40EC0831756756D7F66C4F4EA0AAE5267A6C\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-319"],
    references: ["https://www.gnupg.org/documentation/manuals/gnupg/Dirmngr-Options.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of scriptOf(dockerfile, run).commands) {
        const { tool, flags } = argumentsOf(command);
        if (tool !== "gpg" && tool !== "apt-key") continue;
        for (const { name, value, valueWord } of flags) {
          if (name !== "--keyserver" || valueWord === undefined) continue;
          const server = value ?? valueWord.prefix;
          if (!isCleartext(server)) continue;
          const fix = encrypted(valueWord, server);
          // New versions of GnuPG ask a server without a scheme by hkps.
          const isNamed = server.includes("://");
          report(valueWord.span, `"${server}" is asked without encryption`, {
            ...(!isNamed && { severity: "info" as const }),
            ...(fix && { fix }),
          });
        }
      }
  },
});

/** Without a scheme GnuPG of old takes hkp, which has no encryption. */
function isCleartext(server: string): boolean {
  return (
    /^(?:x-)?(?:hkp|http):\/\/./i.test(server) ||
    /^[a-z0-9][\w-]*(?:\.[\w-]+)+(?::\d+)?$/i.test(server)
  );
}

/** Servers that are known to answer hkps. */
const ENCRYPTING =
  /^(?:hkp:\/\/)?(?:p80\.)?(keyserver\.ubuntu\.com|keys\.openpgp\.org|pgp\.mit\.edu)(?::(?:80|11371))?\/?$/i;

function encrypted({ raw, span }: ShellWord, server: string): Fix | undefined {
  const host = ENCRYPTING.exec(server)?.[1];
  // A flag glued to it, or quotes, would be replaced too.
  if (host === undefined || raw !== server) return undefined;
  const text = `hkps://${host}`;
  return { title: `write "${text}"`, safe: false, edits: [{ span, text }] };
}

export default rule;
