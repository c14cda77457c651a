import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1249",
    name: "secret-mount-readable-by-others",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Secret or SSH socket of a RUN may be read by every user",
    why: "Whatever runs in that `RUN` under another user, such as an install script of a package that dropped its rights, can read the secret or use the key.",
    howToFix:
      "Leave `mode` out (0400 for secrets, 0600 for sockets), and give the file to the user who needs it: `uid=1000`.",
    bad: "FROM alpine:3.22\nRUN --mount=type=secret,id=token,mode=0444 cat /run/secrets/token\n",
    good: "FROM alpine:3.22\nRUN --mount=type=secret,id=token,uid=1000 cat /run/secrets/token\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-732"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypessh",
    ],
  },

  check(dockerfile, report) {
    for (const { mounts } of instructionsOf(dockerfile, "run"))
      for (const { type, mode, options } of mounts) {
        if (
          (type !== "secret" && type !== "ssh") ||
          mode === undefined ||
          !/^[0-7]*[1-7]$/.test(mode)
        )
          continue;
        const option = options.findLast(({ key }) => key === "mode");
        const value = option?.value;
        if (option === undefined || value === undefined) continue;
        const safe = type === "secret" ? "0400" : "0600";
        const fix: Fix | undefined =
          value.variables.length > 0
            ? undefined
            : { title: `write "${safe}"`, safe: false, edits: [{ span: value.span, text: safe }] };
        report(
          value.span,
          `mode "${mode}" lets every user at the ${type === "secret" ? "secret" : "SSH agent"}`,
          fix && { fix },
        );
      }
  },
});

export default rule;
