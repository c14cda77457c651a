import { mountsOf } from "../../audit/compose/volumes.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1010",
    name: "service-mount-propagation",
    target: "compose",
    severity: "high",
    confidence: "high",
    summary: "Mount of a service propagates to or from the host",
    why: "With shared propagation, what the container mounts appears on the host, in the sight of all its programs; with slave propagation, whatever the host mounts later appears in the container.",
    howToFix:
      "Leave the propagation out: the default, `rprivate`, keeps mounts where they are made.",
    bad: "services:\n  web:\n    image: app:1\n    volumes: [/srv:/srv:rshared]\n",
    good: "services:\n  web:\n    image: app:1\n    volumes: [/srv:/srv]\n",
    since: "0.1.0",
    aliases: ["kics:baa452f0-1f21-4a25-ace5-844e7a5f410d", "docker-bench:5.20"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.20"],
    references: [
      "https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation",
      "https://docs.docker.com/reference/compose-file/services/#volumes",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      for (const { options, optionSpan } of mountsOf(file, service)) {
        const option = options.find((o) => /^r?(?:shared|slave)$/.test(o));
        if (option === undefined) continue;
        const message = `a mount of service "${service.name}" is ${option}`;
        if (option.endsWith("slave")) report(optionSpan, message, { severity: "medium" });
        else report(optionSpan, message);
      }
    }
  },
});

export default rule;
