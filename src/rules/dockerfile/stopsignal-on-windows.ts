import { deleteInstruction } from "../../audit/dockerfile/helpers-edit.ts";
import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1157",
    name: "stopsignal-on-windows",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "STOPSIGNAL is set in a Windows image",
    why: "Windows has no signals: the container is stopped in its own way, whatever the file says. Who relies on the signal loses data when the process is killed.",
    howToFix: "Delete the instruction; let the program handle `CTRL_SHUTDOWN_EVENT`.",
    bad: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nSTOPSIGNAL SIGTERM\n",
    good: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\n",
    since: "0.1.0",
    aliases: ["tally:windows/no-stopsignal"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#stopsignal"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "stopsignal")) {
      const stage = stageOf(dockerfile, node);
      if (stage === undefined || !isWindows(dockerfile, stage)) continue;
      const fix = {
        title: "delete the instruction",
        safe: true,
        edits: [deleteInstruction(dockerfile, node)],
      };
      report(
        node.keywordSpan,
        `Windows knows no signal "${node.signal.text}"`,
        node.isTrigger ? undefined : { fix },
      );
    }
  },
});

export default rule;
