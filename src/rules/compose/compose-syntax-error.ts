import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO0001",
    name: "compose-syntax-error",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Docker Compose refuses the file",
    why: "Nothing can be started from the file, and rules see only the parts of it that make sense: a file with a syntax error is never clean. `tguard audit` ends with status 2 when it finds one.",
    howToFix: "Correct the place as YAML and the compose specification give it.",
    bad: "services:\n  web:\n    image: app:1\n    ports: 80:80\n",
    good: 'services:\n  web:\n    image: app:1\n    ports: ["127.0.0.1:80:80"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: [],
    references: ["https://docs.docker.com/reference/compose-file/", "https://yaml.org/spec/1.2.2/"],
  },

  check({ problems }, report) {
    for (const { message, span } of problems) report(span, message);
  },
});

export default rule;
