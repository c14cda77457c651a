import { ownerEntry, runtimeOwnership } from "../../audit/dockerfile/helpers-ownership.ts";
import {
  environmentPairs,
  isOpenFolder,
  pathParts,
} from "../../audit/dockerfile/helpers-search-path.ts";
import type { Word } from "../../audit/dockerfile/model.ts";
import { isInFinalChain } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1442",
    name: "path-with-writable-dir",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "PATH looks into a folder that others can write to before the system's",
    why: "Whoever can write there puts a program called `ls` or `sh` in it, and everybody who calls the real one runs his, root and health checks among them. An empty part, `.` and relative parts mean whatever folder somebody is in.",
    howToFix:
      "Put such folders behind the system's (`PATH=$PATH:/app/bin`), or better, give them to root and name them whole.",
    bad: "FROM debian:12\nENV PATH=.:$PATH\n",
    good: "FROM debian:12\nENV PATH=$PATH:/opt/app/bin\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-427", "CWE-426"],
    references: [
      "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html",
      "https://cwe.mitre.org/data/definitions/427.html",
    ],
  },

  check(dockerfile, report) {
    const ownership = runtimeOwnership(dockerfile);
    for (const { node, value } of environmentPairs(dockerfile, ["PATH"])) {
      const parts = pathParts("PATH", value);
      for (const [i, part] of parts.entries()) {
        if (part.isInherited || SYSTEM.includes(part.value ?? "")) break;
        if (part.value === undefined) continue;
        const shown = part.value === "" ? "an empty part" : `"${part.value}"`;
        if (isOpenFolder(part.value)) {
          const fix = withoutPart(value, i);
          report(value.span, `${shown} stands before the system's folders`, fix && { fix });
          break;
        } else if (ownership.user !== undefined && isInFinalChain(dockerfile, node)) {
          const isHome = part.value.startsWith(`/home/${ownership.user}/`);
          const entry = ownerEntry(ownership, part.value);
          if (!isHome && entry === undefined) continue;
          report(
            value.span,
            `${shown} belongs to "${ownership.user}" and stands before the system's folders`,
            {
              severity: "low",
              ...(entry && {
                related: [{ span: entry.span, message: "given to the user here" }],
              }),
            },
          );
          break;
        }
      }
    }
  },
});

const SYSTEM = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Take a part out, where the list is written plainly. */
function withoutPart({ raw, text, span }: Word, index: number): Fix | undefined {
  if (raw !== text || span.end - span.start !== raw.length || raw.includes("${")) return undefined;
  const parts = raw.split(":");
  if (parts.length < 2) return undefined;
  return {
    title: "take the part out",
    safe: false,
    edits: [{ span, text: parts.filter((_, i) => i !== index).join(":") }],
  };
}

export default rule;
