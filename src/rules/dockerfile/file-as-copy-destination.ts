import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1024",
    name: "file-as-copy-destination",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Several sources are copied to something that is not a directory",
    why: "With more than one source the destination must be a directory, which its last character says. The builder refuses the instruction.",
    howToFix: "End the destination with `/`.",
    bad: "FROM debian:12\nCOPY a.txt b.txt /data\n",
    good: "FROM debian:12\nCOPY a.txt b.txt /data/\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3021",
      "trivy:DS011",
      "kics:6db6e0c2-32a3-4a2e-93b5-72c35f4119db",
      "dockerfile-utils:INVALID_DESTINATION",
      "dockerfilelint:add_dest_invalid",
      "droast:DF048",
    ],
    cwe: ["CWE-628"],
    references: ["https://docs.docker.com/reference/dockerfile/#copy"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      const { sources, destination } = node;
      if (destination === undefined) continue;
      const isMany = sources.length > 1 || sources.some(({ word }) => /[*?[]/.test(word.text));
      const target = destination.value ?? destination.text;
      if (!isMany || /[/\\]$/.test(target) || target === "." || target === "") continue;
      if (destination.value === undefined && /^\$\{?\w+\}?$/.test(destination.text)) continue;
      // One wildcard may match one file: only several sources are certain.
      if (sources.length < 2) continue;
      const end = destination.span.end;
      const edit = node.isJson ? undefined : { span: { start: end, end }, text: "/" };
      report(
        destination.span,
        `${sources.length} sources are copied to "${destination.text}", which does not end with "/"`,
        edit && { fix: { title: 'add "/"', safe: true, edits: [edit] } },
      );
    }
  },
});

export default rule;
