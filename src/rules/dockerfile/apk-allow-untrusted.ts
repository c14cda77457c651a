import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, findFlag, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1119",
    name: "apk-allow-untrusted",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`apk` installs packages without a trusted signature",
    why: "With `--allow-untrusted` nobody vouches for a package: a mirror, or whoever stands in the way of the download, puts in what they like, and its scripts run as root.",
    howToFix:
      "Put the repository's key into /etc/apk/keys and leave the flag out. For a single file compare its checksum in the same `RUN` before.",
    bad: "FROM alpine:3.22\nRUN apk add --allow-untrusted tool\n",
    good: "FROM alpine:3.22\nCOPY team.rsa.pub /etc/apk/keys/\nRUN apk add tool\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_7"],
    cwe: ["CWE-347"],
    references: [
      "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper",
      "https://cwe.mitre.org/data/definitions/347.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsNamed(script, "apk")) {
        const flag = findFlag(command, "--allow-untrusted");
        if (flag === undefined) continue;
        report(
          flag.word.span,
          '"--allow-untrusted" takes packages that nobody signed',
          isVerified(script, command) ? { severity: "info" } : undefined,
        );
      }
    }
  },
});

const VERIFIERS = [
  "sha256sum",
  "sha512sum",
  "sha384sum",
  "b2sum",
  "gpg",
  "gpgv",
  "cosign",
  "minisign",
];

/** True when the packages are files, and something before compares checksums or signatures. */
function isVerified(script: Script, command: SimpleCommand): boolean {
  const given = packages(command);
  return (
    given.length > 0 &&
    given.every(({ kind, word }) => kind === "file" || word.text.endsWith(".apk")) &&
    commandsNamed(script, VERIFIERS).some(
      ({ index, name, args }) =>
        index < command.index &&
        (!name?.endsWith("sum") ||
          args.some(({ text }) => /^(?:-[a-z]*c[a-z]*|--check)$/.test(text))),
    )
  );
}

export default rule;
