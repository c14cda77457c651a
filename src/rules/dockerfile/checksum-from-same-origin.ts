import {
  isDigestCommand,
  isSignatureCheck,
  scriptDownloads,
} from "../../audit/dockerfile/helpers-fetched.ts";
import { hostOf, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Download } from "../../audit/shell/downloads.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1404",
    name: "checksum-from-same-origin",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "The checksum comes from the server of the file that it checks",
    why: "Who can replace the file can replace its sum beside it. Such a check finds broken downloads, and no attack.",
    howToFix:
      "Write the sum into the Dockerfile, or verify the signature of the list of sums by a key whose fingerprint stands there: `gpg --verify SHA256SUMS.asc SHA256SUMS`.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tgz && curl -fsSLO https://example.com/app.tgz.sha256 && sha256sum -c app.tgz.sha256\n",
    good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/app.tgz && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  app.tgz" | sha256sum -c -\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-345", "CWE-494"],
    references: ["https://cwe.mitre.org/data/definitions/494.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      if (!script.commands.some(isComparison) || script.commands.some(isSignatureCheck)) continue;
      const all = scriptDownloads(script);
      const origins = new Set(all.filter(({ url }) => !isSumFile(url)).map(originOf));
      for (const download of all)
        if (isSumFile(download.url) && origins.has(originOf(download)))
          report(
            download.word.span,
            `"${shownUrl(download.url)}" comes from the server of what it checks`,
          );
    }
  },
});

/** `app.tgz.sha256`, `SHA256SUMS`, `checksums.txt`. */
function isSumFile(url: string): boolean {
  return /(?:\.(?:md5|sha\d{1,3})(?:sums?)?(?:\.txt)?|(?:md5|sha\d{0,3})[_-]?sums?\d{0,3}(?:[-_.][\w.-]{0,40})?|checksums?[\w.-]{0,40})$/i.test(
    url.replace(/[?#].*$/s, ""),
  );
}

/** A digest that is compared: `-c`, or in a test. */
function isComparison(command: SimpleCommand): boolean {
  return (
    isDigestCommand(command) &&
    (command.context.isSubstitution ||
      argumentsOf(command).flags.some(({ name }) => name === "-c" || name === "--check"))
  );
}

/** Host, or what stands before the file name when a variable hides it. */
function originOf({ url }: Download): string {
  return hostOf(url) ?? url.slice(0, url.lastIndexOf("/"));
}

export default rule;
