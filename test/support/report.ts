import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import type { AuditReport } from "../../src/audit/result.ts";
import type { Rule } from "../../src/audit/rule.ts";
import { indexRules } from "../../src/audit/rule-index.ts";
import { suppress } from "../../src/audit/suppress.ts";

/** The report of some rules over some Dockerfiles, by name, without touching a disk. */
export function reportOf(
  files: Readonly<Record<string, string>>,
  rules: readonly Rule<"dockerfile">[],
): AuditReport {
  const all = rules as readonly Rule[];
  return {
    sources: Object.entries(files).map(([name, text]) => {
      const model = parseDockerfile(text);
      const { findings } = suppress(
        model,
        runRules("dockerfile", model, all).findings,
        indexRules(all),
      );
      const uri = name.split("/").map(encodeURIComponent).join("/");
      return {
        displayName: name,
        uri,
        target: "dockerfile",
        text,
        length: text.length,
        findings,
        failOn: "error",
      };
    }),
    notifications: [],
    rules: all.map(({ meta }) => meta),
  };
}
