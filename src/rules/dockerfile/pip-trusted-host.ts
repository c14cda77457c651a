import { isLocalHost } from "../../audit/dockerfile/helpers-local-host.ts";
import { reportSettings } from "../../audit/dockerfile/helpers-settings.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1305",
    name: "pip-trusted-host",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`pip` is told to trust a host without checking its certificate",
    why: "For a trusted host pip takes plain HTTP and any certificate. Somebody on the network can answer in its place, and a package runs code when it is installed.",
    howToFix:
      "Leave `--trusted-host` out. For a private index name its certificate authority with `--cert` or `PIP_CERT`, or add it to the system's store.",
    bad: "FROM python:3.13\nRUN pip install --trusted-host pypi.example.com -r requirements.txt\n",
    good: "FROM python:3.13\nRUN pip install --cert /etc/ssl/company.pem -r requirements.txt\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_4", "checkov:CKV2_DOCKER_16"],
    cwe: ["CWE-295"],
    references: [
      "https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    reportSettings(dockerfile, report, ["PIP_TRUSTED_HOST"], areTrusted, ({ value = "" }) =>
      trusts(value.trim()),
    );
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsOf(scriptOf(dockerfile, run), ["pip", "pipx"]))
        for (const { word, host } of trustedHosts(command)) report(word.span, trusts(host));
    for (const { file, text, span } of writtenTexts(dockerfile)) {
      if (!/(?:^|\/)\.?pip\.(?:conf|ini)$/.test(file)) continue;
      const [, host = ""] = /^[ \t]*trusted-host[ \t]*=[ \t]*(\S+)/im.exec(text) ?? [];
      if (areTrusted(host)) report(span, trusts(host));
    }
  },
});

const trusts = (host: string): string => `the certificate of "${host}" is not checked`;

/** True when one of the hosts, parted by blanks, is another machine. */
const areTrusted = (hosts: string): boolean =>
  hosts.split(/\s+/).some((host) => host !== "" && !isLocalHost(host));

/** Hosts that the command trusts for itself or for good (`pip config set global.trusted-host …`); unknown ones too. */
function trustedHosts(command: SimpleCommand): { word: ShellWord; host: string }[] {
  const { flags, operands, subcommand } = argumentsOf(command);
  const found = flags.flatMap(({ name, value, valueWord, word }) =>
    name === "--trusted-host" ? [{ word, host: value ?? valueWord?.text ?? "" }] : [],
  );
  if (subcommand?.value === "config" && operands[0]?.value === "set") {
    const [, key, host] = operands;
    if (key?.value?.endsWith(".trusted-host") === true && host !== undefined)
      found.push({ word: key, host: host.value ?? host.text });
  }
  return found.filter(({ host }) => areTrusted(host.replace(/^--trusted-host=/, "")));
}

export default rule;
