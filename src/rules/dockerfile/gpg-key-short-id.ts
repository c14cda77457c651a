import { requestedKeys } from "../../audit/dockerfile/helpers-keys.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1461",
    name: "gpg-key-short-id",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A key is asked for by a part of its fingerprint",
    why: "Keys with a chosen short id are made in seconds, and key servers take everybody's. The build then trusts a stranger's key for all that it verifies.",
    howToFix: "Write the whole fingerprint, 40 hex digits, as its owner publishes it.",
    bad: "FROM debian:12\nRUN gpg --keyserver hkps://keys.openpgp.org --recv-keys 4F4EA0AAE5267A6C\n",
    good: "FROM debian:12\nRUN gpg --keyserver hkps://keys.openpgp.org --recv-keys 14AA40EC0831756756D7F66C4F4EA0AAE5267A6C\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-295", "CWE-328"],
    references: ["https://evil32.com/", "https://www.gnupg.org/gph/en/manual/x56.html"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of scriptOf(dockerfile, run).commands)
        for (const { span, value } of requestedKeys(command)) {
          const id = value?.replace(/^0x|\s+/gi, "") ?? "";
          if (/^[0-9a-f]{8,39}$/i.test(id)) report(span, `"${value}" is a part of a fingerprint`);
        }
  },
});

export default rule;
