import { isOfficialImage, tagVersion } from "../../audit/dockerfile/helpers-base-image.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import type { Dockerfile, Instruction } from "../../audit/dockerfile/model.ts";
import { externalBase, finalChain, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1329",
    name: "opcache-not-enabled",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "PHP serves requests without OPcache",
    why: "Before PHP 8.5 the official images leave OPcache off: every request compiles every file again, which costs several times the processor time.",
    howToFix: "`RUN docker-php-ext-install opcache`, or `docker-php-ext-enable opcache`.",
    bad: "FROM php:8.4-fpm\nCOPY . /var/www/html\n",
    good: "FROM php:8.4-fpm\nRUN docker-php-ext-install opcache\nCOPY . /var/www/html\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:php/enable-opcache-in-production"],
    cwe: [],
    references: ["https://www.php.net/manual/en/book.opcache.php", "https://hub.docker.com/_/php"],
  },

  check(dockerfile, report) {
    const last = finalStage(dockerfile);
    if (last === undefined) return;
    const base = externalBase(dockerfile, last);
    const { tag = "" } = base;
    if (!isOfficialImage(base, "php") || !/(?:^|-)(?:fpm|apache)(?:$|-)/.test(tag)) return;
    const version = tagVersion(base);
    const { major, minor } = version ?? { major: 8, minor: undefined };
    // Built in from 8.5 on; a tag that names no minor version means the newest.
    const isBuiltIn = major > 8 || (major === 8 && (minor === undefined || minor >= 5));
    if (
      isBuiltIn ||
      finalChain(dockerfile).some(({ instructions }) =>
        instructions.some((node) => enables(dockerfile, node)),
      )
    )
      return;
    if (writtenTexts(dockerfile).some(({ file, text }) => /opcache/.test(file + text))) return;
    report(last.base.span, `nothing enables OPcache of "${base.reference}"`);
  },
});

function enables(dockerfile: Dockerfile, node: Instruction): boolean {
  if (node.kind === "run")
    return scriptOf(dockerfile, node).commands.some(({ words }) =>
      words.some(({ text }) => /opcache/.test(text)),
    );
  if (node.kind !== "copy" && node.kind !== "add") return false;
  // A folder of settings may hold it.
  const names = [...node.sources.map(({ word }) => word.text), node.destination?.text ?? ""];
  return names.some((name) => /opcache|conf\.d\/?$|php\.ini/.test(name));
}

export default rule;
