import { reportSettings } from "../../audit/dockerfile/helpers-settings.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written-texts.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1303",
    name: "npm-tls-verification-off",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`npm` or `yarn` is told not to check TLS certificates",
    why: "With `strict-ssl` off the package manager takes packages from whoever answers. Somebody on the network can put code of their own into the image, and packages run scripts when they are installed.",
    howToFix:
      "Leave `strict-ssl` on. For a private registry name its certificate authority: `npm config set cafile /path/ca.pem`, or `NODE_EXTRA_CA_CERTS`.",
    bad: "FROM node:22\nRUN npm config set strict-ssl false\n",
    good: "FROM node:22\nRUN npm config set cafile /etc/ssl/company.pem\n",
    since: "0.1.0",
    aliases: ["checkov:CKV2_DOCKER_12", "checkov:CKV2_DOCKER_13"],
    cwe: ["CWE-295"],
    references: [
      "https://docs.npmjs.com/cli/v11/using-npm/config#strict-ssl",
      "https://cwe.mitre.org/data/definitions/295.html",
    ],
  },

  check(dockerfile, report) {
    reportSettings(dockerfile, report, VARIABLES, isOff, ({ name }) => off(name));
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsOf(scriptOf(dockerfile, run), TOOLS)) {
        const word = switchOff(command);
        if (word !== undefined) report(word.span, off("strict-ssl"));
      }
    for (const { file, text, span } of writtenTexts(dockerfile))
      if (FILE.test(file) && /^[ \t]*"?strict-ssl"?[ \t]{0,9}[= ][ \t]{0,9}"?false\b/im.test(text))
        report(span, off("strict-ssl"));
  },
});

const TOOLS = ["npm", "npx", "pnpm", "yarn"];
// npm reads npm_config_* without regard to case.
const VARIABLES = [
  "NPM_CONFIG_STRICT_SSL",
  "npm_config_strict_ssl",
  "YARN_STRICT_SSL",
  "YARN_ENABLE_STRICT_SSL",
];
const KEYS = /^(?:strict-ssl|enableStrictSsl)$/;
const FILE = /(?:^|\/)\.?(?:npmrc|yarnrc)$/;

const isOff = (value: string): boolean => value.trim().toLowerCase() === "false";
const off = (name: string): string => `"${name}" is off: no certificate is checked`;

/** The word that names `strict-ssl`, when the command turns it off. */
function switchOff(command: SimpleCommand): ShellWord | undefined {
  const { flags, operands, subcommand } = argumentsOf(command);
  for (const { name, value, word } of flags) {
    if (name === "--no-strict-ssl") return word;
    if (name !== "--strict-ssl") continue;
    // `--strict-ssl false`: the parser of npm takes the next word when it is a boolean.
    const given = value ?? command.args[command.args.indexOf(word) + 1]?.value;
    if (given !== undefined && isOff(given)) return word;
  }
  const isSet = subcommand?.value === "set" || operands[0]?.value === "set";
  if (!isSet) return undefined;
  const pairs = subcommand?.value === "set" ? operands : operands.slice(1);
  return pairs.find(({ value = "" }, i) => {
    const equals = value.indexOf("=");
    if (equals !== -1) return KEYS.test(value.slice(0, equals)) && isOff(value.slice(equals + 1));
    return KEYS.test(value) && isOff(pairs[i + 1]?.value ?? "");
  });
}

export default rule;
