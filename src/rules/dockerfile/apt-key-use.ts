import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { isSubcommand, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1411",
    name: "apt-key-use",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A key is trusted for every APT repository",
    why: "Keys in `trusted.gpg` and `trusted.gpg.d` vouch for all repositories: who has the key of one small vendor can replace the C library of the distribution. `apt-key` puts keys there, and Debian 13 has it no more.",
    howToFix:
      "Put the key into `/etc/apt/keyrings/` and name it in the source that it is for: `deb [signed-by=/etc/apt/keyrings/vendor.asc] https://…`.",
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/key.asc | apt-key add -\n",
    good: "FROM debian:12\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/key.asc /etc/apt/keyrings/vendor.asc\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-295", "CWE-1188"],
    references: [
      "https://manpages.debian.org/bookworm/apt/apt-key.8.en.html",
      "https://wiki.debian.org/DebianRepository/UseThirdParty",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add", "run")) {
      if (node.kind !== "run") {
        const { destination } = node;
        if (destination?.value !== undefined && isTrustedPath(destination.value))
          report(destination.span, `"${destination.value}" trusts a key for every repository`);
        continue;
      }
      for (const command of scriptOf(dockerfile, node).commands) {
        if (isSubcommand(command, ["apt-key"], ["add", "adv"])) {
          const [word = command] = command.words;
          report(word.span, '"apt-key" trusts a key for every repository');
        } else {
          const place = trustedFile(command);
          if (place !== undefined)
            report(place.span, `"${place.text}" trusts a key for every repository`);
        }
      }
    }
  },
});

function isTrustedPath(path: string): boolean {
  return /^\/etc\/apt\/trusted\.gpg(?:\.d(?:\/|$)|$)/.test(path);
}

// These look, remove, or make folders.
const HARMLESS = new Set(
  "rm ls chmod chown mkdir find test [ [[ file stat cat grep gpgv apt-get apt echo printf shred".split(
    " ",
  ),
);

/** The file that a command writes there: a redirect, `-o FILE`, `--keyring FILE`, the last word of `cp` and `mv`. */
function trustedFile(
  command: SimpleCommand,
): { readonly span: Span; readonly text: string } | undefined {
  const { name, args, redirects, runs } = command;
  const redirect = redirects.find(
    ({ operator, target }) => operator.startsWith(">") && isTrustedPath(target?.text ?? ""),
  )?.target;
  if (redirect !== undefined) return redirect;
  if (runs !== undefined || HARMLESS.has(name ?? "")) return undefined;
  const word = args.findLast(({ text }) =>
    isTrustedPath(text.replace(/^-{1,2}[\w-]*=?(?=\/)/, "")),
  );
  if (word === undefined) return undefined;
  const isMoved = ["cp", "mv", "install", "ln"].includes(name ?? "") && word !== args.at(-1);
  return isMoved ? undefined : word;
}

export default rule;
