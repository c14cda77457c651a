import { isLocalAddress } from "../../audit/dockerfile/helpers-local-host.ts";
import { removeFlag } from "../../audit/dockerfile/helpers-remove-word.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import {
  argumentsOf,
  commandsNamed,
  flagValues,
  operands,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1306",
    name: "curl-insecure",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`curl` is told not to check TLS certificates",
    why: "With `-k` curl takes what it downloads from whoever answers. Somebody on the network can put a program of their own in its place, and reads passwords and tokens that are sent.",
    howToFix:
      "Remove `-k`. Install `ca-certificates` where the store is missing; for a private server name its authority with `--cacert`.",
    bad: "FROM debian:12\nRUN curl -fsSLk https://example.com/app -o /usr/local/bin/app\n",
    good: "FROM debian:12\nRUN curl -fsSL https://example.com/app -o /usr/local/bin/app\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_2"],
    cwe: ["CWE-295"],
    references: [
      "https://curl.se/docs/sslcerts.html",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint", "healthcheck")) {
      for (const command of commandsNamed(scriptOf(dockerfile, node), "curl")) {
        const flag = argumentsOf(command).flags.find(({ name }) => FLAGS.includes(name));
        if (flag === undefined || asksOnlyHere(command)) continue;
        const edit = node.command && removeFlag(dockerfile, node.command, command, flag);
        report(
          flag.word.span,
          `"${flag.name}": "curl" checks no certificate`,
          edit && { fix: { title: `remove "${flag.name}"`, safe: false, edits: [edit] } },
        );
      }
    }
    for (const { file, text, span } of writtenTexts(dockerfile))
      if (/(?:^|\/)[._]?curlrc$/.test(file) && /^[ \t]*-{0,2}(?:insecure|k)[ \t]*$/im.test(text))
        report(span, '"insecure": "curl" checks no certificate');
  },
});

const FLAGS = ["-k", "--insecure", "--proxy-insecure"];

/** True when all addresses are known and on this machine, whose certificate nobody signs. */
function asksOnlyHere(command: SimpleCommand): boolean {
  const addresses = [
    ...operands(command).map(({ value, prefix }) => value ?? prefix),
    ...flagValues(command, "--url"),
  ];
  return addresses.length > 0 && addresses.every(isLocalAddress);
}

export default rule;
