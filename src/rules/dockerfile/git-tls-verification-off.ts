import { settingsOf } from "../../audit/dockerfile/helpers-settings.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1304",
    name: "git-tls-verification-off",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`git` is told not to check TLS certificates",
    why: "git then clones from whoever answers: somebody on the network can put source of their own into the build, and reads the credentials that are sent.",
    howToFix:
      "Leave the check on. For a private server copy its certificate authority into the image and name it in `http.sslCAInfo` or `GIT_SSL_CAINFO`.",
    bad: "FROM alpine/git:2.49.1\nENV GIT_SSL_NO_VERIFY=true\n",
    good: "FROM alpine/git:2.49.1\nENV GIT_SSL_CAINFO=/etc/ssl/company.pem\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_14"],
    cwe: ["CWE-295"],
    references: [
      "https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    // git asks only whether it is set: "0" and "false" turn the check off as well.
    for (const { name, span } of settingsOf(dockerfile, "GIT_SSL_NO_VERIFY"))
      report(span, `"${name}" is set: no certificate is checked`);
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "git")) {
        const word = switchOff(command);
        if (word !== undefined)
          report(word.span, '"http.sslVerify" is off: no certificate is checked');
      }
  },
});

// git-config(1): names of sections and variables know no case; a URL may stand between.
const KEY = /^http\.(?:.*\.)?sslverify$/is;
const isOff = (value: string): boolean => /^(?:false|no|off|0|)$/i.test(value.trim());

/** The word that names `http.sslVerify`, when the command turns it off. */
function switchOff(command: SimpleCommand): ShellWord | undefined {
  const { flags, operands, subcommand } = argumentsOf(command);
  const given = flags.find(({ name, value }) => {
    const at = value?.lastIndexOf("=") ?? -1;
    return (
      name === "-c" &&
      at !== -1 &&
      KEY.test(value?.slice(0, at) ?? "") &&
      isOff(value?.slice(at + 1) ?? "")
    );
  });
  if (given !== undefined) return given.valueWord;
  const reads = ["--get", "--get-all", "--unset", "--unset-all", "--default"];
  if (subcommand?.value !== "config" || flags.some(({ name }) => reads.includes(name)))
    return undefined;
  const key = operands.findIndex(({ value }) => value !== undefined && KEY.test(value));
  const value = operands[key + 1]?.value;
  return key !== -1 && value !== undefined && isOff(value) ? operands[key] : undefined;
}

export default rule;
