import { reportSettings } from "../../audit/dockerfile/helpers-settings.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1302",
    name: "python-tls-verification-off",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Python is told not to check TLS certificates",
    why: "`PYTHONHTTPSVERIFY=0` makes Pythons that know it take any certificate in `urllib` and `http.client`. Whoever sits on the network reads and changes what is sent.",
    howToFix:
      "Remove the variable. Add a private certificate authority to the system's store, or name it in `SSL_CERT_FILE`.",
    bad: "FROM centos:7\nENV PYTHONHTTPSVERIFY=0\n",
    good: "FROM centos:7\nENV SSL_CERT_FILE=/etc/pki/tls/certs/company.pem\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_5"],
    cwe: ["CWE-295"],
    references: [
      "https://peps.python.org/pep-0493/",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    reportSettings(
      dockerfile,
      report,
      ["PYTHONHTTPSVERIFY"],
      (value) => value.trim() === "0",
      ({ name }) => `"${name}" is "0": no certificate is checked`,
    );
  },
});

export default rule;
