import type { Dockerfile, Flag } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1104",
    name: "redundant-platform",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "FROM asks for the target platform, which is the default",
    why: "`--platform=$TARGETPLATFORM` says what the builder does anyway. Readers look for a reason that is not there, and older builders that do not know the variable refuse the file.",
    howToFix: "Leave the flag out.",
    bad: "FROM --platform=$TARGETPLATFORM debian:12\n",
    good: "FROM debian:12\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3065", "buildkit:RedundantTargetPlatform"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/redundant-target-platform/",
      "https://docs.docker.com/reference/dockerfile/#from",
    ],
  },

  check(dockerfile, report) {
    if (isDeclared(dockerfile)) return;
    for (const { from } of dockerfile.stages) {
      const flag = from.flags.find(({ name }) => name === "platform");
      if (flag?.value === undefined || !isTargetPlatform(flag.value)) continue;
      report(flag.span, `"${flag.value.raw}" is what the builder takes without the flag`, {
        fix: {
          title: "leave the flag out",
          safe: true,
          edits: [{ span: withBlanks(dockerfile, flag), text: "" }],
        },
      });
    }
  },
});

function isTargetPlatform({ raw, variables }: NonNullable<Flag["value"]>): boolean {
  const [variable] = variables;
  return (
    variable?.name === "TARGETPLATFORM" &&
    variable.operator === "" &&
    variable.rawStart === 0 &&
    variable.rawEnd === raw.length
  );
}

/** True when the file gives the variable a value of its own. */
function isDeclared({ preamble }: Dockerfile): boolean {
  return preamble.some(
    (node) =>
      node.kind === "arg" &&
      node.arguments.some((argument) => argument.name === "TARGETPLATFORM" && argument.default),
  );
}

function withBlanks({ text }: Dockerfile, { span }: Flag): Flag["span"] {
  let end = span.end;
  while (text[end] === " " || text[end] === "\t") end++;
  return { start: span.start, end };
}

export default rule;
