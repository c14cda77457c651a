import { isKnown, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1029",
    name: "service-restart-unlimited",
    target: "compose",
    severity: "low",
    confidence: "high",
    summary: "Service is restarted more than five times, or without end",
    why: "A service that fails at once is started again and again: it fills the logs, wears down what it depends on, and gives an attacker who must guess another try each time.",
    howToFix: "Set `restart: on-failure:5`, or `max_attempts: 5` below `deploy.restart_policy`.",
    bad: "services:\n  web:\n    image: app:1\n    restart: on-failure\n",
    good: "services:\n  web:\n    image: app:1\n    restart: on-failure:5\n",
    since: "0.1.0",
    aliases: ["kics:2fc99041-ddad-49d5-853f-e35e70a48391", "docker-bench:5.15"],
    cwe: ["CWE-693"],
    benchmarks: ["CIS-Docker-5.15"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#restart",
      "https://docs.docker.com/reference/compose-file/deploy/#restart_policy",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const restart = scalarAt(service, "restart");
      const text = restart?.text ?? "";
      const tries = /^on-failure(?::(\d+))?$/.exec(text);
      if (restart !== undefined && tries !== null && !isBounded(tries[1]))
        report(restart.span, message(service.name, tries[1]));
      else if (restart !== undefined && /^(?:always|unless-stopped)$/.test(text))
        report(restart.span, message(service.name, undefined), { severity: "info" });
      const condition = scalarAt(service, "deploy", "restart_policy", "condition");
      const attempts = scalarAt(service, "deploy", "restart_policy", "max_attempts");
      const isHidden = attempts !== undefined && !isKnown(attempts.text);
      if (condition?.text === "on-failure" && !isHidden && !isBounded(attempts?.text))
        report((attempts ?? condition).span, message(service.name, attempts?.text));
    }
  },
});

/** The benchmark's number; 0 means without end. */
const isBounded = (tries: string | undefined): boolean =>
  tries !== undefined && Number(tries) >= 1 && Number(tries) <= 5;

const message = (name: string, tries: string | undefined): string =>
  `service "${name}" is restarted ${Number(tries ?? 0) === 0 ? "without end" : `${tries} times`}`;

export default rule;
