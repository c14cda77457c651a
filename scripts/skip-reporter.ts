import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Vitest reporter: lists skipped tests with the reasons they gave, so that no run passes for more than it checked. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const byReason = new Map<string, string[]>();
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const reason = reasonOf(test);
        const names = byReason.get(reason) ?? [];
        names.push(`${module.relativeModuleId} > ${test.fullName}`);
        byReason.set(reason, names);
      }
    }
    for (const [reason, names] of byReason)
      process.stdout.write(` skipped: ${reason}\n${names.map((name) => `   ${name}\n`).join("")}`);
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === "skipped" && result.note) || "no reason given";
}
