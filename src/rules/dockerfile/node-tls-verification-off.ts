import { reportSettings } from "../../audit/dockerfile/helpers-settings.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1301",
    name: "node-tls-verification-off",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Node.js is told not to check TLS certificates",
    why: "With `NODE_TLS_REJECT_UNAUTHORIZED=0` every Node.js program takes any certificate. Whoever sits on the network reads and changes what it sends and gets: tokens, packages, answers of APIs.",
    howToFix:
      "Remove the variable. For a private certificate authority copy its certificate into the image and name it in `NODE_EXTRA_CA_CERTS`.",
    bad: "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n",
    good: "FROM node:22\nENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/company.crt\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_6"],
    cwe: ["CWE-295"],
    references: [
      "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    reportSettings(
      dockerfile,
      report,
      ["NODE_TLS_REJECT_UNAUTHORIZED"],
      // lib/internal/options.js: off for exactly this text.
      (value) => value.trim() === "0",
      ({ name }) => `"${name}" is "0": no certificate is checked`,
    );
  },
});

export default rule;
