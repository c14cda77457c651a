import { frontendsOf, isOfficialFrontend } from "../../audit/dockerfile/helpers-frontend.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1410",
    name: "frontend-third-party",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "`# syntax=` names a frontend that is not Docker's",
    why: "The frontend is a program that the builder fetches and runs: it gets the build context, its secrets and arguments, and it alone decides what the image holds. What the file says need not be what is built.",
    howToFix:
      "Use `docker/dockerfile`, or leave the line out. A frontend that the team has looked at belongs into the rule's option `allowed`, and is pinned by digest.",
    bad: "# syntax=someone/frontend:v1\nFROM alpine:3.22\n",
    good: "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n",
    since: "0.1.0",
    options: {
      allowed: {
        default: [],
        description: "Names of frontends, without tag, that are used on purpose",
      },
    },
    aliases: [],
    cwe: ["CWE-829"],
    references: [
      "https://docs.docker.com/build/buildkit/frontend/",
      "https://docs.docker.com/reference/dockerfile/#syntax",
    ],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("allowed");
    for (const frontend of frontendsOf(dockerfile))
      if (!isOfficialFrontend(frontend) && !allowed.includes(frontend.name))
        report(frontend.span, `frontend "${frontend.name}" is not Docker's`);
  },
});

export default rule;
