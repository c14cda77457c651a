import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1308",
    name: "yum-tls-verification-off",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`yum` or `dnf` is told not to check TLS certificates",
    why: "With `sslverify=0` packages and lists come from whoever answers. Somebody on the network can hold back updates, and where signatures are not checked either, give packages of their own.",
    howToFix:
      "Leave `sslverify` on. For a private mirror name its certificate authority in `sslcacert` of the `.repo` file.",
    bad: "FROM almalinux:9\nRUN yum-config-manager --save --setopt=sslverify=0\n",
    good: "FROM almalinux:9\nRUN yum-config-manager --save --setopt=sslcacert=/etc/pki/company.pem\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_15"],
    cwe: ["CWE-295"],
    references: [
      "https://dnf.readthedocs.io/en/latest/conf_ref.html",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const { args } of commandsNamed(scriptOf(dockerfile, run), TOOLS))
        for (const { value, span } of args)
          if (value !== undefined && OPTION.test(value)) report(span, MESSAGE);
    for (const { file, text, span } of writtenTexts(dockerfile))
      if (FILE.test(file) && SETTING.test(text)) report(span, MESSAGE);
  },
});

const TOOLS = [
  "yum-config-manager",
  "dnf-config-manager",
  "yum",
  "dnf",
  "dnf5",
  "microdnf",
  "tdnf",
];
const MESSAGE = '"sslverify" is off: no certificate is checked';
const OPTION =
  /^(?:--setopt=)?["']?(?:[^\s=]*\.)?sslverify["']?\s?=\s?["']?(?:0|false|no|off)["']?$/i;
const FILE = /\.(?:repo|conf)$|(?:^|\/)yum\.repos\.d\//;
const SETTING = /(?:^|[\s"'])sslverify[ \t]?=[ \t]?(?:0|false|no|off)\b/im;

export default rule;
