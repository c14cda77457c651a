import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1349",
    name: "invalid-email-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should hold an e-mail address does not",
    why: "Who finds a hole in the image writes to that address; a wrong one is silence.",
    howToFix: "Write one address: `team@example.com`, or `Team <team@example.com>`.",
    bad: "FROM alpine:3.22\nLABEL maintainer=somebody\n",
    good: "FROM alpine:3.22\nLABEL maintainer=team@example.com\n",
    since: "0.1.0",
    profile: "all",
    options: {
      labels: {
        default: ["maintainer"],
        description: "Labels that must be e-mail addresses.",
      },
    },
    aliases: ["hadolint:DL3058"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://www.rfc-editor.org/rfc/rfc5322#section-3.4",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(dockerfile, report, options.strings("labels"), isEmail, "e-mail address");
  },
});

// RFC 5322, 3.4: addr-spec, or a name before it in angle brackets; the domain by dots or as an address literal.
function isEmail(text: string): boolean {
  const [, inner] = /^[^<>]*<([^<>]+)>$/.exec(text) ?? [];
  const address = (inner ?? text).trim();
  const at = address.lastIndexOf("@");
  if (at < 1 || address.length > 320) return false;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const isLocal = local.startsWith(DQUOTE)
    ? /^"(?:[^"\\]|\\.)*"$/.test(local)
    : local.split(".").every((part) => /^[\w!#$%&*+/=?^`{|}~\u0027\u0080-\uffff-]+$/.test(part));
  const isDomain = /^\[[^[\]\s]+\]$/.test(domain) || domain.split(".").every(isDomainPart);
  return isLocal && isDomain;
}

const DQUOTE = "\u0022";
const isDomainPart = (part: string): boolean =>
  part.length <= 63 &&
  /^[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9\u0080-\uffff-]*[A-Za-z0-9\u0080-\uffff])?$/.test(part);

export default rule;
