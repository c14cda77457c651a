import { isLocalAddress } from "../../audit/dockerfile/helpers-local-host.ts";
import { removeFlag } from "../../audit/dockerfile/helpers-remove-word.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import {
  argumentsOf,
  commandsNamed,
  type GivenFlag,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1307",
    name: "wget-without-certificate-check",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`wget` is told not to check TLS certificates",
    why: "With `--no-check-certificate` wget takes what it downloads from whoever answers. Somebody on the network can put a program of their own in its place.",
    howToFix:
      "Remove the flag. Install `ca-certificates` where the store is missing; for a private server name its authority with `--ca-certificate`.",
    bad: "FROM debian:12\nRUN wget --no-check-certificate https://example.com/app.tar.gz\n",
    good: "FROM debian:12\nRUN wget https://example.com/app.tar.gz\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_3"],
    cwe: ["CWE-295"],
    references: [
      "https://www.gnu.org/software/wget/manual/html_node/HTTPS-_0028SSL_002fTLS_0029-Options.html",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint", "healthcheck")) {
      for (const command of commandsNamed(scriptOf(dockerfile, node), "wget")) {
        const flag = argumentsOf(command).flags.find(isOff);
        const addresses = operands(command).map(({ value, prefix }) => value ?? prefix);
        if (flag === undefined || (addresses.length > 0 && addresses.every(isLocalAddress)))
          continue;
        const edit =
          node.command && flag.hasValue === false
            ? removeFlag(dockerfile, node.command, command, flag)
            : undefined;
        report(
          flag.word.span,
          '"wget" checks no certificate',
          edit && { fix: { title: `remove "${flag.name}"`, safe: false, edits: [edit] } },
        );
      }
    }
    for (const { file, text, span } of writtenTexts(dockerfile))
      if (/(?:^|\/)\.?wgetrc$/.test(file) && SETTING.test(text))
        report(span, '"wget" checks no certificate');
  },
});

const FULL_NAME = "--no-check-certificate";
const SETTING = /^[ \t]*check_?-?certificate[ \t]*=[ \t]*(?:off|no|0|quiet)\b/im;

/** The flag, also cut short as getopt_long allows, or the setting by `-e`. */
function isOff({ name, value }: GivenFlag): boolean {
  if (name === "-e" || name === "--execute") return value !== undefined && SETTING.test(value);
  if (name === "--check-certificate") return /^(?:off|no|0|quiet)$/i.test(value ?? "");
  return name.startsWith("--no-check") && FULL_NAME.startsWith(name);
}

export default rule;
