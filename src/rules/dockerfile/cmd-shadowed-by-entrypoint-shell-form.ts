import type { CmdInstruction, EntrypointInstruction } from "../../audit/dockerfile/model.ts";
import { effective, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1456",
    name: "cmd-shadowed-by-entrypoint-shell-form",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "CMD is ignored, as ENTRYPOINT is in shell form",
    why: "The words of `CMD` become arguments of the shell, which does nothing with them: flags that switch on TLS, a user or a log are lost, and so is whatever is given to `docker run`.",
    howToFix:
      'Write `ENTRYPOINT` as a JSON array, so that `CMD` is added to it: `ENTRYPOINT ["app"]`, `CMD ["--port", "80"]`.',
    bad: 'FROM debian:12\nENTRYPOINT app --verbose\nCMD ["--port", "80"]\n',
    good: 'FROM debian:12\nENTRYPOINT ["app", "--verbose"]\nCMD ["--port", "80"]\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-573"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example",
      "https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact",
    ],
  },

  check(dockerfile, report) {
    for (const stage of dockerfile.stages) {
      const entrypoint = effective(dockerfile, stage, "entrypoint");
      const cmd = stageInstructions(stage, "cmd").at(-1) ?? inheritedBy(entrypoint, stage.index);
      if (cmd === undefined || entrypoint === undefined || !isIgnored(entrypoint)) continue;
      // `CMD []` takes back what the base image has.
      if (cmd.command.form === "exec" && cmd.command.argv.length === 0) continue;
      report(
        cmd.keywordSpan,
        `"${cmd.keywordText}" does nothing beside a shell-form "ENTRYPOINT"`,
        {
          related: [{ span: entrypoint.keywordSpan, message: "in shell form here" }],
        },
      );
    }

    /** CMD of an earlier stage that an ENTRYPOINT of this one hides. */
    function inheritedBy(
      entrypoint: EntrypointInstruction | undefined,
      stageIndex: number,
    ): CmdInstruction | undefined {
      const stage = dockerfile.stages[stageIndex];
      return stage === undefined || entrypoint?.stageIndex !== stageIndex
        ? undefined
        : effective(dockerfile, stage, "cmd");
    }
  },
});

/** `$0`, `$1`, `$@`, `$*`: what CMD holds are the arguments of `sh -c`. */
function isIgnored({ command }: EntrypointInstruction): boolean {
  if (command.form === "exec") return false;
  const { text } = command.script;
  return text.trim() !== "" && !/\$(?:[@*\d]|\{[@*\d])/.test(text);
}

export default rule;
