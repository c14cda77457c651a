import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1158",
    name: "chown-on-windows",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`--chown` is given for a Windows image",
    why: "The flag is for Linux: on Windows it does nothing, and files that were to belong to one user stay open to all that the folder lets in.",
    howToFix: "Leave the flag out, and set rights with `icacls` in a `RUN`.",
    bad: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY --chown=ContainerUser app.exe C:/app/\n",
    good: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY app.exe C:/app/\n",
    since: "0.1.0",
    aliases: ["tally:windows/no-chown-flag"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
  },

  check(dockerfile, report) {
    const { text } = dockerfile;
    for (const node of instructionsOf(dockerfile, "copy", "add")) {
      const stage = stageOf(dockerfile, node);
      const flag = node.flags.find(({ name }) => name === "chown");
      if (flag === undefined || stage === undefined || !isWindows(dockerfile, stage)) continue;
      let end = flag.span.end;
      while (text[end] === " " || text[end] === "\t") end++;
      report(flag.span, '"--chown" does nothing on Windows', {
        fix: {
          title: "leave the flag out",
          safe: true,
          edits: [{ span: { start: flag.span.start, end }, text: "" }],
        },
      });
    }
  },
});

export default rule;
