import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
import { commandsOf, findFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1224",
    name: "secret-in-healthcheck",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "HEALTHCHECK command carries a credential",
    why: "The command stands in the configuration of the image, which everybody who pulls it can read, and in the list of processes of the host at each check.",
    howToFix:
      'Give the check an endpoint that needs no credential, or read it at run time: `-H "Authorization: Bearer $(cat /run/secrets/token)"`.',
    bad: 'FROM alpine:3.22\nHEALTHCHECK CMD curl -f -H "Authorization: Bearer abcd1234" http://localhost/health\n',
    good: "FROM alpine:3.22\nHEALTHCHECK CMD curl -f http://localhost/health\n",
    since: "0.1.0",
    aliases: ["dockerfile-sec:core-010"],
    cwe: ["CWE-798"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
      "https://docs.docker.com/build/building/secrets/",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "healthcheck")) {
      const script = scriptOf(dockerfile, node);
      const seen = new Set<number>();
      const add = (word: ShellWord, what: string): void => {
        if (!seen.has(word.span.start))
          report(word.span, `command carries ${what}`, { masked: [word.span] });
        seen.add(word.span.start);
      };
      for (const command of script.commands)
        for (const word of command.args) {
          // A nested script is told apart into its own commands.
          if (
            script.commands.some(({ nestedIn }) => nestedIn === command.index) &&
            /\s/.test(word.text) &&
            !/^[\w-]+:/.test(word.text)
          )
            continue;
          const what = credentialIn(word.text);
          if (what !== undefined) add(word, what);
        }
      for (const command of commandsOf(script, ["curl", "wget"])) {
        const flag = findFlag(command, "-u", "--user", "--password", "--http-password");
        if (
          flag?.valueWord !== undefined &&
          !flag.valueWord.text.includes("$") &&
          /^[^:]+:.|^--\S*password=.|^[^:]+$/.test(flag.valueWord.text) &&
          (flag.name !== "-u" || flag.valueWord.text.includes(":"))
        )
          add(flag.valueWord, "a password");
      }
    }
  },
});

/** What a word gives away; a value from a variable or a command stands elsewhere. */
function credentialIn(text: string): string | undefined {
  const header =
    /^["']?(?:-H|--header=?)?\s*((?:Proxy-)?Auth(?:orization|entication)|X-(?:Api-Key|Auth-Token))\s*:\s*(?:[A-Za-z]+\s+)?([^\s"']+)/i.exec(
      text,
    );
  if (header?.[2] !== undefined && !/[$`]/.test(header[2])) return `header "${header[1]}"`;
  const pair =
    /(?:^|[?&;,{\s-])((?:[\w-]{0,40}[_-])?(?:key|token|apikey|api-?key|password|passwd|pwd|secret))=([^&\s"']+)/i.exec(
      text,
    );
  if (pair?.[2] !== undefined && !/^[$`<{]/.test(pair[2])) return `a value for "${pair[1]}"`;
  return /^[a-z]+:\/\/[^/\s:@$]+:[^/\s@$]+@/i.test(text) ? "a password in an address" : undefined;
}

export default rule;
