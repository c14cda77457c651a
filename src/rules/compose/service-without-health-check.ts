import type { ComposeFile, ComposeScalar, ComposeService } from "../../audit/compose/model.ts";
import { entryAt, isTrue, itemsAt, scalarAt } from "../../audit/compose/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"compose"> = defineRule({
  meta: {
    id: "CO1033",
    name: "service-without-health-check",
    target: "compose",
    severity: "low",
    confidence: "medium",
    summary: "Service has no health check",
    why: "The engine sees that a program runs, not that it answers: one that hangs stays in use, and what depends on it starts too early.",
    howToFix:
      "Set `healthcheck` with a `test` that asks the program, unless the image brings a `HEALTHCHECK`.",
    bad: "services:\n  web:\n    image: app:1\n",
    good: "services:\n  web:\n    image: app:1\n    healthcheck: {test: [CMD, app, --check]}\n",
    since: "0.1.0",
    aliases: ["kics:698ed579-b239-4f8f-a388-baa4bcb13ef8", "docker-bench:5.27"],
    cwe: ["CWE-703"],
    benchmarks: ["CIS-Docker-5.27"],
    references: [
      "https://docs.docker.com/reference/compose-file/services/#healthcheck",
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
    ],
  },

  check(file, report) {
    for (const service of file.services) {
      const off = offSwitch(service);
      if (off !== undefined)
        report(off.span, `the health check of service "${service.name}" is off`);
      else if (
        entryAt(service, "healthcheck") === undefined &&
        !service.isPartial &&
        !isOneShot(file, service)
      )
        report(service.nameSpan, `service "${service.name}" has no health check`);
    }
  },
});

function offSwitch(service: ComposeService): ComposeScalar | undefined {
  const disable = scalarAt(service, "healthcheck", "disable");
  if (isTrue(disable)) return disable;
  const [first] = itemsAt(service, "healthcheck", "test");
  return first?.text === "NONE" ? first : undefined;
}

/** True for what runs once and ends: asked for by a profile, never restarted, or waited for to the end. */
function isOneShot({ services }: ComposeFile, service: ComposeService): boolean {
  const restart = scalarAt(service, "restart")?.text;
  return (
    entryAt(service, "profiles") !== undefined ||
    restart === "no" ||
    restart === "false" ||
    services.some(
      (other) =>
        scalarAt(other, "depends_on", service.name, "condition")?.text ===
        "service_completed_successfully",
    )
  );
}

export default rule;
